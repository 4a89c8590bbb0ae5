"""Why a migration fails, in words that have no value of the dataset.

What a project's own exception says may be anything; its class and the place
are shown.  What an engine says is shown without what it quotes.
"""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Collection
from pathlib import Path

from turbo_hipster_databases.model import Failure
from turbo_hipster_databases.schema.model import Schema
from turbo_hipster_real_db_upgrade.checking.previous.wording import (
    RAISED,
    scrubbed,
)
from turbo_hipster_real_db_upgrade.judging.scrubbing import (
    normalised,
    without_values,
)

OURS = ("hang", "transaction", "prompt")
"""Kinds of failures whose words are our own."""

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


def told(failure: Failure, known: Collection[str]) -> str:
    """Return why a step failed, on one line."""
    if failure.kind in OURS:
        return " ".join(failure.message.split())
    first = failure.message.partition(":")[0].split()
    name = first[0] if len(first) == 1 else "an error"
    if failure.kind == "sql":
        if failure.code in RAISED:
            return f"a trigger refuses it ({failure.code})"
        text = scrubbed(_said(failure.message), known)
        code = failure.code
        return f"{text} ({code})" if code and code not in text else text
    if failure.kind == "exit":
        return "it ends its process"
    if failure.kind == "command":
        return "the command fails; its output is in the build's log"
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


def _said(message: str) -> str:
    """Return what the engine says, without class, number and rows."""
    name, _, text = message.partition(": ")
    if not name.isidentifier():
        text = message
    with contextlib.suppress(ValueError, SyntaxError, TypeError, IndexError):
        # the drivers of MariaDB and MySQL show number and text as a tuple
        text = str(ast.literal_eval(text)[1])
    return without_values(text)
