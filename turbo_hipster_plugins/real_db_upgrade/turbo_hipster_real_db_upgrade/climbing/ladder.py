"""The ladder of one case: the chain of steps before the change's own."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.exceptions import (
    HistoryBroken,
    RequirementsRefused,
)
from turbo_hipster_databases.model import History
from turbo_hipster_databases.seeds.seeded import seeded
from turbo_hipster_databases.snapshots import Snapshot
from turbo_hipster_real_db_upgrade.climbing import chain
from turbo_hipster_real_db_upgrade.climbing.chain import Link, Stranger
from turbo_hipster_real_db_upgrade.climbing.layers import Layer
from turbo_hipster_real_db_upgrade.climbing.rungs import Rung, RungGone
from turbo_hipster_real_db_upgrade.ground import Ground

SEED = "seed"


@dataclasses.dataclass
class Ladder:
    """Where a dataset begins, and the steps up to the change."""

    seed: Layer
    links: list[Link]
    rungs: dict[str, Rung]

    def deepest(self, ground: Ground) -> tuple[Layer, int]:
        """Return the layer to start from, and how many links it holds."""
        for place in range(len(self.links), 0, -1):
            layer = ground.layers.find(self.links[place - 1].digest)
            if layer is not None:
                return layer, place
        return self.seed, 0


def build(ground: Ground, rungs: Sequence[Rung]) -> Ladder:
    """Load the seed and work out the steps; what is missing is said."""
    seed = _seed(ground, rungs)
    links: list[Link] = []
    digest, reached = seed.digest, seed.reached
    usable: dict[str, Rung] = {}
    for rung in rungs:
        history = _history(ground, rung)
        if history is None:
            continue
        try:
            links += chain.links(rung.ref, history, digest, reached)
        except Stranger as error:
            ground.context.not_checked(
                f"{ground.case}: the rung {rung.ref}",
                f"the dataset is at {error} by then, which {rung.ref} does "
                "not know",
            )
            continue
        usable[rung.ref] = rung
        if links:
            digest, reached = links[-1].digest, links[-1].reached
    return Ladder(seed, links, usable)


def _seed(ground: Ground, rungs: Sequence[Rung]) -> Layer:
    snapshot = _loaded(ground)
    ground.layers.seed = snapshot.key
    known = ground.layers.find(snapshot.key)
    if known is not None:
        return known
    # a damaged one was set aside just now
    snapshot = _loaded(ground)
    with (
        ground.clone(snapshot) as server,
        ground.stepper(server) as stepper,
    ):
        reached = stepper.current()
    return ground.layers.remember(snapshot.key, snapshot, reached, SEED)


def _loaded(ground: Ground) -> Snapshot:
    case = ground.case
    return seeded(
        ground.context,
        ground.servers,
        ground.engine,
        case.release,
        case.seed,
        case.dataset.overlays,
    )


def _history(ground: Ground, rung: Rung) -> History | None:
    empty: Callable[[], Server] = lambda: ground.servers.empty(  # noqa: E731
        ground.engine, ground.case.release
    )
    try:
        return rung.history(ground.tool, ground.engine, empty)
    except (RungGone, RequirementsRefused, HistoryBroken) as error:
        # a release that cannot be had is no fault of the change
        ground.context.not_checked(
            f"{ground.case}: the rung {rung.ref}",
            " ".join(str(error).split())[-300:],
        )
        return None
