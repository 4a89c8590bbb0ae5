"""What stands apart from the tables of PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from turbo_hipster_databases.schema import postgresql_queries as queries
from turbo_hipster_databases.schema.gathering import Gathering
from turbo_hipster_databases.schema.sql_text import tidy

Row = tuple[Any, ...]
Ask = Callable[[str], Sequence[Row]]
_TYPES = {"e": "enum", "d": "domain", "c": "type", "r": "range"}
_STATES = {"O": "", "D": "disabled", "R": "replica", "A": "always"}
_KINDS = {"f": "function", "p": "procedure", "a": "aggregate", "w": "window"}


def add_apart(gathering: Gathering, ask: Ask) -> None:
    """Add types, triggers, routines, extensions and the rest."""
    for row in ask(queries.TYPES):
        _type(gathering, row)
    for table, name, state, text, relation in ask(queries.TRIGGERS):
        words = tidy(text, "postgresql").split(" ")
        said = " ".join(words[3 if words[1] == "trigger" else 4 :])
        gathering.add(
            ("view" if relation == "v" else "table", table, "trigger", name),
            {"statement": said, "state": _STATES[state]},
        )
    for row in ask(queries.ROUTINES):
        _routine(gathering, row)
    for kind, name, fact, value in ask(queries.OTHERS):
        gathering.add((kind, name), {fact: value or ""})


def _type(gathering: Gathering, row: Row) -> None:
    name, kind, labels, base, required, default, checks, fields, sub = row
    facts = {"values": labels or "", "fields": fields or ""}
    if kind == "d":
        facts = {
            "type": base,
            "nullable": "no" if required else "",
            "default": default or "",
            "checks": tidy(checks or "", "postgresql"),
        }
    elif kind == "r":
        facts = {"of": sub}
    gathering.add((_TYPES[kind], name), facts)


def _routine(gathering: Gathering, row: Row) -> None:
    name, identity, kind, text, language, body, result, arguments = row
    facts = {"kind": _KINDS[kind], "arguments": arguments}
    facts["returns"] = result or ""
    if language in ("sql", "plpgsql"):
        facts["body"] = tidy(body, "postgresql")
    else:
        facts["body"] = body
    facts["language"] = language
    head = text.partition("\nAS ")[0].splitlines()[2:]
    facts["options"] = " ".join(
        word.strip().removeprefix(f"LANGUAGE {language}").strip()
        for word in head
    ).lower()
    gathering.add(("routine", f"{name}({identity})"), facts)
