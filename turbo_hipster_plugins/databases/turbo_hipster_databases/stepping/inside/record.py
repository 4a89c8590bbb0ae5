"""The record of one step: its statements, its time, and its planned death."""

import faulthandler
import os
import signal
import time
from typing import IO, Any, Callable, Dict, List, Optional

LONGEST = 20000
"""Characters of a statement that are passed on."""


class Record:
    """What a step executes, from ``begin`` to ``end``.

    The tool's own hook calls ``before`` and ``after`` around each statement,
    and ``fails`` instead of ``after``.
    """

    def __init__(
        self, stack: str, dying: Callable[[Dict[str, Any]], None]
    ) -> None:
        self.active = False
        self.down = False
        self.failed = ""
        self._doomed = False
        self._stack = stack
        self._file: Optional[IO[str]] = None
        self._dying = dying
        self._die_after: Optional[int] = None
        self._statements: List[str] = []
        self._done = 0
        self._began = 0.0

    def prepare(self, request: Dict[str, Any]) -> None:
        """Get ready for a step: what it does not execute is not recorded."""
        self.end()
        self._statements, self._done, self._began = [], 0, 0.0
        self.failed = ""
        self._die_after = request.get("die_after")
        self.down = request["direction"] == "down"
        limit = request.get("timeout")
        if limit:  # leave word of where we hang, before we are killed
            self._file = open(self._stack, "w")  # noqa: SIM115
            faulthandler.dump_traceback_later(limit * 0.9, file=self._file)

    def begin(self) -> None:
        """Start to record."""
        self.active = True
        self._began = time.perf_counter()

    def before(self, statement: str) -> None:
        """Note that a statement is about to be executed."""
        if self.active:
            self._die_if_doomed()
            self._statements.append(str(statement)[:LONGEST])

    def after(self, durable: bool = True) -> None:
        """Note that it was; die if that was planned.

        What is not ``durable`` is committed by itself a moment later; then
        we die after that.
        """
        if not self.active:
            return
        self._done += 1
        if self._done == self._die_after:
            self._doomed = True
            if durable:
                self._die_if_doomed()

    def fails(self, statement: str) -> None:
        """Note that a statement failed; the first one is told."""
        if self.active and not self.failed:
            self.failed = str(statement)[:LONGEST]

    def _die_if_doomed(self) -> None:
        if self._doomed:
            self._dying(self.told())
            os.kill(os.getpid(), signal.SIGKILL)

    def told(self) -> Dict[str, Any]:
        """Return what is known of the step so far."""
        return {
            "seconds": self._began and time.perf_counter() - self._began,
            "statements": self._statements,
        }

    def end(self) -> Dict[str, Any]:
        """End the record and return it."""
        self._die_if_doomed()
        told = self.told()
        self.active = False
        if self._file is not None:
            faulthandler.cancel_dump_traceback_later()
            self._file.close()
            self._file = None
        return told
