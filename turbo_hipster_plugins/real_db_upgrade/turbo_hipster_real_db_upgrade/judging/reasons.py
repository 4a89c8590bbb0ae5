"""Why something fails, in words that have no value of the dataset.

What a project's own exception says may be anything; its class and the place
are shown, and the text of those that speak of code alone.  What an engine
says is shown without what it quotes, unless that is a name.
"""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Collection
from pathlib import Path

from turbo_hipster_databases.model import Failure
from turbo_hipster_databases.schema.model import Schema
from turbo_hipster_databases.schema.sql_text import tokens
from turbo_hipster_real_db_upgrade.judging.scrubbing import (
    normalised,
    without_values,
)

OURS = ("hang", "transaction", "prompt")
"""Kinds of failures whose words are our own."""

OF_CODE = (
    "AttributeError",
    "ImportError",
    "IndentationError",
    "ModuleNotFoundError",
    "NameError",
    "SyntaxError",
    "TypeError",
    "UnboundLocalError",
)
"""Exceptions of Python whose text is about the code, never about data."""

RAISED = {"P0001", "1644", "SQLITE_CONSTRAINT_TRIGGER"}
"""Codes of what a trigger says, which may be anything."""

QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"|`([^`]*)`")
NUMBER = re.compile(r"(?<![\w.])(?<!\w\()-?\d+(?:\.\d+)?(?![\w.])")
"""One that may be a value; in varchar(20) it is none."""
CLAUSES = {"SELECT", "INSERT", "UPDATE", "DELETE", "SET", "INSERT INTO",
           "field list", "where clause", "on clause", "order clause",
           "group statement", "having clause"}  # fmt: skip
"""What MariaDB and MySQL quote though it is part of no statement's data."""
AT_ROW = re.compile(r" at row \d+$")
LONGEST = 300

FRAME = re.compile(r'^ *File "([^"\n]*)", line (\d+), in (\S+)', re.MULTILINE)
FRAMES = 6
"""Most places that are shown."""


def names(*schemas: Schema) -> set[str]:
    """Return the names in schemas: they may be shown."""
    found: set[str] = set()
    for schema in schemas:
        for path, thing in schema.things.items():
            found.update(path)
            found.add(thing.facts.get("name", ""))
    return found - {""}


def engine_says(code: str, text: str, known: Collection[str]) -> str:
    """Return what an engine says, with names that are known alone."""
    if code in RAISED:
        return f"a trigger refuses it ({code})"
    said = named_only(text, known)
    return said if not code or code in said else f"{said} ({code})"


def named_only(text: str, known: Collection[str]) -> str:
    """Return an engine's message without values of the dataset.

    What is quoted stays when it is a name.
    """
    names = {*known, *CLAUSES}

    def shown(found: re.Match[str]) -> str:
        inner = next(part for part in found.groups() if part is not None)
        parts = {inner, *inner.split(".")}
        return found[0] if inner in names or parts & names else "'…'"

    line = without_values(text)[:LONGEST]
    return NUMBER.sub("…", QUOTED.sub(shown, AT_ROW.sub("", line)))


def told(failure: Failure, known: Collection[str], engine: str) -> str:
    """Return why a step failed, on one line.

    The names in its statement may be shown as well as the ``known`` ones.
    """
    if failure.kind in OURS:
        return " ".join(failure.message.split())
    first = failure.message.partition(":")[0].split()
    name = first[0] if len(first) == 1 else "an error"
    if failure.kind == "sql":
        known = {*known, *_named(failure.statement, engine)}
        return engine_says(failure.code, _said(failure.message), known)
    if failure.kind == "exit":
        return "it ends its process"
    if failure.kind == "command":
        return "the command fails; its output is in the build's log"
    if name in OF_CODE:
        return " ".join(failure.message.split())[:LONGEST]
    return f"it raises {name}"


def detail(failure: Failure, engine: str, checkout: Path) -> str:
    """Return the statement without its values, and where it was run."""
    parts = []
    if failure.statement:
        statement = normalised(failure.statement, engine)
        parts.append(f"The statement that failed:\n{statement}")
    places = [
        f"{Path(path).relative_to(checkout)}:{line} in {name}"
        for path, line, name in FRAME.findall(failure.traceback)
        if Path(path).is_relative_to(checkout)
    ]
    if places:
        parts.append("Where it was run:\n" + "\n".join(places[-FRAMES:]))
    return "\n\n".join(parts)


def _named(statement: str, engine: str) -> set[str]:
    """Return the names in a statement; it is the project's own code."""
    return {
        word.text
        for word in tokens(statement, engine)
        if word.kind in ("word", "quoted")
    }


def _said(message: str) -> str:
    """Return what the engine says, without class, number and rows."""
    name, _, text = message.partition(": ")
    if not name.isidentifier():
        text = message
    with contextlib.suppress(ValueError, SyntaxError, TypeError, IndexError):
        # the drivers of MariaDB and MySQL show number and text as a tuple
        text = str(ast.literal_eval(text)[1])
    return without_values(text)
