"""What the report page shows beside the findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from turbo_hipster import model, task
from turbo_hipster_databases.model import Direction, Lock, Measured
from turbo_hipster_db_migration.ground import Ground
from turbo_hipster_db_migration.walk import Took, Walk

STRENGTH = ("nothing", "schema changes", "writes", "reads and writes")
"""What a lock blocks, from the weakest to the strongest."""


def servers(context: task.TaskContext, grounds: Mapping[str, Ground]) -> None:
    """Show which servers the migrations ran on."""
    context.table(
        "servers",
        [
            {
                "engine": ground.engine.title,
                "version": ground.release.version,
                "from": ground.release.origin,
                "cloned by": ground.technique,
            }
            for ground in grounds.values()
        ],
        "The servers",
    )


def migrations(context: task.TaskContext, walks: Mapping[str, Walk]) -> None:
    """Show a row for each measured migration, and a picture of their times."""
    rows = [
        row(engine, took)
        for engine, walk in walks.items()
        for took in measured(walk)
    ]
    context.table("migrations", rows, "The migrations that are judged")
    series = tuple(
        model.Series(
            engine,
            tuple(
                (took.ran.migration.revision, took.ran.seconds)
                for took in walk.took
            ),
        )
        for engine, walk in walks.items()
        if walk.took
    )
    if series:
        context.chart(
            model.Chart(
                "step-times",
                "bar",
                "s",
                series,
                "How long each step took on an empty database",
            )
        )


def measured(walk: Walk) -> Iterator[Took]:
    """Yield each judged step in the order of the walk, up and down."""
    undone = {
        stage.migration.revision: stage.undone.down
        for stage in walk.stages
        if stage.undone is not None
    }
    for took in walk.took:
        revision = took.ran.migration.revision
        if revision in walk.judged:
            yield took
            down = undone.get(revision)
            failure = down.ran.failure if down else None
            if down and (failure is None or failure.kind != "not_implemented"):
                yield down


def row(engine: str, took: Took) -> dict[str, Any]:
    """Return a row of the table ``migrations``; its columns are promised."""
    ran, seen = took.ran, took.measured or Measured(took.ran.seconds)
    migration = ran.migration
    parents, revision = list(migration.parents), migration.revision
    lock = strongest(seen)
    failure = ran.failure
    return {
        "engine": engine,
        "dataset": "",
        "revision": revision,
        "from": parents if ran.direction is Direction.UP else [revision],
        "direction": ran.direction.value,
        "seconds": round(ran.seconds, 6),
        "began": round(took.began, 3),
        "state": "ok" if failure is None else failure.kind,
        "statements": None if ran.statements is None else len(ran.statements),
        "rows_read": _sum(seen.rows_read),
        "rows_changed": _sum(seen.rows_changed),
        "log_bytes": seen.log_bytes,
        "size_change": seen.size_change,
        "lock": f"{lock.mode} on {lock.table}" if lock else "",
        "lock_blocks": lock.blocks if lock else "",
        "lock_seconds": round(lock.seconds, 6) if lock else None,
        "rewritten": list(seen.rewritten),
        "overhead": round(seen.overhead, 6),
    }


def strongest(seen: Measured) -> Lock | None:
    """Return the lock that blocks most, of equals the longest."""

    def weight(lock: Lock) -> tuple[int, float]:
        known = lock.blocks in STRENGTH
        return STRENGTH.index(lock.blocks) if known else 0, lock.seconds

    return max(seen.locks, key=weight, default=None)


def _sum(per_table: Mapping[str, int] | None) -> int | None:
    return None if per_table is None else sum(per_table.values())
