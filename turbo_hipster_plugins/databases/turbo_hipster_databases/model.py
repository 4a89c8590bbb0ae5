"""The words of databases and migrations; frozen values."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from pathlib import Path


@dataclasses.dataclass(frozen=True, slots=True)
class Release:
    """One installed server program of an engine.

    ``programs`` is the folder of its executables; ``origin`` says where it
    came from: ``system``, the name of a distribution, or ``builtin``.
    """

    engine: str
    version: str
    programs: Path
    origin: str = "system"

    def __str__(self) -> str:
        return f"{self.engine} {self.version}"


@dataclasses.dataclass(frozen=True, slots=True)
class Body:
    """A data directory for one server.

    ``path`` is where the server finds its data.  With ``lower`` folders (the
    topmost first) it is a mount point for an overlay over them, whose
    changes go to ``upper``; ``scratch`` is the overlay's work folder on the
    same file system.  ``technique`` is the way it was cloned.
    """

    path: Path
    technique: str
    lower: tuple[Path, ...] = ()
    upper: Path | None = None
    scratch: Path | None = None


class Direction(enum.Enum):
    """Which way a migration is run."""

    UP = "up"
    DOWN = "down"


@dataclasses.dataclass(frozen=True, slots=True)
class Migration:
    """One timed step between two revisions of a schema.

    ``parents`` are the revisions it builds on (several: a merge; none: the
    first).  ``files`` maps its files, relative to the checkout, to the
    sha256 of their content.  ``can_undo`` is None where only trying tells.
    """

    revision: str
    parents: tuple[str, ...] = ()
    title: str = ""
    files: Mapping[str, str] = dataclasses.field(default_factory=dict)
    can_undo: bool | None = None

    def __str__(self) -> str:
        return f"{'+'.join(self.parents) or 'empty'}->{self.revision}"


@dataclasses.dataclass(frozen=True, slots=True)
class History:
    """A project's migrations in the order in which the tool runs them.

    ``heads`` are the revisions that nothing builds on.  ``steps`` says how
    fine the tool lets us step: ``each`` (one migration at a time),
    ``phase`` (a few commands) or ``whole`` (one command).  ``lines`` are the
    heads that a sound history of this kind has: as many as apps with Django.
    """

    migrations: tuple[Migration, ...]
    heads: tuple[str, ...]
    steps: str = "each"
    lines: int = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Failure:
    """Why a step failed.

    ``statement`` is the SQL that failed, if one did; ``code`` the engine's
    own code (SQLSTATE, errno); ``kind`` is ``sql``, ``python``,
    ``not_implemented`` (a downgrade that says there is none), ``exit``
    (sys.exit), ``prompt`` (it wanted an answer), ``hang``, ``transaction``
    (it left one open), or ``command``.
    """

    message: str
    kind: str = "python"
    statement: str = ""
    code: str = ""
    traceback: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Ran:
    """How one step ran, as the stepping process tells it.

    ``seconds`` from before its first statement to after its commit;
    ``statements`` is the SQL it executed, in order, as far as the tool lets
    us see; None where it has no hook.  ``died`` says that it was killed at
    the point we named.
    """

    migration: Migration
    direction: Direction
    seconds: float
    statements: tuple[str, ...] | None = None
    failure: Failure | None = None
    died: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Statement:
    """What the engine saw of one statement during a step; times in seconds.

    ``rows`` are those sent or affected, where the engine counts them.
    """

    text: str
    calls: int
    seconds: float
    slowest: float
    rows: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Lock:
    """The strongest lock on a table, and how long it was held, in seconds.

    ``mode`` is the engine's own word.  ``blocks`` says in plain words what
    waits for it: ``nothing``, ``schema changes``, ``writes`` or ``reads and
    writes``.  ``exact`` is False where it was sampled.

    A table may have several, the strongest first: at each moment the
    strongest counts, so that their times do not overlap.  One without time
    was held for less than the sampling can tell.
    """

    table: str
    mode: str
    seconds: float
    blocks: str
    exact: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class Measured:
    """One step, seen from outside.  None: this engine cannot tell.

    ``rows_read`` and ``rows_changed`` are per table, ``log_bytes`` what went
    to redo log, WAL or pages (a cost that does not depend on the machine),
    ``size_change`` in bytes on disk, ``rewritten`` the tables whose rows
    were all written anew, ``errors`` those of the engine with its code, also
    ones that a tool provokes and handles, ``overhead`` the seconds that
    measuring itself took.
    """

    seconds: float
    statements: tuple[Statement, ...] = ()
    rows_read: Mapping[str, int] | None = None
    rows_changed: Mapping[str, int] | None = None
    log_bytes: int | None = None
    size_change: int | None = None
    locks: tuple[Lock, ...] = ()
    rewritten: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    overhead: float = 0.0
