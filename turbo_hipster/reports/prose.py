"""Foreign text in Markdown: shown as it is, meaning nothing."""

from __future__ import annotations

import hashlib
import re

from turbo_hipster.reports.visible import clipped, visible

_MARKS = re.compile(r"([\\`*_\[\]#|~$:])")
_START = re.compile(r"^([-+=/]|\d+(?=[.)](?:\s|$)))")
_BREAK = "\u200b"  # no width; keeps a mention or a reference from linking


def prose(text: str, most: int = 1000) -> str:
    """Return one line of Markdown that shows exactly this text.

    Marks are escaped, HTML becomes entities, ``@name``, ``#12``, bare
    addresses and a command at the start of a line (GitLab obeys ``/merge``)
    are parted by a character without width.
    """
    line = " ".join(clipped(visible(text), most).split())
    line = _MARKS.sub(r"\\\1", _parted(line))
    return _START.sub(rf"{_BREAK}\1", line)


def within_html(text: str, most: int = 1000) -> str:
    """Return one line for within an HTML element, where no mark counts."""
    return _parted(" ".join(clipped(visible(text), most).split()))


def _parted(line: str) -> str:
    """Return text without HTML, mentions, references and addresses."""
    line = line.replace("&", "&amp;").replace("<", "&lt;")
    line = line.replace(">", "&gt;")
    line = line.replace("@", f"@{_BREAK}").replace("#", f"#{_BREAK}")
    line = line.replace("//", f"/{_BREAK}/")
    return re.sub(r"(?i)\b(www)\.", rf"\1{_BREAK}.", line)


def code(text: str, most: int = 200) -> str:
    """Return text as code; a backtick or bar in it would end it early."""
    line = " ".join(clipped(visible(text), most).split())
    if not line or re.search(r"[`|<>&@\\]", line):
        return prose(text, most)
    return f"`{line}`"


_UNSAFE = re.compile(r"[^A-Za-z0-9_.:/-]|-(?=-)|-$")
_LONGEST = 120  # characters of a name in a mark


def mark(job: str, project: str = "") -> str:
    """Return the hidden mark by which a comment is found again.

    It names job and project, and nothing else: whoever posts the comment
    looks for the one that begins with this line, and replaces it.
    """
    names = " ".join(_marked(name) for name in (job, project) if name)
    return f"<!-- turbo-hipster {names or 'report'} -->"


def _marked(name: str) -> str:
    """Return a name that can end no comment; two names stay two."""
    safe = _UNSAFE.sub("_", name)
    if safe == name and len(name) <= _LONGEST:
        return name
    text = name.encode("utf-8", "backslashreplace")
    return f"{safe[:_LONGEST]}_{hashlib.sha256(text).hexdigest()[:8]}"
