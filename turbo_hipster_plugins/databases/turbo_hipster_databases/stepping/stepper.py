"""The stepper of all tools whose steps run in one process."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

from turbo_hipster.task import TaskContext
from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.exceptions import HistoryBroken, StepperLost
from turbo_hipster_databases.migration_tool import Project, Stepper
from turbo_hipster_databases.model import (
    Direction,
    Failure,
    History,
    Migration,
    Ran,
)
from turbo_hipster_databases.stepping import surroundings
from turbo_hipster_databases.stepping.walker import Walker, how, last

ANSWER = 300.0
"""Seconds for an answer that is no step: a history is read."""

KILLED = -9


@contextlib.contextmanager
def stepping(
    context: TaskContext, project: Project, server: Server, walk: str
) -> Iterator[Stepper]:
    """Open a stepper whose steps are done by the walk of that name."""
    url = surroundings.url(project, server)
    stepper = ProcessStepper(Walker(context, project, url, walk))
    try:
        yield stepper
    finally:
        stepper.close()


class ProcessStepper:
    """Implements Stepper; see there."""

    def __init__(self, walker: Walker) -> None:
        self._walker = walker
        self._history: History | None = None

    def history(self) -> History:
        """Return the migrations that the checkout has."""
        if self._history is None:
            said = self._answer("history")
            self._history = History(
                migrations=tuple(
                    Migration(
                        revision=one["revision"],
                        parents=tuple(one["parents"]),
                        title=one["title"],
                        files=one["files"],
                        can_undo=one.get("can_undo"),
                    )
                    for one in said["migrations"]
                ),
                heads=tuple(said["heads"]),
                lines=said.get("lines", 1),
            )
        return self._history

    def current(self) -> tuple[str, ...]:
        """Return the revisions that the database is at; none: empty."""
        return tuple(self._answer("current"))

    def differences(self) -> tuple[str, ...] | None:
        """Compare models with the database; None: the tool cannot."""
        said = self._answer("differences")
        return None if said is None else tuple(said)

    def step(
        self,
        migration: Migration,
        direction: Direction = Direction.UP,
        *,
        die_after: int | None = None,
        kill_at: float | None = None,
        timeout: float | None = None,
    ) -> Ran:
        """Run one migration; see the contract."""
        request: dict[str, Any] = {
            "do": "step",
            "revision": migration.revision,
            "direction": direction.value,
            "die_after": die_after,
            "timeout": timeout,
        }
        limits = [one for one in (kill_at, timeout) if one is not None]
        began = time.monotonic()
        try:
            answer = self._walker.ask(request, min(limits, default=None))
        except TimeoutError:
            self._walker.kill()
            seconds = time.monotonic() - began
            if min(limits) == kill_at:
                return Ran(migration, direction, seconds, died=True)
            return Ran(
                migration, direction, seconds, failure=self._hang(seconds)
            )
        if answer is not None and "dies" in answer:
            self._walker.more()
            self._walker.ended()
            return _ran(migration, direction, answer["dies"], died=True)
        if answer is None:
            seconds = time.monotonic() - began
            return Ran(migration, direction, seconds, failure=self._ended())
        if "broken" in answer:
            raise HistoryBroken(answer["kind"], answer["broken"])
        return _ran(migration, direction, answer.get("ran", {}))

    def close(self) -> None:
        """End the process and what it left."""
        self._walker.close()

    def _answer(self, what: str) -> Any:
        try:
            answer = self._walker.ask({"do": what}, ANSWER)
        except TimeoutError:
            self._walker.kill()
            raise HistoryBroken(
                "hang", f"the project gave no {what} within {ANSWER:g} s"
            ) from None
        if answer is None:
            failure = self._ended()
            raise HistoryBroken(
                "exit", f"asked for its {what}, {failure.message}"
            )
        if "broken" in answer:
            raise HistoryBroken(answer["kind"], answer["broken"])
        if "said" not in answer:
            raise StepperLost(f"the stepping process told no {what}")
        return answer["said"]

    def _ended(self) -> Failure:
        """Say how the process ended by itself.  Raises StepperLost."""
        ended = self._walker.ended()
        if ended.status == KILLED:
            raise StepperLost(
                "the stepping process was killed by somebody else; there may "
                "have been no memory left"
            )
        return Failure(
            f"the process ended {how(ended.status)}: {last(ended.tail)}",
            kind="exit",
        )

    def _hang(self, seconds: float) -> Failure:
        stack = ""
        with contextlib.suppress(OSError):
            stack = self._walker.stack.read_text(errors="replace")
        return Failure(
            f"it did not end within {seconds:.1f} s and was killed",
            kind="hang",
            traceback=stack[-8000:],
        )


def _ran(
    migration: Migration,
    direction: Direction,
    told: dict[str, Any],
    *,
    died: bool = False,
) -> Ran:
    """Read how a step ran; foreign code may have spoken on our wire."""
    try:
        failure = told.get("failure")
        return Ran(
            migration,
            direction,
            float(told["seconds"]),
            tuple(map(str, told["statements"])),
            Failure(**failure) if failure else None,
            died,
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise StepperLost(
            f"the stepping process told nonsense of {migration}: {error!r}"
        ) from None
