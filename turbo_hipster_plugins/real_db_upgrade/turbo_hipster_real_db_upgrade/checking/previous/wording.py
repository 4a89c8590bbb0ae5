"""What the previous code cannot do any more, in words without values."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from turbo_hipster_real_db_upgrade.checking.previous.desk import Fault
from turbo_hipster_real_db_upgrade.checking.previous.trying import (
    DELETE,
    INSERT,
    SELECT,
    UPDATE,
    Deed,
)
from turbo_hipster_real_db_upgrade.judging.reasons import engine_says

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


def told(fault: Fault, names: Collection[str]) -> str:
    """Return why a statement fails."""
    return engine_says(fault.code, fault.text, names)


def kinds(deeds: Sequence[Deed]) -> list[str]:
    """Return the kinds of statement that fail, in the order of tables."""
    found = {deed.kind for deed in deeds}
    return [kind for kind in (SELECT, INSERT, UPDATE, DELETE) if kind in found]


def listed(words: Sequence[str]) -> str:
    """Return words as people list them."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
