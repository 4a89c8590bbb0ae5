"""Foreign text in Markdown: shown as it is, meaning nothing."""

from __future__ import annotations

import re

from turbo_hipster.reports.visible import clipped, visible

_MARKS = re.compile(r"([\\`*_\[\]#|~$:])")
_START = re.compile(r"^([-+=]|\d+(?=[.)](?:\s|$)))")
_BREAK = "\u200b"  # no width; keeps a mention or a reference from linking


def prose(text: str, most: int = 1000) -> str:
    """Return one line of Markdown that shows exactly this text.

    Marks are escaped, HTML becomes entities, ``@name``, ``#12`` and bare
    addresses are parted by a character without width.
    """
    line = " ".join(clipped(visible(text), most).split())
    line = line.replace("&", "&amp;").replace("<", "&lt;")
    line = line.replace(">", "&gt;")
    line = _MARKS.sub(r"\\\1", line)
    line = line.replace("@", f"@{_BREAK}").replace(r"\#", rf"\#{_BREAK}")
    line = line.replace("//", f"/{_BREAK}/")
    line = re.sub(r"(?i)\b(www)\.", rf"\1{_BREAK}.", line)
    return _START.sub(rf"{_BREAK}\1", line)


def code(text: str, most: int = 200) -> str:
    """Return text as code; a backtick or bar in it would end it early."""
    line = " ".join(clipped(visible(text), most).split())
    if not line or re.search(r"[`|<>&@\\]", line):
        return prose(text, most)
    return f"`{line}`"


_UNSAFE = re.compile(r"[^A-Za-z0-9_.:/-]")


def mark(job: str) -> str:
    """Return the hidden mark by which a comment is found again."""
    safe = _UNSAFE.sub("_", job).replace("--", "-_")
    return f"<!-- turbo-hipster {safe[:200]} -->"
