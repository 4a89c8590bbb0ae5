"""The state before each judged step, to be cloned as often as one likes."""

from __future__ import annotations

from turbo_hipster_databases.snapshots import Snapshot
from turbo_hipster_db_migration.ground import Ground, applied
from turbo_hipster_db_migration.walk import Stage


class States:
    """Makes and remembers snapshots, each from the one before."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._made: dict[int, Snapshot] = {}

    def before(self, stage: Stage) -> Snapshot:
        """Return the state before a step; the path to it ran once before."""
        place = len(stage.path)
        if place not in self._made:
            self._made[place] = self._make(stage)
        return self._made[place]

    def _make(self, stage: Stage) -> Snapshot:
        ground, place = self._ground, len(stage.path)
        below = max((one for one in self._made if one < place), default=None)
        lent = (
            ground.fresh()
            if below is None
            else ground.clone(self._made[below])
        )
        with lent as server:
            path = stage.path[below or 0 :]
            if path:
                with ground.stepper(server) as stepper:
                    applied(stepper, path, ground.timeout)
            return ground.keep(server, f"before {stage.migration.revision}")
