"""The keeper's side of publishing: a fresh process, held to its limit.

It is forked ahead of time, like the build process, and waits; when it had to
die with the build's processes another one is forked.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Mapping
from typing import Any

from turbo_hipster import model
from turbo_hipster.builds import containment, publication, rehearsal
from turbo_hipster.builds.loop import Loop
from turbo_hipster.builds.workspace import Workspace

LAST_EFFORT = 10.0
"""Seconds to prove that a killed publishing process is gone."""


class Publishing:
    """One publishing process and what it answers.

    ``pid`` is a child of ours that is none of the build's.
    """

    def __init__(self) -> None:
        self._answer = bytearray()
        self._late = False
        self._over = False
        self._fork()

    def run(
        self,
        loop: Loop,
        facts: Mapping[str, Any],
        workspace: Workspace,
        limit: float,
        given_up: Callable[[], bool],
    ) -> dict[str, Any] | None:
        """Publish; returns ``published``, ``url`` and ``problems``.

        ``facts`` are those of ``publication.main``.  ``given_up`` says when
        nobody waits for it any more; then None is returned unless it was
        done.
        """
        if not self._lives():
            self._fork()
        with (
            contextlib.suppress(BrokenPipeError),
            os.fdopen(self._facts, "w") as stream,
        ):
            stream.write(json.dumps(facts))
        timer = loop.after(limit, self._too_long)
        loop.watch(self._read, self._collect)
        loop.turn_until(lambda: self._over or given_up())
        timer.cancel()
        loop.unwatch(self._read)
        os.close(self._read)
        try:
            said: dict[str, Any] = json.loads(self._answer)
        except ValueError:
            self.end()
            if given_up():
                return None
            why = (
                f"took more than {limit:g} s (publish_timeout)"
                if self._late
                else "was killed"
            )
            said = {
                "published": model.Published.NO.value,
                "url": "",
                "problems": [f"publishing {why}", workspace.set_aside()],
            }
        return said

    def end(self) -> None:
        """See the process off; it has answered, or it never will."""
        containment.kill_children(time.monotonic() + LAST_EFFORT)

    def _fork(self) -> None:
        facts, self._facts = os.pipe2(os.O_CLOEXEC)
        self._read, answer = os.pipe2(os.O_CLOEXEC)
        self.pid = os.fork()
        if self.pid == 0:
            publication.main(facts, answer, rehearsal.render_a_report)
        os.close(facts)
        os.close(answer)

    def _lives(self) -> bool:
        try:
            pid, _ = os.waitpid(self.pid, os.WNOHANG)
        except ChildProcessError:
            pid = self.pid
        if pid:
            os.close(self._facts)
            os.close(self._read)
        return not pid

    def _collect(self) -> None:
        data = os.read(self._read, 65536)
        self._answer += data
        self._over = not data

    def _too_long(self) -> None:
        self._late = self._over = True
