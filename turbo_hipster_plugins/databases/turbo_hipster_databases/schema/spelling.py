"""Defaults and columns of indexes, freed from how an engine spells them."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from turbo_hipster_databases.schema.sql_text import split, tidy, tokens

EXPRESSION = "an expression"
MARIADB = ("mariadb", "mysql")
_NOW = re.compile(
    r"(current_timestamp|now|localtimestamp|clock_timestamp"
    r"|transaction_timestamp|statement_timestamp|utc_timestamp|sysdate"
    r"|getdate)\s*(\(\s*\d*\s*\))?|(date)?time\s*\('now'.*\)"
    r"|strftime\(.*'now'.*\)|timezone\('utc', now\(\)\)"
)
_TODAY = re.compile(r"current_date(\(\))?|curdate\(\)|date\('now'\)")
_WORDS = {"true": "1", "false": "0", "null": ""}


def default(said: str, boolean: bool) -> str:
    """Return a default as a value; ``now``, ``today`` or EXPRESSION.

    ``boolean`` says that the column takes truth values, which some engines
    spell as words in quotes.
    """
    said = _without_casts(said)
    lower = said.lower()
    if lower in _WORDS:
        return _WORDS[lower]
    if _NOW.fullmatch(lower):
        return "now"
    if _TODAY.fullmatch(lower):
        return "today"
    value = _literal(said)
    if value is None:
        return EXPRESSION
    if boolean and value.lower() in ("t", "f", "true", "false"):
        return "1" if value.lower().startswith("t") else "0"
    return _number(value) if value else "''"


def columns(engine: str, said: str, prefixes: bool = False) -> tuple[str, ...]:
    """Return the columns of a key or index, in lower case.

    EXPRESSION stands for what is no column.  ``prefixes`` tells a column
    from its first characters.
    """
    names = []
    for words in split(tokens(said, "postgresql")):
        first, rest = words[0], words[1:]
        name = first.text.lower()
        bracket = bool(rest) and rest[0].text == "("
        cut = bracket and engine in MARIADB and rest[1].kind == "number"
        if cut and first.kind != "sign":
            names.append(f"{name}({rest[1].text})" if prefixes else name)
        elif first.kind == "sign" or (rest and rest[0].kind == "sign"):
            names.append(EXPRESSION)
        else:
            names.append(name)
    return tuple(names)


def _without_casts(said: str) -> str:
    """Take off what PostgreSQL adds: ``'x'::character varying``."""
    before = ""
    while before != said:
        before = said
        said = re.sub(r"::[\w \".]+(\([\d,]+\))?(\[\])?$", "", said)
        said = tidy(said, "postgresql")
    return said


def _literal(said: str) -> str | None:
    words = tokens(said, "postgresql")
    if [word.kind for word in words] == ["string"]:
        text = words[0].text
        text = text[text.index("'") + 1 : -1] if "'" in text else text
        return text.replace("''", "'")
    if words and words[-1].kind == "number" and len(words) <= 2:
        return "".join(word.text for word in words)
    return None


def _number(value: str) -> str:
    """Write numbers in one way, quoted or not; leave all else."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if not number.is_finite():
        return value
    return format(number.normalize() + 0, "f")
