"""What stands apart from the tables of MariaDB or MySQL.

Views, sequences, partitions and parameters are asked for only where there
are some.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from turbo_hipster_databases.schema.gathering import Gathering
from turbo_hipster_databases.schema.sql_text import tokens, written

Ask = Callable[[str], Sequence[tuple[Any, ...]]]

_VIEWS = """
SELECT table_name, view_definition, check_option, security_type
FROM information_schema.views WHERE table_schema = DATABASE()
"""
_TRIGGERS = """
SELECT event_object_table, trigger_name, action_timing, event_manipulation,
       action_statement
FROM information_schema.triggers WHERE trigger_schema = DATABASE()
"""
_ROUTINES = """
SELECT specific_name, routine_name, routine_type, dtd_identifier,
       routine_definition, is_deterministic, sql_data_access, security_type
FROM information_schema.routines WHERE routine_schema = DATABASE()
"""
_PARAMETERS = """
SELECT specific_name, routine_type, parameter_mode, parameter_name,
       dtd_identifier
FROM information_schema.parameters
WHERE specific_schema = DATABASE() AND ordinal_position > 0
ORDER BY ordinal_position
"""
_EVENTS = """
SELECT event_name, event_definition, execute_at, interval_value,
       interval_field, status, on_completion
FROM information_schema.events WHERE event_schema = DATABASE()
"""
_PARTITIONS = """
SELECT table_name, partition_name, subpartition_name, partition_method,
       partition_expression, subpartition_method, subpartition_expression,
       partition_description
FROM information_schema.partitions
WHERE table_schema = DATABASE() AND partition_name IS NOT NULL
"""
_SEQUENCE = """
SELECT start_value, increment, minimum_value, maximum_value, cache_size,
       cycle_option
FROM `{}`
"""


def unqualified(sql: str, database: str) -> str:
    """Write SQL in the one way, without the name of its own database."""
    words = tokens(sql, "mariadb")
    kept = []
    for at, word in enumerate(words):
        owner = word == ("quoted", database)
        if owner and at + 1 < len(words) and words[at + 1].text == ".":
            continue
        if word.text == "." and at and words[at - 1] == ("quoted", database):
            continue
        kept.append(word)
    return written(kept)


def add_apart(
    gathering: Gathering,
    ask: Ask,
    kinds: Mapping[str, str],
    parted: bool,
    own: Callable[[str], str],
) -> None:
    """Add views, triggers, routines, events, sequences and partitions."""
    if "VIEW" in kinds.values():
        _views(gathering, ask, own)
    for table, name, timing, event, statement in ask(_TRIGGERS):
        said = f"{timing} {event}".lower()
        gathering.add(
            ("table", table, "trigger", name),
            {"statement": f"{said} {own(statement)}"},
        )
    _routines(gathering, ask, own)
    for name, definition, at, value, field, *rest in ask(_EVENTS):
        gathering.add(
            ("event", name),
            {
                "statement": own(definition),
                "at": str(at or ""),
                "every": f"{value} {field}".lower() if value else "",
                "status": " ".join(rest).lower(),
            },
        )
    for name, kind in kinds.items():
        if kind == "SEQUENCE":
            _sequence(gathering, ask, name)
    if parted:
        _partitions(gathering, ask)


def _views(gathering: Gathering, ask: Ask, own: Callable[[str], str]) -> None:
    for name, definition, check, security in ask(_VIEWS):
        gathering.add(
            ("view", name),
            {
                "definition": own(definition),
                "check": "" if check == "NONE" else check.lower(),
                "security": "" if security == "DEFINER" else security.lower(),
            },
        )


def _routines(
    gathering: Gathering, ask: Ask, own: Callable[[str], str]
) -> None:
    routines = ask(_ROUTINES)
    parameters: dict[tuple[str, str], list[str]] = {}
    for specific, kind, mode, name, said in (
        ask(_PARAMETERS) if routines else ()
    ):
        mode = "" if mode in (None, "IN") else f"{mode.lower()} "
        parameters.setdefault((specific, kind), []).append(
            f"{mode}{name} {said}"
        )
    for specific, name, kind, returns, body, certain, access, by in routines:
        arguments = ", ".join(parameters.get((specific, kind), []))
        gathering.add(
            ("routine", name),
            {
                "kind": kind.lower(),
                "arguments": arguments,
                "returns": returns or "",
                "body": own(body or ""),
                "deterministic": "yes" if certain == "YES" else "",
                "access": access.lower(),
                "security": "" if by == "DEFINER" else by.lower(),
            },
        )


def _sequence(gathering: Gathering, ask: Ask, name: str) -> None:
    start, step, least, most, cache, cycle = ask(
        _SEQUENCE.format(name.replace("`", "``"))
    )[0]
    gathering.add(
        ("sequence", name),
        {
            "start": str(start),
            "increment": str(step),
            "minimum": str(least),
            "maximum": str(most),
            "cache": str(cache),
            "cycle": "yes" if cycle else "",
        },
    )


def _partitions(gathering: Gathering, ask: Ask) -> None:
    for row in ask(_PARTITIONS):
        table, name, sub, method, by, sub_method, sub_by, bound = row
        said = f"{method} ({by or ''})".lower()
        if sub_method:
            said += f" {sub_method} ({sub_by or ''})".lower()
        gathering.add(
            ("table", table, "partition", f"{name}.{sub}" if sub else name),
            {"by": said.replace("`", ""), "bound": bound or ""},
        )
