"""What the observers of all engines share: the frame around one step."""

from __future__ import annotations

import abc
import contextlib
import dataclasses
import time
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.exceptions import ServerFailed
from turbo_hipster_databases.model import Measured
from turbo_hipster_databases.observing.sampling import Sampler, Seen, held


class Window(abc.ABC):
    """An Observer: opens and closes one window after the other.

    A step's ``seconds`` run from the return of ``begins`` to the call of
    ``ends``; our own work in both lies outside of them, and is in
    ``overhead`` together with the time that the looks at locks took.

    Both raise ServerFailed when the server is gone.  While it lives they
    never fail: where our connections are of no use (a migration may throw
    everybody out, or leave the database locked) ``ends`` returns the seconds
    alone, with the reason in ``errors``, and ``begins`` connects again.
    """

    ranks: ClassVar[Mapping[str, tuple[int, str]]]
    lost: ClassVar[tuple[type[Exception], ...]]
    """What the driver raises when a connection is of no use; OSError is what
    a server raises that cannot be reached."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.known_locks: Seen = ()
        self._connected = False
        self._blind = "it was never begun"
        self._began = self._spent = 0.0
        self._sampler = Sampler(server.engine.name, self.look, self.lost)

    @abc.abstractmethod
    def connect(self) -> None:
        """Open our connections, which nobody else counts."""

    @abc.abstractmethod
    def disconnect(self) -> None:
        """Close what ``connect`` opened, also when it is dead, or less."""

    @abc.abstractmethod
    def remember(self) -> None:
        """Note or reset the counters; the step comes next."""

    @abc.abstractmethod
    def look(self) -> Seen:
        """Return the locks that others hold now."""

    @abc.abstractmethod
    def count(self) -> Measured:
        """Return what the counters say, without seconds and locks.

        Locks that no look need have seen go to ``known_locks``.
        """

    @abc.abstractmethod
    def name(self, table: Any) -> str | None:
        """Return the plain name of a table that ``look`` saw.

        None where the step made it: nobody can have waited for it.
        """

    def begins(self) -> None:
        """Remember where the counters stand, start to sample."""
        entered = time.monotonic()
        self._sampler.ends()
        self._blind = ""
        if not (self._connected and self._does(self.remember)):
            self._blind = ""
            self._connected = self._does(self.connect)
            if self._connected:
                self._does(self.remember)
        if not self._blind:
            self._sampler.begins()
        self._began = time.monotonic()
        self._spent = self._began - entered

    def ends(self) -> Measured:
        """Return what happened since ``begins``."""
        ended = time.monotonic()
        seconds = ended - self._began
        looks = self._sampler.ends()
        measured = [Measured(seconds)]
        if self._blind or not self._does(
            lambda: measured.append(self.count())
        ):
            return Measured(seconds, errors=(f"not measured: {self._blind}",))
        spent = self._spent + sum(look.took for look in looks)
        return dataclasses.replace(
            measured[-1],
            seconds=seconds,
            locks=held(
                looks,
                self._began,
                ended,
                self.ranks,
                self.name,
                self.known_locks,
            ),
            overhead=spent + time.monotonic() - ended,
        )

    def close(self) -> None:
        """Close the connections, end the thread.  May be called twice."""
        self._sampler.close()
        self._drop()

    def _drop(self) -> None:
        self._connected = False
        with contextlib.suppress(*self.lost):
            self.disconnect()

    def _does(self, act: Callable[[], None]) -> bool:
        """Do our own work; False, and why, if it cannot be done now."""
        try:
            act()
        except self.lost as error:
            self._drop()
            self._must_live(error)
            self._blind = str(error)
            return False
        return True

    def _must_live(self, error: Exception) -> None:
        try:
            if self.server.alive():
                # one that is just being killed still looks alive
                self.server.connect().close()
                return
        except self.lost:
            pass
        raise ServerFailed(
            f"{self.server.release} ended: {error}\n"
            f"{self.server.log_tail()}".rstrip()
        ) from error
