"""The rehearsal: the change's steps once, before they are measured.

It tells which tables each step touches, so that these can be warmed and
probed; and it leaves a layer after each step, from which later passes begin.
What was rehearsed before is known by its digest and not run again.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
from pathlib import Path

from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.model import Failure
from turbo_hipster_databases.schema.model import BOOKKEEPING
from turbo_hipster_real_db_upgrade.climbing import downfall
from turbo_hipster_real_db_upgrade.climbing.chain import Link
from turbo_hipster_real_db_upgrade.climbing.climb import Climbed
from turbo_hipster_real_db_upgrade.climbing.layers import Layer
from turbo_hipster_real_db_upgrade.ground import Ground
from turbo_hipster_real_db_upgrade.measuring.touched import tables, touched

NOTES = "rehearsals"


@dataclasses.dataclass(frozen=True)
class Rehearsed:
    """One step of the change, rehearsed.

    ``tables`` are those that it touches, ``before`` and ``after`` the states
    around it; ``after`` is None when it fails.
    """

    link: Link
    tables: tuple[str, ...]
    statements: tuple[str, ...] | None
    before: Layer
    after: Layer | None = None
    failure: Failure | None = None


def rehearse(ground: Ground, climbed: Climbed) -> list[Rehearsed]:
    """Rehearse the change's steps, up to the first that fails."""
    assert climbed.top is not None
    before, done = climbed.top, []
    for link in climbed.links:
        one = _known(ground, link, before) or _one(ground, link, before)
        done.append(one)
        if one.after is None:
            break
        before = one.after
    return done


def _one(ground: Ground, link: Link, before: Layer) -> Rehearsed:
    with ground.clone(before.snapshot) as server:
        names = _tables(ground, server)
        observer = ground.engine.observer(server)
        try:
            with ground.stepper(server) as stepper:
                observer.begins()
                ran = stepper.step(
                    link.migration, timeout=ground.settings.step_timeout
                )
                lost = downfall.is_lost(ground.case, server, ran)
                measured = None if lost else observer.ends()
        finally:
            observer.close()
        seen = set(touched(ran.statements or (), names))
        if measured is not None:
            seen |= {
                *(measured.rows_read or {}),
                *(measured.rows_changed or {}),
                *(lock.table for lock in measured.locks),
            }
        # no application works on the tables that the tool keeps for itself
        found = tuple(sorted((seen & set(names)) - BOOKKEEPING))
        if ran.failure is not None:
            return Rehearsed(
                link, found, ran.statements, before, failure=ran.failure
            )
        after = ground.layers.keep(
            server,
            link.digest,
            link.reached,
            f"after {link.migration.revision}",
        )
    rehearsed = Rehearsed(link, found, ran.statements, before, after)
    _note_down(ground, rehearsed)
    return rehearsed


def _tables(ground: Ground, server: Server) -> tuple[str, ...]:
    with contextlib.closing(server.connect()) as connection:
        return tables(ground.engine.name, connection)


def _known(ground: Ground, link: Link, before: Layer) -> Rehearsed | None:
    after = ground.layers.find(link.digest)
    if after is None:
        return None
    try:
        told = json.loads(_note(ground, link).read_text())
        statements = told["statements"]
        return Rehearsed(
            link,
            tuple(map(str, told["tables"])),
            None if statements is None else tuple(map(str, statements)),
            before,
            after,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _note_down(ground: Ground, rehearsed: Rehearsed) -> None:
    note = _note(ground, rehearsed.link)
    note.parent.mkdir(exist_ok=True)
    draft = note.with_name(f"{note.name}.{ground.context.build.id}")
    draft.write_text(
        json.dumps(
            {
                "tables": rehearsed.tables,
                "statements": rehearsed.statements,
            }
        )
    )
    draft.rename(note)


def _note(ground: Ground, link: Link) -> Path:
    folder = ground.servers.store.folder.parent / NOTES
    return folder / f"{link.digest}.json"
