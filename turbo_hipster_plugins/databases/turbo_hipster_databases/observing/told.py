"""Which rows statements changed, as the engine's list of statements tells.

Servers count rows per table, but forget a table that is dropped, and
PostgreSQL shows the counts late.  They count rows per statement at once.
Where the first are not to be had, the second are laid to the table that a
statement names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

Statements = Iterable[tuple[str, int]]
"""Text and rows."""

_NAME = r'(?:"(?:[^"]|"")+"|`(?:[^`]|``)+`|[^\W\d][\w$]*)'
_TABLE = rf"({_NAME}(?:\s*\.\s*{_NAME})*)"
_NOT_CODE = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_MANNER = r"(?:\s+(?:ignore|low_priority|high_priority|delayed|quick|only))*"
_CHANGES = re.compile(
    rf"\s*(?:insert{_MANNER}\s+into|replace{_MANNER}\s+into"
    rf"|merge\s+into{_MANNER}|update{_MANNER}|delete{_MANNER}\s+from{_MANNER}"
    r"|refresh\s+materialized\s+view(?:\s+concurrently)?"
    r"|create\s+(?:\w+\s+)*table(?:\s+if\s+not\s+exists)?)"
    rf"\s+{_TABLE}",
    re.IGNORECASE,
)
_COPY = re.compile(
    rf"\s*copy\s+{_TABLE}\s*(?:\([^)]*\)\s*)?from\b", re.IGNORECASE
)
_HIDDEN = re.compile(
    r"\s*(?:with\b.*\b(?:insert|update|delete|merge)|select\b.*\binto)\b",
    re.IGNORECASE | re.DOTALL,
)
_DROP = re.compile(
    r"\s*drop\s+(?:temporary\s+)?(?:table|materialized\s+view)"
    rf"(?:\s+if\s+exists)?\s+({_TABLE}(?:\s*,\s*{_TABLE})*)",
    re.IGNORECASE,
)


def changed(statements: Statements, home: str) -> Mapping[str, int] | None:
    """Return rows changed per table.

    ``home`` is the schema whose tables are named without it.  None when a
    statement changed rows of a table that its beginning does not name.
    """
    rows: dict[str, int] = {}
    for text, count in statements:
        if not count:
            continue
        code = _NOT_CODE.sub(" ", text)
        found = _CHANGES.match(code) or _COPY.match(code)
        if found:
            table = plain(found[1], home)
            rows[table] = rows.get(table, 0) + count
        elif _HIDDEN.match(code):
            return None
    return rows


def dropped(statements: Statements, home: str) -> Mapping[str, int]:
    """Return rows changed of the tables that statements dropped."""
    statements = list(statements)
    gone = {
        plain(name, home)
        for text, _rows in statements
        if (found := _DROP.match(_NOT_CODE.sub(" ", text)))
        for name in re.findall(_TABLE, found[1])
    }
    rows = changed(statements, home) if gone else None
    return {table: rows[table] for table in gone if rows and table in rows}


def plain(name: str, home: str) -> str:
    """Return a table's name as the engine keeps it.

    Unquoted words in small letters, quotes off, no database and no ``home``
    before it.
    """
    words = [
        word[1:-1].replace(word[0] * 2, word[0])
        if word[0] in '"`'
        else word.lower()
        for word in re.findall(_NAME, name)
    ]
    return ".".join(words[-2:]).removeprefix(f"{home}.")
