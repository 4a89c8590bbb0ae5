"""Read the text of a configuration file, with lines and nothing expanded.

The grammar is oslo.config's: ``[section]``, ``key = value`` or ``key:
value``, a line that begins with a blank continues the value, a blank line
ends it, a line that begins with ``#`` or ``;`` is a comment.  A repeated key
has several values.  Two things are different: **quotes are kept**, since the
outer ones of ``"a b" "c"`` are not a pair, and what continues a value keeps
its indentation relative to the other lines.
"""

from __future__ import annotations

import dataclasses
import re
import textwrap

INLINE_COMMENT = re.compile(r"\s[;#]")


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One ``key = value`` with its place; ``text`` is what was written."""

    file: str
    line: int
    section: str
    key: str
    value: str
    text: str

    def commented(self) -> bool:
        """Tell whether it looks like a comment behind a value.

        oslo.config knows no such comment and takes it as a part of the value.
        """
        return any(
            INLINE_COMMENT.search(line) for line in self.text.split("\n")
        )

    def quoted(self) -> bool:
        """Tell whether the whole value stands in quotes."""
        value = self.value
        return len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"


@dataclasses.dataclass(frozen=True, slots=True)
class Mistake:
    """A line that is not understood."""

    file: str
    line: int
    message: str


@dataclasses.dataclass(slots=True)
class Ini:
    """What was found: sections in their order, entries, mistakes."""

    sections: dict[str, tuple[str, int]] = dataclasses.field(
        default_factory=dict
    )
    entries: list[Entry] = dataclasses.field(default_factory=list)
    mistakes: list[Mistake] = dataclasses.field(default_factory=list)


class _Open:
    """A value that may still be continued."""

    def __init__(self, line: int, key: str, first: str) -> None:
        self.line = line
        self.key = key
        self.first = first
        self.more: list[str] = []

    def value(self) -> str:
        rest = textwrap.dedent("\n".join(self.more))
        first = self.first.strip()
        return "\n".join(part for part in (first, rest) if part)

    def text(self) -> str:
        return "\n".join([self.first, *(part.strip() for part in self.more)])


def parse(text: str, file: str) -> Ini:
    """Parse ``text``; every mistake is collected, none is raised."""
    ini = Ini()
    section = ""
    current: _Open | None = None

    def close() -> None:
        nonlocal current
        if current is not None and section:
            ini.entries.append(
                Entry(
                    file,
                    current.line,
                    section,
                    current.key,
                    current.value(),
                    current.text(),
                )
            )
        current = None

    def mistake(number: int, message: str) -> None:
        ini.mistakes.append(Mistake(file, number, message))

    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.rstrip()
        if not line:
            close()
        elif line[0] in " \t":
            if current is None:
                mistake(
                    number,
                    "this line begins with a blank, so it continues a value, "
                    "but there is none above it",
                )
            else:
                current.more.append(line)
        elif line[0] in "#;":
            close()
        elif line[0] == "[":
            close()
            section = line[1:-1] if line[-1] == "]" else ""
            if section:
                ini.sections.setdefault(section, (file, number))
            else:
                mistake(number, f"{line!r} is no section; write [NAME]")
        else:
            close()
            match = re.match(r"([^=:]*)[=:](.*)", line)
            if match is None or not match[1].strip():
                mistake(number, f"{line!r} is no option; write KEY = VALUE")
                continue
            if not ini.sections and not section:
                mistake(number, "an option before the first [section]")
            current = _Open(number, match[1].strip(), match[2])
    close()
    return ini
