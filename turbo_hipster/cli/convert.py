"""``config convert``: an old configuration becomes one of today."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from turbo_hipster import exceptions
from turbo_hipster.command import Command
from turbo_hipster.conf import converting

LARGEST = 2**20
"""Most bytes of an old configuration."""


class ConfigConvert(Command):
    """Translate a configuration of the first turbo-hipster (YAML or JSON).

    The new one goes to standard output, and a line for everything that has
    no counterpart today to standard error. Files of its conf_d are read too.
    Look it over, then check it:

      turbo-hipster config convert /etc/turbo-hipster/config.yaml > th.conf
      turbo-hipster --config-file th.conf config check
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Add the file."""
        parser = super().get_parser(prog_name)
        parser.add_argument("file", metavar="FILE", help="config.yaml of old")
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        """Write the translation."""
        path = Path(parsed_args.file)
        old = dict(_read(path))
        for part in _parts(path, old.get("conf_d")):
            _merge(old, _read(part))
        new = converting.convert(old)
        self.app.stdout.write(
            f"# Translated from {path.name} by 'turbo-hipster config "
            "convert'.\n"
        )
        for note in new.notes:
            self.app.stdout.write(f"# Left out: {' '.join(note.split())}\n")
            self.app.stderr.write(f"left out: {' '.join(note.split())}\n")
        self.app.stdout.write(f"\n{new.text()}")


def _read(path: Path) -> Mapping[str, Any]:
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise exceptions.ConfigurationError(
            f"{path} cannot be read: {error.strerror}"
        ) from None
    if len(data) > LARGEST:
        raise exceptions.ConfigurationError(
            f"{path} has more than {LARGEST} bytes, so it is no configuration"
        )
    try:
        found = yaml.safe_load(data)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        told = " ".join(str(error).split())
        raise exceptions.ConfigurationError(
            f"{path} is neither YAML nor JSON: {told}"
        ) from None
    if not isinstance(found, Mapping):
        raise exceptions.ConfigurationError(
            f"{path} is no configuration of the first turbo-hipster: it has "
            "no names with values"
        )
    return {str(key): value for key, value in found.items()}


def _parts(path: Path, folder: object) -> list[Path]:
    """Return the files of ``conf_d``, by name; it may not be there."""
    if not isinstance(folder, str):
        return []
    try:
        return sorted(
            one
            for one in (path.parent / folder).iterdir()
            if one.suffix in (".yaml", ".yml", ".json")
        )
    except OSError as error:
        raise exceptions.ConfigurationError(
            f"conf_d = {folder} cannot be read: {error.strerror}"
        ) from None


def _merge(old: dict[str, Any], part: Mapping[str, Any]) -> None:
    """Lists of several files are one list, mappings one mapping."""
    for key, value in part.items():
        known = old.get(key)
        if isinstance(known, list) and isinstance(value, list):
            old[key] = [*known, *value]
        elif isinstance(known, Mapping) and isinstance(value, Mapping):
            old[key] = {**known, **value}
        else:
            old[key] = value
