"""Which builds run here and which ran lately: what a cancel is looked up in.

A client names a build by the job and the number we told it first, which is
the unique id of its Gearman job.
"""

from __future__ import annotations

import collections
import dataclasses
import json
import threading
import time
from typing import Any

from turbo_hipster.builds.launcher import Execution
from turbo_hipster.exceptions import RefusedInput

PATIENCE = 1.0
"""Seconds that a second build of one number waits for the first to go."""

REMEMBERED = 500
"""Ended builds that a description is still taken for."""

LONGEST_DESCRIPTION = 64 * 1024


@dataclasses.dataclass(eq=False, slots=True)
class Entry:
    """A build the client knows; ``since`` is an epoch time.

    ``origin`` tells its job from all others: server and handle.  ``cut_off``:
    the connection it came in is lost, so that the same job may come again,
    with the same number, while this one is being ended.  ``before`` is the
    build of the same job that this one takes the place of.
    """

    job: str
    number: str
    origin: object = None
    before: Entry | None = None
    since: float = dataclasses.field(default_factory=time.time)
    execution: Execution | None = None
    cancelled: str = ""
    cut_off: bool = False
    description: str = ""


class Register:
    """All builds of one worker; safe from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gone = threading.Condition(self._lock)
        self._live: dict[str, Entry] = {}
        self._all: list[Entry] = []
        self._closing = ""
        self._ended: collections.OrderedDict[str, Entry] = (
            collections.OrderedDict()
        )

    def begin(self, job: str, number: str, origin: object = None) -> Entry:
        """Enter a build.  Raises RefusedInput if its number is live.

        A server that lost us may send a job again before we notice.  Where it
        is known by its handle (gearmand keeps it), the one before is cut off;
        else a little time is given to that.
        """

        def free() -> bool:
            before = self._live.get(number)
            return (
                before is None
                or before.cut_off
                or (origin is not None and before.origin == origin)
            )

        with self._gone:
            if not self._gone.wait_for(free, PATIENCE):
                raise RefusedInput(
                    f"a build with the unique id {number} is running here "
                    "already"
                )
            before = self._live.get(number)
            if before is not None:
                before.cut_off = True
            entry = Entry(job, number, origin, before, cancelled=self._closing)
            self._live[number] = entry
            self._all.append(entry)
            return entry

    def run(self, entry: Entry, execution: Execution) -> None:
        """Say who does the build; a cancel that came before is passed on."""
        with self._lock:
            entry.execution = execution
            reason = entry.cancelled
        if reason:
            execution.cancel(reason)

    def end(self, entry: Entry) -> None:
        """The build is over; it is remembered for a while."""
        with self._gone:
            if self._live.get(entry.number) is entry:
                del self._live[entry.number]
            self._gone.notify_all()
            entry.execution = entry.before = entry.origin = None
            self._all.remove(entry)
            self._ended[entry.number] = entry
            self._ended.move_to_end(entry.number)
            while len(self._ended) > REMEMBERED:
                self._ended.popitem(last=False)

    def cut_off(self, entry: Entry) -> None:
        """Say that nobody waits for a build any more."""
        with self._gone:
            entry.cut_off = True
            self._gone.notify_all()

    def cancel(self, entry: Entry, reason: str) -> None:
        """Have a live build ended; the first reason is the one that counts.

        It is passed on once: a keeper that is busy must not block us.
        """
        with self._lock:
            if entry.cancelled:
                return
            entry.cancelled = reason
            execution = entry.execution
        if execution is not None:
            execution.cancel(reason)

    def cancel_all(self, reason: str) -> None:
        """Have every build ended, and those that are about to begin."""
        with self._lock:
            self._closing = reason
        for entry in self.live():
            self.cancel(entry, reason)

    def live(self) -> list[Entry]:
        """Return the builds that run now, also those cut off."""
        with self._lock:
            return list(self._all)

    def stop(self, arguments: bytes) -> bytes | None:
        """Answer ``stop:MANAGER``; None where there is no such build."""
        named = self._named(arguments)
        entry = self._find(self._live, named)
        if entry is None:
            return None
        self.cancel(entry, "the client asked for it")
        return b"{}"

    def describe(self, arguments: bytes) -> bytes | None:
        """Answer ``set_description:MANAGER``, for ended builds as well."""
        named = self._named(arguments)
        entry = self._find(self._live, named) or self._find(self._ended, named)
        if entry is None:
            return None
        text = str(named.get("html_description", ""))
        entry.description = text[:LONGEST_DESCRIPTION]
        return b"{}"

    def _find(
        self, builds: dict[str, Entry], named: dict[str, Any]
    ) -> Entry | None:
        with self._lock:
            entry = builds.get(str(named.get("number")))
        if entry is None or entry.job != named.get("name"):
            return None
        return entry

    def _named(self, arguments: bytes) -> dict[str, Any]:
        try:
            named = json.loads(arguments)
        except (ValueError, RecursionError):
            return {}
        return named if isinstance(named, dict) else {}
