"""Read one section's raw text against a list of options.

The sections ``[job:NAME]`` and ``[publish:NAME]`` belong to plugins, so
their options are known late and in another process than the one that read
the file.  Nothing is expanded in them: a ``$HOME`` reaches the shell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from oslo_config import cfg

from turbo_hipster import exceptions

Raw = Mapping[str, Sequence[str]]
"""Text of a section: each key with its values, in the file's order."""


def read_section(
    options: Sequence[cfg.Opt], raw: Raw, section: str
) -> SimpleNamespace:
    """Return the typed values of ``options``, by their names.

    ``raw`` may have keys of other options; see ``unknown_keys``.  Raises
    ConfigurationError that names section and option.
    """
    values: dict[str, Any] = {}
    for option in options:
        given = next(
            (raw[name] for name in _names(option) if name in raw), None
        )
        values[option.dest] = _typed(option, given, section)
    return SimpleNamespace(**values)


def unknown_keys(options: Sequence[cfg.Opt], raw: Raw) -> list[str]:
    """Return the keys of ``raw`` that no option of ``options`` has."""
    known = {name for option in options for name in _names(option)}
    return [key for key in raw if key not in known]


def _names(option: cfg.Opt) -> list[str]:
    names = [option.dest, option.name]
    for old in option.deprecated_opts:
        if old.name:
            names.append(old.name)
    return names


def _typed(option: cfg.Opt, given: Sequence[str] | None, section: str) -> Any:
    where = f"[{section}] {option.name}"
    multi = bool(option.multi)
    empty = given is not None and not multi and given[-1] == ""
    if given is None or (
        empty and (option.required or not isinstance(option, cfg.StrOpt))
    ):
        value = option.default
        if value is None and option.required:
            raise exceptions.ConfigurationError(
                f"{where}: a value is required ({option.help or 'no help'})"
            )
        if value is None or multi or not isinstance(value, str):
            return value
        given = [value]
    try:
        if multi:
            return [option.type(text) for text in given]
        return option.type(given[-1])
    except ValueError as error:
        message = f"{where} = {given[-1]}: {error}"
        if option.secret:
            message = f"{where}: the value is not of its type"
        raise exceptions.ConfigurationError(message) from None
