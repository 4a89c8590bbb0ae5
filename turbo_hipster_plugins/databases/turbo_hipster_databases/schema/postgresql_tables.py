"""Tables of PostgreSQL and their parts, from rows of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from turbo_hipster_databases.schema import postgresql_queries as queries
from turbo_hipster_databases.schema.gathering import (
    Gathering,
    kept,
    part,
    referred,
)
from turbo_hipster_databases.schema.postgresql_names import is_made
from turbo_hipster_databases.schema.postgresql_sequences import Sequences
from turbo_hipster_databases.schema.sql_text import (
    close_of,
    listed,
    stripped,
    tidy,
    tokens,
    written,
)

Row = tuple[Any, ...]
Ask = Callable[[str], Sequence[Row]]
Owner = tuple[str, str]
Tables = dict[int, tuple[Owner, str]]
"""What has parts, by its oid: how it is shown, and its bare name."""
_ACTIONS = {
    "a": "",
    "r": "restrict",
    "c": "cascade",
    "n": "set null",
    "d": "set default",
}
_LABELS = {"p": "pkey", "u": "key", "f": "fkey", "c": "check", "x": "excl"}
_IDENTITIES = {"": "serial", "a": "always", "d": "by default"}
_KINDS = {
    "p": "primary key",
    "u": "unique",
    "f": "foreign key",
    "c": "check",
    "x": "exclusion",
}


def add_tables(gathering: Gathering, ask: Ask) -> None:
    """Add tables and views, with columns, constraints and indexes."""
    tables = _relations(gathering, ask)
    sequences = Sequences(ask)
    columns = _columns(gathering, ask, tables, sequences)
    sequences.add_free(gathering)
    _constraints(gathering, ask, tables, columns)
    _indexes(gathering, ask, tables, columns)


def _relations(gathering: Gathering, ask: Ask) -> Tables:
    tables = {}
    for row in ask(queries.RELATIONS):
        oid, shown, name, kind, persistence, options, bound, key, view = row[
            :9
        ]
        secured, forced, comment, parent = row[9:]
        facts = {"comment": comment or "", "options": options or ""}
        if kind in "vm":
            word = "view" if kind == "v" else "materialised view"
            facts["definition"] = _view(view)
            path = (word, shown)
            if kind == "m":
                tables[oid] = (path, name)  # it has indexes
        else:
            path = ("table", shown)
            tables[oid] = (path, name)
            facts |= {
                "foreign": "yes" if kind == "f" else "",
                "unlogged": "yes" if persistence == "u" else "",
                "partition by": key or "",
                "partition of" if bound else "inherits": parent or "",
                "bound": bound or "",
                "row security": "yes" if secured else "",
                "forced row security": "yes" if forced else "",
            }
        gathering.add_parts([(path, kept(facts))])
    return tables


def _view(text: str) -> str:
    return tidy(text.rstrip().removesuffix(";"), "postgresql")


def _columns(
    gathering: Gathering,
    ask: Ask,
    tables: Tables,
    sequences: Sequences,
) -> dict[int, dict[int, str]]:
    """Add the columns; return the names of each table's and index's."""
    names: dict[int, dict[int, str]] = {}
    parts = []
    for row in ask(queries.COLUMNS):
        table, number, name, kind, required, default, identity = row[:7]
        generated, collation, comment, relation = row[7:]
        names.setdefault(table, {})[number] = name
        if relation in "im" or table not in tables:
            continue
        facts = {"type": kind, "nullable": "no" if required else "yes"}
        serial = default and default.startswith("nextval(")
        if (serial or identity) and sequences.owns(table, number):
            facts["identity"] = _IDENTITIES[identity]
            facts |= sequences.taken(table, number)
        elif default and generated:
            kept_as = "stored" if generated == "s" else "virtual"
            facts["generated"] = f"{tidy(default, 'postgresql')} {kept_as}"
        elif default:
            facts["default"] = tidy(default, "postgresql")
        if collation:
            facts["collation"] = collation
        if comment:
            facts["comment"] = comment
        parts.append(((*tables[table][0], "column", name), facts))
    gathering.add_parts(parts)
    return names


def _constraints(
    gathering: Gathering,
    ask: Ask,
    tables: Tables,
    names: dict[int, dict[int, str]],
) -> None:
    for row in ask(queries.CONSTRAINTS):
        oid, name, kind, keys, far_keys, far, updated, deleted = row[:8]
        match, deferrable, deferred, valid, _index, text = row[8:]
        if oid not in tables:
            continue
        owner, table = tables[oid]
        own = [names[oid][number] for number in keys or () if number > 0]
        seen = [own] if kind != "p" else [[]]
        if kind == "c" and len(own) != 1:
            seen = [[]]
        made = is_made(name, table, seen, _LABELS[kind])
        facts = {
            "deferrable": "yes" if deferrable else "",
            "deferred": "yes" if deferred else "",
            "valid": "" if valid else "no",
        }
        if kind == "c":
            facts["expression"] = _checked(text)
        elif kind == "x":
            facts["columns"] = tidy(
                text.removeprefix("EXCLUDE "), "postgresql"
            )
        else:
            facts["columns"] = listed(own)
        if kind == "f":
            target = [names[far][number] for number in far_keys]
            facts |= {
                "references": referred(tables[far][0][1], target),
                "on update": _ACTIONS[updated],
                "on delete": _ACTIONS[deleted],
                "match": "full" if match == "f" else "",
            }
        if kind == "u" and "NULLS NOT DISTINCT" in text:
            facts["nulls distinct"] = "no"
        if kind in "up" and (more := re.search(r" INCLUDE \((.*?)\)", text)):
            facts["include"] = more[1]
        if kind == "p":
            facts["name"] = "" if made else name
            path = (*owner, "primary key")
            gathering.add_parts([(path, kept(facts))])
            continue
        known = "" if made else name
        gathering.add_parts([part(owner, _KINDS[kind], known, facts)])


def _checked(text: str) -> str:
    """Return the expression of ``CHECK (…)`` and what is said behind it."""
    words = tokens(text.removesuffix(" NOT VALID"), "postgresql")
    end = close_of(words, 1) + 1
    said = written(stripped(words[1:end]))
    return f"{said} {written(words[end:]).lower()}".rstrip()


def _indexes(
    gathering: Gathering,
    ask: Ask,
    tables: Tables,
    names: dict[int, dict[int, str]],
) -> None:
    for oid, own, name, method, unique, valid, text, keys in ask(
        queries.INDEXES
    ):
        if oid not in tables:
            continue
        owner, table = tables[oid]
        kept_names = list(names[own].values())
        now = [
            names[oid].get(number, seen)
            for number, seen in zip(keys, kept_names, strict=True)
        ]
        made = is_made(name, table, [kept_names, now], "idx")
        words = tokens(text, "postgresql")
        start = next(at for at, w in enumerate(words) if w.says("using")) + 2
        end = close_of(words, start)
        facts = {
            "columns": written(words[start + 1 : end]),
            "unique": "yes" if unique else "",
            "method": "" if method == "btree" else method,
            "valid": "" if valid else "no",
        }
        rest = written(words[end + 1 :])
        before, where, predicate = rest.partition("where ")
        facts["where"] = tidy(predicate, "postgresql") if where else ""
        facts["options"] = before.strip()
        known = "" if made else name
        gathering.add_parts([part(owner, "index", known, facts)])
