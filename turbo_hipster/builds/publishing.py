"""The keeper's side of publishing: a fresh process, held to its limit."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from turbo_hipster import model
from turbo_hipster.builds import containment, publication
from turbo_hipster.builds.loop import Loop

LAST_EFFORT = 10.0
"""Seconds to prove that a killed publishing process is gone."""


class Publishing:
    """One publishing process and what it answers."""

    def __init__(self, loop: Loop, limit: float) -> None:
        self._loop = loop
        self._limit = limit
        self._answer = bytearray()
        self._late = False
        self._over = False

    def run(
        self,
        facts: publication.Facts,
        publishers: Sequence[Mapping[str, Any]],
        given_up: Callable[[], bool],
    ) -> dict[str, Any] | None:
        """Publish; returns ``published``, ``url`` and ``problems``.

        ``given_up`` says when nobody waits for it any more; then None is
        returned unless it was done.
        """
        self._read, write = os.pipe2(os.O_CLOEXEC)
        pid = os.fork()
        if pid == 0:
            publication.main(facts, publishers, write)
        os.close(write)
        timer = self._loop.after(self._limit, self._too_long)
        self._loop.watch(self._read, self._collect)
        self._loop.turn_until(lambda: self._over or given_up())
        timer.cancel()
        self._loop.unwatch(self._read)
        containment.kill_children(time.monotonic() + LAST_EFFORT)
        os.close(self._read)
        try:
            said: dict[str, Any] = json.loads(self._answer)
        except ValueError:
            if given_up():
                return None
            why = (
                f"took more than {self._limit:g} s (publish_timeout)"
                if self._late
                else "was killed"
            )
            said = {
                "published": model.Published.NO.value,
                "url": "",
                "problems": [
                    f"publishing {why}",
                    facts.order.workspace.set_aside(),
                ],
            }
        return said

    def _collect(self) -> None:
        data = os.read(self._read, 65536)
        self._answer += data
        self._over = not data

    def _too_long(self) -> None:
        self._late = self._over = True
