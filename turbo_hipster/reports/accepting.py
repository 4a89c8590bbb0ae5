"""The lines a project writes to accept a finding, ready to copy."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

from turbo_hipster import model

DAYS = 90  # what we suggest; a year is the most that is allowed

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def snippet(finding: model.Finding, started: float) -> str:
    """Return an ``[[accept]]`` entry for exactly this finding."""
    lines = ["[[accept]]", f"id = {_quoted(finding.id)}"]
    if finding.where:
        places = ", ".join(
            f"{_key(key)} = {_quoted(value)}"
            for key, value in finding.where.items()
        )
        lines.append(f"where = {{ {places} }}")
    try:
        until = datetime.fromtimestamp(started, UTC) + timedelta(days=DAYS)
        day = until.strftime("%Y-%m-%d")
    except (OverflowError, OSError, ValueError):
        day = "2000-01-01"
    lines += ['reason = "why the project can live with it"', f"until = {day}"]
    return "\n".join(lines) + "\n"


def _key(text: str) -> str:
    return text if _BARE.fullmatch(text) else _quoted(text)


def _quoted(text: object) -> str:
    """Write a basic string of TOML; JSON's escapes are TOML's, but one."""
    characters = str(text).encode("utf-8", "replace").decode()
    quoted = json.dumps(characters, ensure_ascii=False)
    return "".join(
        f"\\u{ord(sign):04x}"
        if ord(sign) == 0x7F
        or (not (sign.isprintable() or sign == " ") and ord(sign) < 0x10000)
        else sign
        for sign in quoted
    )
