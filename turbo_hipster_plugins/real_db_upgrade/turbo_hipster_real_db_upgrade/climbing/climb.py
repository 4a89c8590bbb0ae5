"""A dataset climbs its ladder, and then the change's own steps, measured."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence

from turbo_hipster.exceptions import CannotJudge
from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.exceptions import RequirementsRefused
from turbo_hipster_databases.migration_tool import Project, Stepper
from turbo_hipster_databases.model import Direction, History
from turbo_hipster_real_db_upgrade.climbing import chain, downfall
from turbo_hipster_real_db_upgrade.climbing.chain import Link, Stranger
from turbo_hipster_real_db_upgrade.climbing.ladder import Ladder
from turbo_hipster_real_db_upgrade.climbing.layers import Layer
from turbo_hipster_real_db_upgrade.climbing.rungs import Rung, RungGone
from turbo_hipster_real_db_upgrade.ground import Ground
from turbo_hipster_real_db_upgrade.judging import reasons
from turbo_hipster_real_db_upgrade.words import Took

CHANGE = "change"
"""The name of the last rung: the change itself."""

PAYS = 2.0
"""Seconds of a step from which on a layer is kept of it; a clone is ready in
less."""


@dataclasses.dataclass
class Climbed:
    """How a dataset climbed.

    ``layer`` is what the climb started from, and ``skipped`` the steps that
    it holds.  ``links`` are the steps of the change's code, of which those
    whose revision is in ``judged`` are new; ``top`` is the state before the
    first of them.  ``failed`` is the step that ended it early.  ``marks``
    are what later passes say of each revision, by pass, in a word; ``undone``
    are the ways back of steps, measured.  ``technique`` is how the copy was
    made that they were measured on.
    """

    layer: Layer
    skipped: int
    history: History
    judged: frozenset[str]
    links: tuple[Link, ...] = ()
    top: Layer | None = None
    took: list[Took] = dataclasses.field(default_factory=list)
    undone: list[Took] = dataclasses.field(default_factory=list)
    failed: Took | None = None
    reached: tuple[str, ...] = ()
    marks: dict[str, dict[str, str]] = dataclasses.field(default_factory=dict)
    technique: str = ""

    @property
    def new(self) -> tuple[Took, ...]:
        """The steps that are judged."""
        return tuple(took for took in self.took if took.new)


class Climb:
    """One climb; ``judged`` says which revisions of a history are new."""

    def __init__(
        self,
        ground: Ground,
        ladder: Ladder,
        judged: Callable[[History], frozenset[str]],
    ) -> None:
        self._ground = ground
        self._ladder = ladder
        self._judged = judged
        self._climbed: Climbed
        self._stack = contextlib.ExitStack()
        self._server: Server
        self._reached: tuple[str, ...] = ()
        self._digest = ""

    def to_the_top(self) -> Climbed:
        """Climb to the state before the first new step; it is a layer then."""
        with self._stack:
            self._start()
            history = self._old_rungs()
            self._others(history)
        return self._climbed

    def _start(self) -> None:
        layer, skipped = self._ladder.deepest(self._ground)
        self._on(layer)
        self._climbed = Climbed(
            layer, skipped, History((), ()), frozenset(), reached=layer.reached
        )

    def _on(self, layer: Layer) -> None:
        self._stack.close()
        self._server = self._stack.enter_context(
            self._ground.clone(layer.snapshot)
        )
        self._digest, self._reached = layer.digest, layer.reached

    def _old_rungs(self) -> History:
        """Climb the ladder; a change that edits it begins further down."""
        ladder = self._ladder
        self._run(ladder.links[self._climbed.skipped :])
        with self._ground.stepper(self._server) as stepper:
            history = stepper.history()
        place = chain.edited(ladder.links, history)
        if place < len(ladder.links):
            edited = ladder.links[place].migration
            self._ground.context.log.info(
                "%s: the change edits %s, so that the climb begins anew "
                "before it", self._ground.case, edited.revision,
            )  # fmt: skip
            del ladder.links[place:]
            self._start()
            self._run(ladder.links[self._climbed.skipped :])
        self._climbed.history = history
        self._climbed.judged = self._judged(history)
        return history

    def _others(self, history: History) -> None:
        """Run what the change's code has below its first new step."""
        try:
            links = chain.links(CHANGE, history, self._digest, self._reached)
        except Stranger as error:
            raise CannotJudge(
                f"{self._ground.case}: the dataset is at {error}, which the "
                "change's history does not know; name older releases in the "
                "ladder, or take the dataset anew"
            ) from None
        first = next(
            (
                place
                for place, link in enumerate(links)
                if link.migration.revision in self._climbed.judged
            ),
            len(links),
        )
        self._run(links[:first])
        self._climbed.top = self._kept("before the change")
        self._climbed.links = tuple(links[first:])

    def _kept(self, name: str) -> Layer:
        layers = self._ground.layers
        known = layers.find(self._digest)
        if known is not None:
            return known
        return layers.keep(self._server, self._digest, self._reached, name)

    def _run(self, links: Sequence[Link]) -> None:
        """Run steps that are not judged, and keep a layer where it pays."""
        for rung, part in _by_rung(links):
            rest = list(part)
            while rest:
                rest = self._some(rung, rest)

    def _some(self, rung: str, links: Sequence[Link]) -> list[Link]:
        """Run steps up to one that is kept; return those behind it."""
        ladder = self._ladder
        code = None if rung == CHANGE else self._code(ladder.rungs[rung])
        rest = list(links)
        with self._ground.stepper(self._server, code) as stepper:
            while rest:
                link = rest.pop(0)
                took = self._step(stepper, link)
                if link.last or took.ran.seconds > PAYS:
                    break
        self._on(self._kept(f"{rung} at {link.migration.revision}"))
        return rest

    def _code(self, rung: Rung) -> Project:
        try:
            return rung.project()
        except (RungGone, RequirementsRefused) as error:
            raise CannotJudge(
                f"{self._ground.case}: the rung {rung.ref} cannot be run: "
                f"{error}"
            ) from None

    def _step(self, stepper: Stepper, link: Link) -> Took:
        began = time.time()
        ran = stepper.step(
            link.migration, timeout=self._ground.settings.step_timeout
        )
        took = Took(link.rung, link.migration, Direction.UP, began, ran)
        self._climbed.took.append(took)
        downfall.is_lost(self._ground.case, self._server, ran)
        if ran.failure is not None:
            raise CannotJudge(
                f"{self._ground.case}: {link.migration} of {link.rung}, which "
                f"is not the change's, fails on this data: "
                f"{reasons.told(ran.failure, (), self._ground.case.engine)}"
            )
        self._digest, self._reached = link.digest, link.reached
        return took


def _by_rung(links: Sequence[Link]) -> Iterator[tuple[str, list[Link]]]:
    part: list[Link] = []
    for link in links:
        if part and part[-1].rung != link.rung:
            yield part[-1].rung, part
            part = []
        part.append(link)
    if part:
        yield part[-1].rung, part
