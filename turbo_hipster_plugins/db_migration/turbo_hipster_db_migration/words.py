"""The checks by their ids, and the words that a reader is told with."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from turbo_hipster_databases.model import Failure, Migration


@dataclasses.dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked for; ``title`` heads its column."""

    id: str
    title: str

    def __str__(self) -> str:
        return f"{self.id} ({self.title})"


HEADS = Check("TH-M101", "heads")
WALK = Check("TH-M102", "from empty to head")
NEWEST = Check("TH-M103", "ends at the newest")
MODELS = Check("TH-M104", "models agree")
UNDO = Check("TH-M201", "can be undone")
TRACE = Check("TH-M202", "undone without trace")
REDO = Check("TH-M203", "can be done again")
HALFWAY = Check("TH-M301", "killed half-way")
TOGETHER = Check("TH-M302", "two at once")
ENGINES = Check("TH-M401", "engines agree")
SQUAWK = Check("TH-M501", "squawk")

UNDOING = (UNDO, TRACE, REDO)
OF_STEPS = (*UNDOING, HALFWAY, TOGETHER)
CHECKS = (HEADS, WALK, NEWEST, MODELS, *OF_STEPS, ENGINES, SQUAWK)

FRAME = re.compile(r'^ *File "[^\n]*\n(?: {4}[^\n]*(?:\n|$))*', re.MULTILINE)
FRAMES = 6
"""Most frames that are shown."""

LINE = re.compile(r"(?<=\.py):\d+|,? line \d+")
"""Where in a file something is: an edit above moves it."""

LONGEST = 300
"""Most characters of an error that a sentence repeats."""


def told(failure: Failure) -> str:
    """Return why a step failed, on one line."""
    text = " ".join(failure.message.split())
    if len(text) > LONGEST:
        text = f"{text[:LONGEST].rstrip()} ..."
    if failure.code and failure.code not in text:
        text = f"{text} ({failure.code})"
    return text or "it gave no reason"


def plain(text: str, checkout: Path) -> str:
    """Return what a project said, without where it lies and line numbers.

    So that it is known again where it says the same in another checkout.
    """
    return LINE.sub("", text.replace(f"{checkout}/", "")).strip()


def lines(failure: Failure, checkout: Path) -> str:
    """Return the statement that failed and where the project ran it."""
    parts = [failure.message.strip()]
    if failure.statement:
        parts.append(
            f"The statement that failed:\n{failure.statement.strip()}"
        )
    where = frames(failure.traceback, checkout)
    if where:
        parts.append(f"Where it was run:\n{where}")
    return "\n\n".join(filter(None, parts))


def frames(traceback: str, checkout: Path) -> str:
    """Return those frames that are the project's own; else the last ones."""
    found = FRAME.findall(traceback)
    own = [frame for frame in found if f'"{checkout}/' in frame]
    shown = "".join((own or found[-3:])[-FRAMES:]).rstrip()
    return shown.replace(f'"{checkout}/', '"')


def place(engine: str, migration: Migration | None = None) -> dict[str, str]:
    """Return where a finding is: engine, revision and file."""
    where = {"engine": engine}
    if migration is not None:
        where["revision"] = migration.revision
        if migration.files:
            where["file"] = min(migration.files)
    return where


def listed(names: object, limit: int = 5) -> str:
    """Return names with commas between them, and how many are left out."""
    words = [str(name) for name in names]  # type: ignore[attr-defined]
    if len(words) <= limit:
        return ", ".join(words)
    return f"{', '.join(words[:limit])} and {len(words) - limit} more"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 step``, ``2 steps``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
