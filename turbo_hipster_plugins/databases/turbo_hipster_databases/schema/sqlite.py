"""Reading a schema from SQLite.

One query brings every statement that made something; a text that was seen
before is not parsed again.
"""

from __future__ import annotations

import hashlib
from typing import Any

from turbo_hipster_databases.schema.gathering import Gathering
from turbo_hipster_databases.schema.model import Schema, Thing
from turbo_hipster_databases.schema.sql_text import tokens, written
from turbo_hipster_databases.schema.sqlite_table import (
    index_parts,
    table_parts,
)

_EVERYTHING = r"""
SELECT type, name, tbl_name, sql FROM main.sqlite_master
WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\' AND sql IS NOT NULL
"""


def read(connection: Any) -> Schema:
    """Read the schema of the main database of a connection."""
    gathering = Gathering("sqlite")
    rows = connection.execute(_EVERYTHING).fetchall()
    views = {row[1].lower() for row in rows if row[0] == "view"}
    for kind, name, table, sql in rows:
        if kind == "table":
            gathering.add_parts(table_parts(name, sql))
        elif kind == "index":
            gathering.add_parts(index_parts(table, name, sql))
        elif kind == "trigger":
            owner = "view" if table.lower() in views else "table"
            path = (owner, table, "trigger", name)
            gathering.add(path, {"statement": _body(sql)})
        else:
            gathering.add(("view", name), {"definition": _body(sql)})
    return _resolved(gathering.schema())


def fingerprint(connection: Any) -> str:
    """Return a word that changes whenever the schema does."""
    digest = hashlib.sha256()
    for row in sorted(connection.execute(_EVERYTHING).fetchall()):
        digest.update(repr(row).encode())
    return digest.hexdigest()


def _body(sql: str) -> str:
    """Leave out CREATE, the kind and the name, which are known."""
    words = tokens(sql, "sqlite")[3:]
    return written(words[words[0].says("as") :])


def _resolved(schema: Schema) -> Schema:
    """Name the columns that foreign keys refer to without saying so."""
    things = dict(schema.things)
    keys = {
        path[1].lower(): thing.facts["columns"]
        for path, thing in things.items()
        if path[2:] == ("primary key",)
    }
    for path, thing in schema.things.items():
        if len(path) == 4 and path[2] == "foreign key":
            target = thing.facts["references"]
            columns = keys.get(target.strip('"').lower())
            if columns and not target.endswith(")"):
                facts = {**thing.facts, "references": f"{target}({columns})"}
                things[path] = Thing(path, facts)
    return Schema(schema.engine, things)
