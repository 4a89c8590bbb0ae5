"""Where configuration files are, when nobody says."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from oslo_config import cfg

PROJECT = "turbo-hipster"


def default_files() -> list[Path]:
    """Return the file that is read when none is named; none is fine.

    The first of ``~/.config/turbo-hipster/turbo-hipster.conf`` and the places
    of oslo.config (``~/.turbo-hipster/``, ``~/``, ``/etc/turbo-hipster/``,
    ``/etc/``) that exists.
    """
    return _first(".conf", cfg.find_config_files)


def default_dirs() -> list[Path]:
    """Return the ``turbo-hipster.conf.d`` that is read when none is named."""
    return _first(".conf.d", cfg.find_config_dirs)


def files_in(dirs: Sequence[Path | str]) -> list[Path]:
    """Return the ``*.conf`` files of each folder, sorted by name."""
    return [path for folder in dirs for path in sorted(_conf(Path(folder)))]


def _conf(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*.conf") if not path.is_dir()]


def _first(ending: str, find: object) -> list[Path]:
    home = os.environ.get("XDG_CONFIG_HOME") or Path("~/.config").expanduser()
    own = Path(home) / PROJECT / f"{PROJECT}{ending}"
    if own.exists():
        return [own]
    found = find(project=PROJECT, prog=PROJECT)  # type: ignore[operator]
    return [Path(path) for path in found[:1]]
