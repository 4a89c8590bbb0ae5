"""Where in the project a finding points, fit to be shown beside the code."""

from __future__ import annotations

import dataclasses
import re

from turbo_hipster import model

ACCEPTING = ".turbo-hipster.toml"
"""The file beside which a finding without a file is shown, where a system
wants one for each: it is where the project can accept it."""

LONGEST = 1000
"""Characters of a file's name; what is longer is no name."""

_MOST = 2**31 - 1
_TAIL = re.compile(r"(.*?[^:]):(\d{1,10})(?::(\d{1,10}))?", re.DOTALL)
_KEYS = ("file", "line", "column")


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """A file relative to the project's top; a line of 0 is not known."""

    file: str
    line: int = 0
    column: int = 0


def place(finding: model.Finding) -> Place | None:
    """Return the finding's place, or None if it names none in the project.

    The file is ``file`` of ``where``, the line ``line`` or what follows a
    colon (``a.py:12`` and ``a.py:12:3``).  A name that leads out of the
    project, or holds what cannot be seen, is none.
    """
    file = str(finding.where.get("file") or "")
    line, column = finding.where.get("line"), finding.where.get("column")
    if line is None and (tail := _TAIL.fullmatch(file)):
        file, line, column = tail.groups()
    file = _inside(file)
    if not file:
        return None
    number = _number(line)
    return Place(file, number, _number(column) if number else 0)


def elsewhere(finding: model.Finding) -> dict[str, str]:
    """Return the rest of ``where``: engine, dataset, revision and so on."""
    left = () if place(finding) is None else _KEYS
    return {
        str(key): str(value)
        for key, value in finding.where.items()
        if key not in left
    }


def _inside(file: str) -> str:
    """Return the name without detours, or nothing if it is not inside."""
    if not file.isprintable() or len(file) > LONGEST or file.startswith("/"):
        return ""
    parts = [part for part in file.split("/") if part not in ("", ".")]
    return "" if ".." in parts or "\\" in file else "/".join(parts)


def _number(text: str | None) -> int:
    digits = str(text or "")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 11):
        return 0
    return min(int(digits), _MOST)
