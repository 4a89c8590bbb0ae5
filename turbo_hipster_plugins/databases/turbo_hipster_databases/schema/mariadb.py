# ruff: noqa: S608  (only our own words are put in)
"""Reading a schema from MariaDB or MySQL.

The information schema is slow where it hands out many rows, so the server
packs what belongs to one table into one string: a few queries per read,
whatever the number of tables.  What was seen before is not parsed again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from turbo_hipster_databases.schema.gathering import Gathering
from turbo_hipster_databases.schema.mariadb_apart import add_apart, unqualified
from turbo_hipster_databases.schema.mariadb_table import (
    FIELD,
    NOTHING,
    ROW,
    Packed,
    table_parts,
)
from turbo_hipster_databases.schema.model import Schema

_HERE = "WHERE table_schema = DATABASE()"
_TABLES = f"""
SELECT table_name, table_type, engine, table_collation,
       COALESCE(create_options, ''), COALESCE(table_comment, '')
FROM information_schema.tables {_HERE}
"""
_COLUMNS = (
    "column_name, column_type, column_default, is_nullable, extra,"
    "generation_expression, collation_name, column_comment"
)
_INDEXES = (
    "index_name, seq_in_index, non_unique, column_name, collation, sub_part,"
    "index_type, index_comment, "
)
_KEYS = (
    "constraint_name, ordinal_position, column_name, referenced_table_schema,"
    "referenced_table_name, referenced_column_name"
)
_RULES = "constraint_name, delete_rule, update_rule"
_OURS = "WHERE constraint_schema = DATABASE()"
_CHECKS_MYSQL = """information_schema.check_constraints
    JOIN information_schema.table_constraints
    USING (constraint_schema, constraint_name)"""
_CHANGES = r"""
SELECT COALESCE(SUM(variable_value), 0) FROM {}.global_status
WHERE variable_name LIKE 'Com\_alter\_%'
   OR variable_name LIKE 'Com\_create\_%'
   OR variable_name LIKE 'Com\_drop\_%'
   OR variable_name LIKE 'Com\_rename\_%'
"""
Ask = Callable[[str], Sequence[tuple[Any, ...]]]


def read(connection: Any) -> Schema:
    """Read the schema of the present database of a connection."""
    with connection.cursor() as cursor:

        def ask(query: str) -> Sequence[tuple[Any, ...]]:
            cursor.execute(query)
            return list(cursor.fetchall())

        return _read(ask)


def fingerprint(connection: Any) -> str:
    """Return a word that changes whenever the schema does.

    It counts the statements that change schemas since the server started:
    equal words from one server say that there was none, different ones that
    there were some, whether or not they changed anything.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT DATABASE(), VERSION()")
        database, version = cursor.fetchone()
        where = "information_schema"
        if "mariadb" not in version.lower():
            where = "performance_schema"
        cursor.execute(_CHANGES.format(where))
        return f"{database} {int(cursor.fetchone()[0])}"


def _read(ask: Ask) -> Schema:
    database, version, collation = ask(
        "SELECT DATABASE(), VERSION(), @@collation_database"
    )[0]
    mysql = "mariadb" not in version.lower()
    packs = _packs(ask, mysql)
    gathering = Gathering("mysql" if mysql else "mariadb")
    gathering.add(("database",), {"collation": collation})
    tables = ask(_TABLES)
    for name, kind, engine, table_collation, options, comment in tables:
        if kind in ("VIEW", "SEQUENCE"):
            continue
        facts = {
            "engine": (engine or "").lower(),
            "collation": table_collation or "",
            "options": " ".join(
                word
                for word in sorted(options.lower().split())
                if word != "partitioned"
            ),
            "comment": comment,
            "system versioned": "yes" if kind == "SYSTEM VERSIONED" else "",
        }
        gathering.add(("table", name), facts)
        packed = Packed(*(pack.get(name, "") for pack in packs))
        gathering.add_parts(
            table_parts(name, database, mysql, table_collation or "", packed)
        )
    kinds = {name: kind for name, kind, *_rest in tables}
    parted = any("partitioned" in row[4] for row in tables)
    add_apart(gathering, ask, kinds, parted, lambda sql: _own(sql, database))
    return gathering.schema()


def _own(sql: str, database: str) -> str:
    return unqualified(sql, database)


def _packs(ask: Ask, mysql: bool) -> list[dict[str, str]]:
    """Return, for each kind of part, the packed text per table."""
    checks = f"information_schema.check_constraints {_OURS}"
    level, more = "level", "ignored"
    if mysql:
        checks = f"{_CHECKS_MYSQL} {_OURS}"
        level, more = "'Table'", "IF(is_visible = 'NO', 'YES', 'NO')"
    keys = f"{_HERE} AND referenced_table_name IS NOT NULL"
    wanted = [
        (_COLUMNS, f"information_schema.columns {_HERE}"),
        (
            _INDEXES + more + (", expression" if mysql else ", NULL"),
            f"information_schema.statistics {_HERE}",
        ),
        (_KEYS, f"information_schema.key_column_usage {keys}"),
        (_RULES, f"information_schema.referential_constraints {_OURS}"),
        (f"constraint_name, check_clause, {level}", checks),
    ]
    return [
        dict(ask(_packing(fields, rows, mysql))) for fields, rows in wanted
    ]


def _packing(fields: str, rows: str, mysql: bool) -> str:
    """Write the query that packs rows into one string per table.

    Its limit of length holds for the one statement and leaves no setting.
    """
    each = ", ".join(
        f"COALESCE({field}, {_literal(NOTHING)})" for field in _cut(fields)
    )
    before, hint = "SET STATEMENT group_concat_max_len=1073741824 FOR ", ""
    if mysql:
        before, hint = "", "/*+ SET_VAR(group_concat_max_len=1073741824) */"
    return (
        f"{before}SELECT {hint} table_name, GROUP_CONCAT(CONCAT_WS("
        f"{_literal(FIELD)}, {each}) SEPARATOR {_separator(ROW)}) "
        f"FROM {rows} GROUP BY table_name"
    )


def _cut(fields: str) -> list[str]:
    """Cut a list of fields at the commas outside of brackets."""
    found, depth = [""], 0
    for letter in fields:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            found.append("")
        else:
            found[-1] += letter
    return [field.strip() for field in found]


def _literal(mark: str) -> str:
    return f"_utf8mb4 0x{ord(mark):02x}"


def _separator(mark: str) -> str:
    return f"0x{ord(mark):02x}"
