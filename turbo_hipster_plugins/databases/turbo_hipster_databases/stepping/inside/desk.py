"""The desk: requests come in, the walk does them, answers go out."""

import sys
import traceback
from typing import Any, Dict, Optional

from . import failures, killing
from .record import Record

Request = Dict[str, Any]


class Desk:
    """Answers one request after the other.

    A walk that is inside a step may take the next request itself
    (``next_step``); any that is no step it leaves to us.
    """

    def __init__(self, channel: Any, told: Request) -> None:
        self._channel = channel
        self._walk: Any = None
        self._root = told["checkout"]
        self._waiting: Optional[Request] = None
        self._open = False
        self._asked = False
        self.record = Record(told["stack"], self._dying)
        killing.watch(self._kills)

    def refuse(self, error: BaseException) -> None:
        """Answer every request by why there is no walk."""
        while (self._next() or {"do": "end"})["do"] != "end":
            self._broken(failures.broken(error, self._root))

    def serve(self, walk: Any) -> None:
        """Answer until nobody asks any more."""
        self._walk = walk
        while True:
            request = self._next()
            if request is None or request["do"] == "end":
                return
            if request["do"] == "step":
                self._step(request)
            else:
                self._answer(request)

    def _next(self) -> Optional[Request]:
        request, self._waiting = self._waiting, None
        if request is None:
            self._asked = False
            request = self._channel.receive()
        self._asked = True
        return request

    def _dying(self, record: Dict[str, Any]) -> None:
        """Tell the record of a step that is about to be killed by us."""
        self._asked = False
        self._channel.send({"dies": record})

    def _kills(self, call: str) -> None:
        """Tell that the project is about to kill this process."""
        if self._asked:
            self._channel.send({"kills": call})

    def next_step(self) -> Optional[Request]:
        """Return the next request if it is a step; else it waits."""
        request = self._next()
        if request is not None and request["do"] == "step":
            self._prepare(request)
            return request
        self._waiting = request or {"do": "end"}
        return None

    def _answer(self, request: Request) -> None:
        """Answer a question: history, current, differences."""
        try:
            said = getattr(self._walk, request["do"])()
        except BaseException as error:  # sys.exit included
            traceback.print_exc()
            self._broken(failures.broken(error, self._root))
            return
        self._channel.send({"said": said})

    def _broken(self, why: failures.Broken) -> None:
        self.record.end()
        self._open = False
        self._channel.send({"broken": str(why), "kind": why.kind})

    def _step(self, request: Request) -> None:
        """Have a step done; the walk calls ``begin`` and ``end``."""
        self._prepare(request)
        try:
            self._walk.step(request, self)
        except BaseException as error:  # sys.exit included
            traceback.print_exc()
            if self._open and isinstance(error, failures.Broken):
                self._broken(error)
            elif self._open:
                self.fail(error)
            return
        if self._open:
            self.end("the tool ended without running the step")

    def _prepare(self, request: Request) -> None:
        self._open = True
        self.record.prepare(request)

    def begin(self) -> None:
        """The step starts now."""
        self.record.begin()

    def end(self, failure: str = "", kind: str = "python") -> None:
        """The step is done, and committed; or failed without exception."""
        told = self.record.end()
        if failure:
            told["failure"] = {"message": failure, "kind": kind}
        self._told(told)

    def fail(self, error: BaseException) -> None:
        """The step failed."""
        failed = self.record.failed
        told = self.record.end()
        told["failure"] = failures.describe(error, failed, self.record.down)
        self._told(told)

    def _told(self, told: Dict[str, Any]) -> None:
        self._open = False
        sys.stdout.flush()
        self._channel.send({"ran": told})
