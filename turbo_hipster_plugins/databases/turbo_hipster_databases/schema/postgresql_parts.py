"""The parts of one table of PostgreSQL, from packed rows.

What was seen before is not parsed again.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from turbo_hipster_databases.schema.gathering import (
    Part,
    Parts,
    numbered,
    part,
    referred,
)
from turbo_hipster_databases.schema.postgresql_names import is_made
from turbo_hipster_databases.schema.postgresql_queries import FIELD, NAME, ROW
from turbo_hipster_databases.schema.sql_text import (
    Token,
    close_of,
    listed,
    split,
    stripped,
    tidy,
    tokens,
    written,
)

Owner = tuple[str, str]
Owned = tuple[tuple[int, str], ...]
_IDENTITIES = {"": "serial", "a": "always", "d": "by default"}
_KINDS = {
    "p": ("primary key", "pkey"),
    "u": ("unique", "key"),
    "f": ("foreign key", "fkey"),
    "c": ("check", "check"),
    "x": ("exclusion", "excl"),
}


@functools.lru_cache(maxsize=8192)
def table_parts(
    owner: Owner,
    name: str,
    kinds: str,
    owned: Owned,
    columns: str,
    constraints: str,
    indexes: str,
) -> Parts:
    """Return the columns, constraints and indexes of a table.

    ``owner`` is how the table is shown, ``name`` its bare name; ``kinds``
    are the names of all types in use; ``owned`` are the sequences of its
    columns, by the number of the column, with what of them is not usual.
    """
    names = {int(row[0]): row[1] for row in _rows(columns)}
    told: Iterable[Part] = ()
    if owner[0] == "table":
        told = _columns(owner, dict(owned), _kinds(kinds), columns)
    return numbered(
        [
            *told,
            *(_constraint(owner, name, row) for row in _rows(constraints)),
            *(_index(owner, name, names, row) for row in _rows(indexes)),
        ]
    )


@functools.lru_cache(maxsize=64)
def _kinds(text: str) -> Mapping[str, str]:
    return {row[0]: row[1] for row in _rows(text)}


def _columns(
    owner: Owner, owned: dict[int, str], kinds: Mapping[str, str], text: str
) -> Iterator[Part]:
    for row in _rows(text):
        number, name, kind, required, default, identity, generated = row[:7]
        facts = {
            "type": kinds[kind],
            "nullable": "no" if required == "t" else "yes",
            "collation": row[7],
            "comment": row[8],
        }
        serial = default.startswith("nextval(") or identity
        said = tidy(default, "postgresql")
        if serial and int(number) in owned:
            facts["identity"] = _IDENTITIES[identity]
            facts["sequence"] = owned[int(number)]
        elif generated:
            kept_as = "stored" if generated == "s" else "virtual"
            facts["generated"] = f"{said} {kept_as}"
        else:
            facts["default"] = said
        yield (*owner, "column", name), facts


def _constraint(owner: Owner, table: str, row: Sequence[str]) -> Part:
    name, letter, text = row
    kind, label = _KINDS[letter]
    words = tokens(text, "postgresql")
    start = words.index(Token("sign", "("))
    end = close_of(words, start)
    inside, rest = words[start + 1 : end], words[end + 1 :]
    facts = {}
    seen: list[str] = []
    if letter == "c":
        facts["expression"] = written(stripped(words[start : end + 1]))
    elif letter == "x":
        facts["columns"] = written(words[1 : end + 1])
        seen = [part[0].text for part in split(inside)]
    else:
        seen = [part[0].text for part in split(inside)]
        facts["columns"] = listed(seen)
    if letter == "f":
        far = rest.index(Token("sign", "("))
        far_end = close_of(rest, far)
        target = "".join(word.text for word in rest[1:far])
        columns = [column[0].text for column in split(rest[far + 1 : far_end])]
        facts["references"] = referred(target, columns)
        rest = rest[far_end + 1 :]
    if letter == "u" and start > 1:
        facts["nulls distinct"] = "no"
    facts |= _tail(written(rest).lower())
    if letter == "p":
        facts["name"] = "" if is_made(name, table, [[]], label) else name
        return (*owner, kind), facts
    lists = [seen]
    if letter == "c":  # named after its column, if it is about one alone
        lists = [[], *([word.text] for word in words if word.kind != "sign")]
    known = "" if is_made(name, table, lists, label) else name
    return part(owner, kind, known, facts)


def _tail(said: str) -> dict[str, str]:
    """Return what is said behind the columns of a constraint."""
    facts = {
        f"on {event}": action
        for event, action in re.findall(
            r"on (update|delete) (cascade|restrict|set (?:null|default)"
            r"(?: ?\([^)]*\))?)",
            said,
        )
    }
    said = re.sub(r"on (update|delete) \w+( (null|default))?", "", said)
    facts |= {
        "deferrable": "yes" if "deferrable" in said else "",
        "deferred": "yes" if "initially deferred" in said else "",
        "valid": "no" if "not valid" in said else "",
        "enforced": "no" if "not enforced" in said else "",
        "inherited": "no" if "no inherit" in said else "",
        "match": "full" if "match full" in said else "",
    }
    included = re.search(r"include ?\(([^)]*)\)", said)
    where = re.search(r"where (.*?)( deferrable.*)?$", said)
    facts["include"] = included[1] if included else ""
    facts["where"] = where[1] if where else ""
    return facts


def _index(
    owner: Owner, table: str, names: dict[int, str], row: Sequence[str]
) -> Part:
    name, method, unique, valid, text, keys, seen = row
    kept_names = seen.split(NAME) if seen else []
    now = [
        names.get(int(number), known)
        for number, known in zip(keys.split(), kept_names, strict=False)
    ]
    made = is_made(name, table, [kept_names, now], "idx")
    words = tokens(text, "postgresql")
    start = next(at for at, w in enumerate(words) if w.says("using")) + 2
    end = close_of(words, start)
    rest = words[end + 1 :]
    where = next(
        (at for at, word in enumerate(rest) if word.says("where")), len(rest)
    )
    facts = {
        "columns": written(words[start + 1 : end]),
        "unique": "yes" if unique == "t" else "",
        "method": "" if method == "btree" else method,
        "valid": "" if valid == "t" else "no",
        "options": written(rest[:where]),
        "where": written(stripped(rest[where + 1 :])),
    }
    return part(owner, "index", "" if made else name, facts)


def _rows(text: str) -> list[list[str]]:
    return [row.split(FIELD) for row in text.split(ROW)] if text else []
