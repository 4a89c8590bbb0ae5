"""The state after any part of the history, to be cloned again and again."""

from __future__ import annotations

from collections.abc import Sequence

from turbo_hipster_databases.model import Migration
from turbo_hipster_databases.snapshots import Snapshot
from turbo_hipster_db_migration.ground import Ground, applied


class States:
    """Makes and remembers snapshots, each from the nearest one below.

    So that no step runs twice for them, however many are asked for in turn.
    """

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._made: dict[int, Snapshot] = {}

    def at(self, path: Sequence[Migration]) -> Snapshot:
        """Return the state after a path, a beginning of the history.

        All of it ran once before; raises CannotJudge if it fails now.
        """
        if len(path) not in self._made:
            self._made[len(path)] = self._make(path)
        return self._made[len(path)]

    def _make(self, path: Sequence[Migration]) -> Snapshot:
        ground = self._ground
        below = max((one for one in self._made if one < len(path)), default=-1)
        lent = ground.fresh() if below < 0 else ground.clone(self._made[below])
        with lent as server:
            rest = path[max(below, 0) :]
            if rest:
                with ground.stepper(server) as stepper:
                    applied(ground, stepper, rest)
            where = path[-1].revision if path else "nothing"
            return ground.keep(server, f"after {where}")
