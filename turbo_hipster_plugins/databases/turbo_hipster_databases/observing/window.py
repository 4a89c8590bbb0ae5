"""What the observers of all engines share: the frame around one step."""

from __future__ import annotations

import abc
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

    Both raise ServerFailed when the server is gone.  When it lives and only
    our own connection was ended (a migration may throw everybody out),
    ``ends`` returns the seconds alone, with a word in ``errors``, and the
    next ``begins`` connects again.
    """

    ranks: ClassVar[Mapping[str, tuple[int, str]]]
    lost: ClassVar[tuple[type[Exception], ...]]
    """What the driver raises when a connection is of no more use; OSError
    is what a server raises that cannot be reached."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._connected = False
        self._began = self._spent = 0.0
        self._sampler = Sampler(server.engine.name, self.look, self.lost)

    @abc.abstractmethod
    def connect(self) -> None:
        """Open our connections, which nobody else counts."""

    @abc.abstractmethod
    def disconnect(self) -> None:
        """Close what ``connect`` opened, also when it is dead."""

    @abc.abstractmethod
    def remember(self) -> None:
        """Note or reset the counters; the step comes next."""

    @abc.abstractmethod
    def look(self) -> Seen:
        """Return the locks that others hold now."""

    @abc.abstractmethod
    def count(self) -> Measured:
        """Return what the counters say, without seconds and locks."""

    @abc.abstractmethod
    def name(self, table: Any) -> str | None:
        """Return the plain name of a table that ``look`` saw.

        None where the step made it: nobody can have waited for it.
        """

    def begins(self) -> None:
        """Remember where the counters stand, start to sample."""
        entered = time.monotonic()
        self._sampler.ends()
        if self._connected:
            try:
                self.remember()
            except self.lost:
                self._disconnect()
        if not self._connected:
            self._told(self.connect)
            self._connected = True
            self._told(self.remember)
        self._sampler.begins()
        self._began = time.monotonic()
        self._spent = self._began - entered

    def ends(self) -> Measured:
        """Return what happened since ``begins``."""
        ended = time.monotonic()
        seconds = ended - self._began
        looks = self._sampler.ends()
        try:
            measured = self.count()
        except self.lost as error:
            self._disconnect()
            self._must_live(error)
            return Measured(seconds, errors=(f"not measured: {error}",))
        locks = held(looks, self._began, ended, self.ranks, self.name)
        spent = self._spent + sum(look.took for look in looks)
        return dataclasses.replace(
            measured,
            seconds=seconds,
            locks=locks,
            overhead=spent + time.monotonic() - ended,
        )

    def close(self) -> None:
        """Close the connections, end the thread.  May be called twice."""
        self._sampler.close()
        self._disconnect()

    def _disconnect(self) -> None:
        if self._connected:
            self._connected = False
            self.disconnect()

    def _told(self, act: Callable[[], None]) -> None:
        try:
            act()
        except self.lost as error:
            self._disconnect()
            self._must_live(error)
            raise ServerFailed(
                f"{self.server.release} cannot be observed: {error}"
            ) from error

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
