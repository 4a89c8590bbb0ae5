"""Which rows statements changed, as ``pg_stat_statements`` tells.

A server counts rows per table, but shows them late (see ``postgresql``);
it counts rows per statement at once.  Where the first are not to be had,
the second are laid to the table that a statement names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_NAME = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_TABLE = rf"({_NAME}(?:\s*\.\s*{_NAME})*)"
_NOT_CODE = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_CHANGES = re.compile(
    r"\s*(?:insert\s+into|merge\s+into(?:\s+only)?|update(?:\s+only)?"
    r"|delete\s+from(?:\s+only)?|refresh\s+materialized\s+view"
    r"(?:\s+concurrently)?|create\s+(?:\w+\s+)*table(?:\s+if\s+not\s+exists)?)"
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


def changed(
    statements: Iterable[tuple[str, int]], home: str
) -> Mapping[str, int] | None:
    """Return rows changed per table, from (text, rows) of statements.

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


def plain(name: str, home: str) -> str:
    """Return a table's name as the engine keeps it.

    Unquoted words in small letters, quotes off, no database and no ``home``
    before it.
    """
    words = [
        word[1:-1].replace('""', '"') if word[0] == '"' else word.lower()
        for word in re.findall(_NAME, name)
    ]
    return ".".join(words[-2:]).removeprefix(f"{home}.")
