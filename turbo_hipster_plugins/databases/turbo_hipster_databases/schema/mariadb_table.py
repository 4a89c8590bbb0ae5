"""The parts of one table of MariaDB or MySQL, from packed rows."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import NamedTuple

from turbo_hipster_databases.schema.gathering import (
    Part,
    Parts,
    action,
    numbered,
    part,
    referred,
)
from turbo_hipster_databases.schema.sql_text import listed, quoted, tidy

FIELD, ROW, NOTHING = "\x1f", "\x1e", "\x1d"
"""Marks between fields and rows, and in place of NULL."""


class Packed(NamedTuple):
    """The rows of one table, each kind in one string."""

    columns: str
    indexes: str
    keys: str
    rules: str
    checks: str


@functools.lru_cache(maxsize=8192)
def table_parts(
    table: str, database: str, mysql: bool, collation: str, packed: Packed
) -> Parts:
    """Return the columns, keys, indexes and checks of a table."""
    return numbered(
        [
            *_columns(table, mysql, collation, packed.columns),
            *_indexes(table, packed.indexes),
            *_foreign_keys(table, database, packed),
            *_checks(table, packed.checks),
        ]
    )


def _columns(table: str, mysql: bool, collation: str, text: str) -> list[Part]:
    parts: list[Part] = []
    for row in _rows(text):
        name, kind, _text, nullable, extra, generation, own, comment = row
        extra = extra.lower()
        update = re.search(r"on update (\S+)", extra)
        facts = {
            "type": column_type(kind),
            "nullable": nullable.lower(),
            "default": _default(row, mysql),
            "autoincrement": "yes" if "auto_increment" in extra else "",
            "generated": "",
            "on update": update[1] if update else "",
            "invisible": "yes" if "invisible" in extra else "",
            "without system versioning": "yes"
            if "without system versioning" in extra
            else "",
            "collation": "" if own in (NOTHING, collation) else own,
            "comment": comment,
        }
        if generation not in ("", NOTHING):
            stored = "virtual" if "virtual" in extra else "stored"
            facts["generated"] = f"{_expression(generation, mysql)} {stored}"
            facts["default"] = ""
        parts.append((("table", table, "column", name), facts))
    return parts


def column_type(text: str) -> str:
    """Leave out the width at which a client should show an integer."""
    if "zerofill" in text or text.startswith("tinyint(1)"):
        return text
    return re.sub(r"^((?:tiny|small|medium|big)?int)\(\d+\)", r"\1", text)


def _default(row: Sequence[str], mysql: bool) -> str:
    kind, default, extra = row[1], row[2], row[4]
    if default == NOTHING or (default == "NULL" and not mysql):
        return ""
    if not mysql:
        return _expression(default, mysql)
    if "DEFAULT_GENERATED" in extra or default.startswith("CURRENT_TIME"):
        return _expression(default, mysql)
    if re.match(r"\w*(int|dec|num|float|double|bit)", kind):
        return default
    return "'" + default.replace("'", "''") + "'"


def _indexes(table: str, text: str) -> list[Part]:
    indexes: dict[str, list[list[str]]] = {}
    for row in _rows(text):
        indexes.setdefault(row[0], []).append(row)
    parts: list[Part] = []
    for name, rows in indexes.items():
        rows.sort(key=lambda row: int(row[1]))
        first = rows[0]
        facts = {"columns": ", ".join(map(_index_column, rows))}
        if name == "PRIMARY":
            parts.append((("table", table, "primary key"), facts))
            continue
        method = first[6].lower()
        facts["unique"] = "yes" if first[2] == "0" else ""
        facts["method"] = "" if method == "btree" else method
        facts["comment"] = first[7]
        facts["ignored"] = "yes" if first[8] == "YES" else ""
        made = re.fullmatch(
            rf"{re.escape(first[3])}(_\d+)?|{re.escape(table)}_ibfk_\d+"
            r"|functional_index(_\d+)?",
            name,
            re.IGNORECASE,
        )
        parts.append(
            part(("table", table), "index", "" if made else name, facts)
        )
    return parts


def _index_column(row: Sequence[str]) -> str:
    column, collation, length, expression = row[3], row[4], row[5], row[9]
    if expression != NOTHING:
        said = f"({_expression(expression, True)})"
    else:
        said = quoted(column)
    if length != NOTHING:
        said += f"({length})"
    return f"{said} desc" if collation == "D" else said


def _foreign_keys(table: str, database: str, packed: Packed) -> list[Part]:
    rules = {name: rest for name, *rest in _rows(packed.rules)}
    keys: dict[str, list[list[str]]] = {}
    for row in _rows(packed.keys):
        keys.setdefault(row[0], []).append(row)
    parts = []
    for name, rows in keys.items():
        rows.sort(key=lambda row: int(row[1]))
        schema, target = rows[0][3], rows[0][4]
        if schema != database:
            target = f"{schema}.{target}"
        deleted, updated = rules.get(name, ["", ""])
        facts = {
            "columns": listed(row[2] for row in rows),
            "references": referred(target, [row[5] for row in rows]),
            # RESTRICT is what NO ACTION does here, and the default
            "on delete": action(deleted).replace("restrict", ""),
            "on update": action(updated).replace("restrict", ""),
        }
        made = re.fullmatch(rf"({re.escape(table)}_ibfk_)?\d+", name)
        parts.append(
            part(("table", table), "foreign key", "" if made else name, facts)
        )
    return parts


def _checks(table: str, text: str) -> list[Part]:
    parts = []
    for name, clause, level in _rows(text):
        made = level == "Column" or re.fullmatch(
            rf"CONSTRAINT_\d+|{re.escape(table)}_chk_\d+", name
        )
        facts = {"expression": _expression(clause, False)}
        parts.append(
            part(("table", table), "check", "" if made else name, facts)
        )
    return parts


def _expression(text: str, mysql: bool) -> str:
    """Write an expression; MySQL escapes its quotes once too often."""
    return tidy(text.replace("\\'", "'") if mysql else text, "mariadb")


def _rows(text: str) -> list[list[str]]:
    return [row.split(FIELD) for row in text.split(ROW)] if text else []
