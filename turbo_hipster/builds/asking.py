"""How a build process asks its keeper: commands, and news of progress.

Each command has a socket of its own, so any number of threads may wait.
"""

from __future__ import annotations

import array
import contextlib
import json
import os
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from turbo_hipster import exceptions
from turbo_hipster.builds.messages import Closed, Line
from turbo_hipster.task import Exit

LEAST = 1e-6
"""Seconds of the shortest wait there is."""

NEWS_LIMIT = 16 * 1024
"""Most bytes of one piece of news; longer texts are cut by the sender."""


class Keeper:
    """The build process's end of its wire to the keeper."""

    def __init__(self, wire: socket.socket) -> None:
        self._wire = wire

    def tell(self, news: Mapping[str, Any]) -> None:
        """Send news.  Raises CannotJudge when the keeper is gone."""
        try:
            self._wire.send(json.dumps(news).encode()[:NEWS_LIMIT])
        except OSError as error:
            raise exceptions.CannotJudge(
                f"the build lost its keeper: {error}"
            ) from None

    def command(self, request: Mapping[str, Any]) -> Command:
        """Have a command started.  Raises CommandFailed."""
        ours, theirs = socket.socketpair()
        rights = array.array("i", [theirs.fileno()])
        try:
            self._wire.sendmsg(
                [b'{"command": true}'],
                [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)],
            )
        except OSError as error:
            ours.close()
            raise exceptions.CannotJudge(
                f"the build lost its keeper: {error}"
            ) from None
        finally:
            theirs.close()
        return Command(Line(ours), request)


class Command:
    """A command that was asked for; it has started when this is made."""

    def __init__(self, line: Line, request: Mapping[str, Any]) -> None:
        self._line = line
        self._name = request["argv"][0] if request["argv"] else ""
        self._end: Exit | None = None
        try:
            line.send(dict(request))
            answer = line.next()
        except Closed:
            raise self._lost() from None
        if "failed" in answer:
            line.close()
            raise exceptions.CommandFailed(answer["failed"])
        self.pid: int = answer["started"]

    def wait(self, timeout: float | None = None) -> Exit | None:
        """Wait for its end, at most ``timeout`` seconds; None: it lives."""
        if self._end is not None:
            return self._end
        # a timeout of 0 would make the socket one that never waits, and us
        # one that asks it without end
        least = None if timeout is None else max(timeout, LEAST)
        self._line.connection.settimeout(least)
        try:
            answer = self._line.next()
        except TimeoutError:
            return None
        except Closed:
            raise self._lost() from None
        self._line.close()
        if "failed" in answer:
            raise exceptions.CommandFailed(f"{self._name}: {answer['failed']}")
        self._end = Exit(
            answer["status"],
            answer["seconds"],
            answer["timed_out"],
            answer["tail"],
        )
        return self._end

    def stop(self, grace: float = 0) -> Exit:
        """End its whole tree: TERM, ``grace`` seconds, KILL; then verify."""
        if self._end is None:
            with contextlib.suppress(Closed):
                self._line.send({"stop": grace})
        end = self.wait()
        assert end is not None
        return end

    def _lost(self) -> exceptions.CommandFailed:
        self._line.close()
        return exceptions.CommandFailed(
            f"{self._name!r} ended with its keeper; nothing is known of it"
        )


def request(
    argv: Sequence[str],
    cwd: Path | None,
    env: Mapping[str, str] | None,
    log: str,
    workspace: Path,
    **more: Any,
) -> dict[str, Any]:
    """Return a request for a command in the keeper's words."""
    return {
        "argv": [os.fspath(word) for word in argv],
        "cwd": str(cwd or workspace),
        "env": dict(os.environ if env is None else env),
        "log": log,
        **more,
    }
