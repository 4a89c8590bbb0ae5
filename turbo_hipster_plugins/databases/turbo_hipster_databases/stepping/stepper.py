"""The stepper of all tools whose steps run in one process."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

from turbo_hipster.task import TaskContext
from turbo_hipster_databases import disks
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
TWICE = (
    "the process was killed (signal 9), and killed again when it was tried a "
    "second time: it kills itself, or needs more memory than there is"
)


class Killed(StepperLost):
    """The stepping process was killed, and not by us."""


@contextlib.contextmanager
def stepping(
    context: TaskContext, project: Project, server: Server, walk: str
) -> Iterator[Stepper]:
    """Open a stepper whose steps are done by the walk of that name."""
    url = surroundings.url(project, server)
    stepper = ProcessStepper(
        lambda: Walker(context, project, url, walk), server
    )
    try:
        yield stepper
    finally:
        stepper.close()


class ProcessStepper:
    """Implements Stepper; see there.

    A process that somebody kills is tried a second time on what the first
    try left.  Killed again, the migration does it, or needs more memory than
    there is: its step fails.  Else nobody knows, and StepperLost is raised,
    so that the client tries again.  Where the process says that it is about
    to kill itself, no second try is needed.
    """

    def __init__(self, opened: Callable[[], Walker], server: Server) -> None:
        self._opened = opened
        self._server = server
        self._walker = opened()
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
        try:
            ran = self._step(migration, direction, request, kill_at)
        except Killed as lost:
            ran = self._second(migration, direction, request, kill_at, lost)
        failure = ran.failure
        if failure is not None and disks.noticed_by(failure, self._server):
            raise disks.full(
                self._server.body.path,
                f"{migration.revision} was not judged, {failure.message}",
            )
        return ran

    def _second(
        self,
        migration: Migration,
        direction: Direction,
        request: dict[str, Any],
        kill_at: float | None,
        lost: Killed,
    ) -> Ran:
        """Try a second time; raises ``lost`` if it is not killed again."""
        self._begin_again()
        began = time.monotonic()
        with contextlib.suppress(HistoryBroken):
            try:
                self._step(migration, direction, request, kill_at)
            except Killed:
                seconds = time.monotonic() - began
                failure = Failure(TWICE, kind="exit")
                return Ran(migration, direction, seconds, failure=failure)
        raise lost

    def _begin_again(self) -> None:
        self._walker.close()
        self._walker = self._opened()

    def _step(
        self,
        migration: Migration,
        direction: Direction,
        request: dict[str, Any],
        kill_at: float | None,
    ) -> Ran:
        timeout = request["timeout"]
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
        if answer is None or "kills" in answer:
            failure = self._ended(answer)
            seconds = time.monotonic() - began
            return Ran(migration, direction, seconds, failure=failure)
        if "broken" in answer:
            raise self._broken(answer)
        return _ran(migration, direction, answer.get("ran", {}))

    def close(self) -> None:
        """End the process and what it left."""
        self._walker.close()

    def _answer(self, what: str) -> Any:
        try:
            return self._asked(what)
        except Killed:
            self._begin_again()
        try:
            return self._asked(what)
        except Killed:
            raise HistoryBroken(
                "exit", f"asked for its {what}, {TWICE}"
            ) from None

    def _asked(self, what: str) -> Any:
        try:
            answer = self._walker.ask({"do": what}, ANSWER)
        except TimeoutError:
            self._walker.kill()
            raise HistoryBroken(
                "hang", f"the project gave no {what} within {ANSWER:g} s"
            ) from None
        if answer is None or "kills" in answer:
            failure = self._ended(answer)
            raise HistoryBroken(
                "exit", f"asked for its {what}, {failure.message}"
            )
        if "broken" in answer:
            raise self._broken(answer)
        if "said" not in answer:
            raise StepperLost(f"the stepping process told no {what}")
        return answer["said"]

    def _broken(self, answer: dict[str, Any]) -> Exception:
        """Return why the tool cannot read its history."""
        text = str(answer["broken"])
        if disks.SAID.search(text):
            return disks.full(self._server.body.path, text)
        return HistoryBroken(str(answer.get("kind", "other")), text)

    def _ended(self, answer: dict[str, Any] | None) -> Failure:
        """Say how the process ended by itself.  Raises Killed."""
        if answer is not None:
            self._walker.more()
        ended = self._walker.ended()
        if answer is not None and ended.status == KILLED:
            call = answer["kills"]
            return Failure(f"it killed its own process: {call}", kind="exit")
        if ended.status == KILLED:
            raise Killed(
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
