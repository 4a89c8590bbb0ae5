"""The fork server: warm, single-threaded, imports no plugin.

It is started by the worker as ``python -m turbo_hipster.builds.forkserver``
with one end of a socket as standard input, and hands out keepers that were
forked ahead of time.  A request is one line, ``{"keep": SLOTS}``; the answer
is ``{"pid": …, "mark": …, "started": …}`` (in clock ticks since boot) with
the keeper's line as a descriptor.  When the
worker is gone it waits until the keepers have ended their builds, and goes.

A keeper that was killed leaves its children to us: we end them.
"""

from __future__ import annotations

import array
import contextlib
import gc
import json
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Sequence

from turbo_hipster import exceptions
from turbo_hipster.builds import containment, keeper, rehearsal
from turbo_hipster.builds.containment import proc
from turbo_hipster.builds.descriptors import close_all_but
from turbo_hipster.builds.leaving import leave
from turbo_hipster.builds.loop import Loop
from turbo_hipster.builds.messages import Closed, Garbage, Line

LOG = logging.getLogger("turbo_hipster.forkserver")
LAST_EFFORT = 10.0


class Spare:
    """A keeper that waits for its order."""

    def __init__(self, pid: int, mark: int, line: socket.socket) -> None:
        self.pid = pid
        self.mark = mark
        self.line = line


class ForkServer:
    """Fork keepers for one worker, and bury what they leave."""

    def __init__(
        self,
        worker: socket.socket,
        technique: containment.Technique,
        loop: Loop,
    ) -> None:
        self._worker = worker
        self._technique = technique
        self._line = Line(worker)
        self._loop = loop
        self._spares: list[Spare] = []
        self._keepers: dict[int, int] = {}
        self._wanted = 0
        self._over = False

    def serve(self) -> None:
        """Serve until the worker and all keepers are gone."""
        self._technique.clear(time.monotonic() + LAST_EFFORT)
        self._loop.reap()  # what the trial of the technique left
        self._loop.watch(self._line, self._hear)
        self._loop.turn_until(lambda: self._over)
        for spare in self._spares:
            spare.line.close()
        self._loop.turn_until(lambda: not self._keepers)
        containment.kill_children(time.monotonic() + LAST_EFFORT)
        self._technique.clear(time.monotonic() + LAST_EFFORT)

    def _hear(self) -> None:
        try:
            messages = self._line.receive()
        except (Closed, Garbage):
            self._loop.unwatch(self._line)
            self._wanted, self._over = 0, True
            return
        for message in messages:
            self._wanted = int(message["keep"])
            self._hand_out()

    def _hand_out(self) -> None:
        self._loop.reap()  # a spare may have been killed while it waited
        try:
            spare = self._spares.pop() if self._spares else self._fork()
        except OSError as error:
            self._line.send({"failed": f"no keeper could be forked: {error}"})
            return
        facts = {
            "pid": spare.pid,
            "mark": spare.mark,
            "started": proc.start_time(spare.pid),
        }
        text = json.dumps(facts).encode()
        rights = array.array("i", [spare.line.fileno()])
        with contextlib.suppress(OSError):
            self._worker.sendmsg(
                [text + b"\n"],
                [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)],
            )
        spare.line.close()

    def _fork(self) -> Spare:
        mark = containment.new_mark(self._keepers.values())
        ours, theirs = socket.socketpair()
        pid = self._technique.fork()
        if pid == 0:
            self._become_keeper(theirs, mark)
        theirs.close()
        self._keepers[pid] = mark
        self._loop.child(pid, lambda status: self._ended(pid, status))
        return Spare(pid, mark, ours)

    def _become_keeper(self, line: socket.socket, mark: int) -> None:
        try:
            close_all_but([line.fileno()])
            signal.set_wakeup_fd(-1)
            self._technique.enter(f"{os.getpid()}-{mark}", mark)
            keeper.main(self._technique, line)
        finally:
            leave(0)

    def _ended(self, pid: int, status: int) -> None:
        self._keepers.pop(pid, None)
        spares = [one for one in self._spares if one.pid != pid]
        had_order = len(spares) == len(self._spares)
        self._spares = spares
        if os.waitstatus_to_exitcode(status):
            deadline = time.monotonic() + LAST_EFFORT
            left = containment.kill_children(
                deadline, keep=list(self._keepers)
            )
            for one in [*left, *self._technique.clear(deadline)]:
                LOG.error("left behind by keeper %d: %s", pid, one)
        # one that cannot even begin is forked again when it is asked for
        if had_order:
            self._refill()

    def _refill(self) -> None:
        with contextlib.suppress(OSError):
            while len(self._keepers) < self._wanted:
                self._spares.append(self._fork())


def main(arguments: Sequence[str]) -> None:
    """Run as a program: ``forkserver CONTAINMENT``."""
    logging.basicConfig(format="%(name)s: %(message)s")
    for number in (
        signal.SIGINT,
        signal.SIGQUIT,
        signal.SIGTERM,
        signal.SIGHUP,
    ):
        signal.signal(number, signal.SIG_IGN)
    worker = socket.socket(fileno=os.dup(0))
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    line = Line(worker)
    try:
        containment.become_subreaper()
        technique = containment.choose(arguments[0], log=LOG)
    except exceptions.ConfigurationError as error:
        line.send({"failed": str(error)})
        return
    loop = Loop()
    rehearsal.rehearse(loop)
    gc.collect()
    gc.freeze()
    gc.disable()
    line.send(
        {
            "technique": technique.name,
            "strength": technique.strength,
            "pid": os.getpid(),
        }
    )
    ForkServer(worker, technique, loop).serve()


if __name__ == "__main__":
    main(sys.argv[1:])
