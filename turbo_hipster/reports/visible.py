"""Foreign text made safe to look at: nothing hidden, nothing obeyed.

A log, a message and a file name come from outside.  What a terminal or a
browser would obey instead of show (control characters, colour codes,
direction overrides, half characters) is removed or given a visible sign.
"""

from __future__ import annotations

import re
import unicodedata

_TERMINAL = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]"  # colours, cursor
    r"|\][^\x07\x1b]*(?:\x07|\x1b\\)"  # titles, links
    r"|[PX^_][^\x1b]*\x1b\\"  # device strings
    r"|[ -/]+[0-~]|[0-Z\\^-~])"
)
_JOINERS = "\u200c\u200d"  # emoji and several scripts need them


class _Signs(dict[int, str | int]):
    """For ``str.translate``: a character's sign, worked out when met."""

    def __missing__(self, code: int) -> str | int:
        character = chr(code)
        hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs")
        if (hidden or code in (0x2028, 0x2029)) and character not in _JOINERS:
            return f"⟨U+{code:04X}⟩"
        return code


_SIGNS = _Signs({ord("\n"): "\n", ord("\t"): "\t"})


def visible(text: str) -> str:
    """Return ``text`` without terminal codes, the invisible made visible.

    New lines and tabs stay; NUL becomes ``⟨U+0000⟩``, a right-to-left
    override ``⟨U+202E⟩``.
    """
    if text.isprintable():
        return text
    if "\x1b" in text:
        text = _TERMINAL.sub("", text)
    return text.translate(_SIGNS)


def decoded(data: bytes) -> str:
    r"""Decode UTF-8; a byte that is none is written as ``\xff``."""
    return data.decode("utf-8", "backslashreplace")


def clipped(text: str, most: int) -> str:
    """Return at most ``most`` characters and say how many were cut."""
    if len(text) <= most:
        return text
    return f"{text[:most]} … ({len(text) - most:,} more characters)"
