"""What the previous code cannot do any more, in words without values."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from turbo_hipster_real_db_upgrade.checking.previous.desk import Fault
from turbo_hipster_real_db_upgrade.checking.previous.trying import (
    DELETE,
    INSERT,
    SELECT,
    UPDATE,
    Deed,
)
from turbo_hipster_real_db_upgrade.judging.scrubbing import without_values

RAISED = {"P0001", "1644", "SQLITE_CONSTRAINT_TRIGGER"}
"""Codes of what a trigger says, which may be anything."""

QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"|`([^`]*)`")
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])")
LONGEST = 300

ADVICE = {
    SELECT: "Release code that does not name it any more first; take it "
    "away one release later, or leave a view or a column with the old name.",
    UPDATE: "Release code that does not write it any more first, and change "
    "it one release later.",
    INSERT: "Let new columns be nullable or have a default; demand a value "
    "one release later, when all code writes it.",
    DELETE: "Let what refers to its rows be deleted or emptied along with "
    "them, until all code knows of it.",
}


def scrubbed(text: str, names: Collection[str]) -> str:
    """Return an engine's message without values of the dataset.

    What is quoted stays when it is a name of the schema.
    """

    def known(found: re.Match[str]) -> str:
        inner = next(part for part in found.groups() if part is not None)
        parts = {inner, *inner.split(".")}
        return found[0] if inner in names or parts & set(names) else "'…'"

    line = without_values(text)[:LONGEST]
    return NUMBER.sub("…", QUOTED.sub(known, line))


def told(fault: Fault, names: Collection[str]) -> str:
    """Return why a statement fails."""
    if fault.code in RAISED:
        return f"a trigger refuses it ({fault.code})"
    said = scrubbed(fault.text, names)
    return said if fault.code in said else f"{said} ({fault.code})"


def kinds(deeds: Sequence[Deed]) -> list[str]:
    """Return the kinds of statement that fail, in the order of tables."""
    found = {deed.kind for deed in deeds}
    return [kind for kind in (SELECT, INSERT, UPDATE, DELETE) if kind in found]


def listed(words: Sequence[str]) -> str:
    """Return words as people list them."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
