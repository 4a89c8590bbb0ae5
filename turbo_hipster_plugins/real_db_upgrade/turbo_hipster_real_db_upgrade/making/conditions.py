"""Check constraints of simple forms: what they say of one column's values.

``size > 0``, ``state IN ('a', 'b')``, ``length(name) >= 3``, ``BETWEEN``, and
several of them with AND between.  A condition of another form is left to the
engine: it refuses the rows that do not meet it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import (
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from typing import Any

from turbo_hipster_databases.schema.sql_text import (
    Token,
    close_of,
    split,
    stripped,
    tokens,
)
from turbo_hipster_real_db_upgrade.catalogue.model import (
    Check,
    Column,
    Kind,
    Table,
)

Words = Sequence[Token]

OPEN = Token("sign", "(")
TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "=": "=", "==": "="}
_CLOSER: Mapping[str, Callable[[int, int], int]] = {
    "least": max,
    "shortest": max,
    "most": min,
    "longest": min,
}
LENGTHS = (
    "length", "char_length", "character_length", "octet_length",
)  # fmt: skip


def narrowed(table: Table, engine_name: str) -> dict[str, Column]:
    """Return the columns of a table as its checks leave them."""
    columns = dict(table.columns)
    by_lower = {name.lower(): name for name in columns}
    for words in _conditions(table.checks, engine_name):
        for name, change in _said(words):
            known = by_lower.get(name.lower())
            if known is not None:
                columns[known] = _changed(columns[known], change)
    return columns


def _changed(column: Column, change: Mapping[str, Any]) -> Column:
    """Narrow a column; bounds only ever come closer."""
    closer = {
        bound: _CLOSER[bound](getattr(column, bound), value)
        for bound, value in change.items()
        if bound in _CLOSER
    }
    return dataclasses.replace(column, **{**change, **closer})


def _conditions(checks: Iterable[Check], engine_name: str) -> Iterator[Words]:
    for check in checks:
        words = list(_uncast(tokens(check.expression, engine_name)))
        yield from _parts(words)


def _uncast(words: Words) -> Iterator[Token]:
    """Leave out what PostgreSQL writes behind each value: its type."""
    at = 0
    while at < len(words):
        if words[at] != ("sign", "::"):
            yield words[at]
            at += 1
            continue
        at += 2
        while at < len(words) and words[at].says(
            "varying", "precision", "without", "with", "time", "zone"
        ):
            at += 1
        if words[at : at + 1] == [OPEN]:
            at = close_of(words, at) + 1
        while words[at : at + 1] == [Token("sign", "[")]:
            at += 2


def _parts(words: Words) -> Iterator[Words]:
    """Cut at the ANDs that stand in no bracket and belong to no BETWEEN."""
    words = stripped(words)
    depth = start = 0
    between = False
    for at, word in enumerate(words):
        if word == ("sign", "("):
            depth += 1
        elif word == ("sign", ")"):
            depth -= 1
        elif depth:
            continue
        elif word.says("or"):
            yield from _or_null(words, at)
            return
        elif word.says("between"):
            between = True
        elif word.says("and"):
            if not between:
                yield from _parts(words[start:at])
                start = at + 1
            between = False
    if start:
        yield from _parts(words[start:])
    else:
        yield words


def _or_null(words: Words, at: int) -> Iterator[Words]:
    """``… OR x IS NULL`` narrows what is not NULL, either way round."""
    for one, other in (
        (words[:at], words[at + 1 :]),
        (words[at + 1 :], words[:at]),
    ):
        tail = stripped(other)[-2:]
        if len(tail) == 2 and tail[0].says("is") and tail[1].says("null"):
            yield from _parts(one)


def _said(words: Words) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a column's name and what a condition says of it."""
    words = list(words)
    if words and words[0].says("json_valid"):
        inner = stripped(words[1:])
        if len(inner) == 1:
            yield inner[0].text, {"kind": Kind.JSON}
        return
    name, rest, of_length = _subject(words)
    if name:
        yield from _about(name, rest, of_length)
        return
    # 0 < size
    if len(words) > 2 and words[1].text in TURNED:
        name, rest, of_length = _subject(words[2:])
        if name and not rest:
            turned = Token("sign", TURNED[words[1].text])
            yield from _about(name, [turned, words[0]], of_length)


def _subject(words: Words) -> tuple[str, Words, bool]:
    """Return the column that comes first, the rest, and if its length."""
    if not words:
        return "", words, False
    if words[0].says(*LENGTHS) and words[1:2] == [OPEN]:
        end = close_of(words, 1)
        inner = stripped(words[1 : end + 1])
        if len(inner) == 1:
            return inner[0].text, words[end + 1 :], True
    if words[0] == OPEN:
        end = close_of(words, 0)
        inner = stripped(words[: end + 1])
        if len(inner) == 1 and inner[0].kind in ("word", "quoted"):
            return inner[0].text, words[end + 1 :], False
    if words[0].kind in ("word", "quoted"):
        return words[0].text, words[1:], False
    return "", words, False


def _about(
    name: str, rest: Words, of_length: bool
) -> Iterator[tuple[str, dict[str, Any]]]:
    if not rest:
        return
    least, most = ("shortest", "longest") if of_length else ("least", "most")
    first = rest[0]
    if first.says("in") and rest[1:2] == [OPEN]:
        yield name, {"choices": _literals(rest[1:])}
    elif first.text == "=" and rest[1:2] and rest[1].says("any"):
        inner = stripped(rest[2:])
        if inner and inner[0].says("array"):
            yield name, {"choices": _literals(inner[2:-1])}
    elif first.says("between"):
        places = [at for at, word in enumerate(rest) if word.says("and")]
        if places:
            low, high = rest[1 : places[0]], rest[places[0] + 1 :]
            yield from _bound(name, least, low, 0)
            yield from _bound(name, most, high, 0)
    elif first.text in (">", ">="):
        yield from _bound(name, least, rest[1:], first.text == ">")
    elif first.text in ("<", "<="):
        yield from _bound(name, most, rest[1:], -(first.text == "<"))
    elif first.text in ("=", "==") and not of_length:
        choices = _literals(rest[1:])
        if len(choices) == 1:
            yield name, {"choices": choices}


def _bound(
    name: str, which: str, words: Words, beyond: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    text = "".join(word.text for word in stripped(words)).strip("'")
    try:
        number = float(text)
    except ValueError:
        return
    yield name, {which: int(number) + beyond}


def _literals(words: Words) -> tuple[str, ...]:
    """Return the literals of a list; none if one is anything else."""
    found = []
    for part in split(stripped(words)):
        part = stripped(part)
        sign = "-" if part and part[0].text == "-" else ""
        part = part[1:] if sign else part
        if len(part) != 1 or part[0].kind not in ("string", "number"):
            return ()
        found.append(sign + part[0].text)
    return tuple(found)
