"""How the processes of a build are found and killed: the contract."""

from __future__ import annotations

import abc
import os
import signal
from typing import ClassVar

from turbo_hipster.builds.containment import children, kernel, mark


class Technique(abc.ABC):
    """One way of containing a build.

    An object serves the fork server and, after ``fork``, the keeper and its
    children: each has its own copy, and one copy serves one build.

    ``name`` is the value of the option ``containment``; ``strength`` is one
    sentence for the log and for ``status``.
    """

    name: ClassVar[str]
    strength: ClassVar[str]
    mark: int = 0

    def fork(self) -> int:
        """Fork a keeper: 0 in it, its pid in the fork server.

        The caller has one thread and is a sub-reaper.  Raises OSError.
        """
        return os.fork()

    def enter(self, build_id: str, mark: int) -> None:
        """Begin a build, in its keeper, before any child is forked.

        ``build_id`` must be safe in a path.  Raises OSError.
        """
        kernel.become_subreaper()
        self.mark = mark

    def join(self) -> None:
        """Belong to the build; first act of each child of the keeper."""
        mark.carry(self.mark)

    @abc.abstractmethod
    def processes(self) -> list[int]:
        """Return the build's processes but the keeper.

        A process that is dead and not yet reaped may be among them.
        """

    def terminate(self) -> None:
        """Ask all of them to end; the stopped ones are woken to hear it."""
        for pid in self.processes():
            for number in (signal.SIGTERM, signal.SIGCONT):
                try:
                    os.kill(pid, number)
                except (ProcessLookupError, PermissionError):
                    break

    def kill(self, deadline: float) -> list[children.Left]:
        """Kill all of them, and prove it; see kill_children."""
        return children.kill_children(deadline)

    def leave(self) -> None:
        """End the build, in its keeper, after ``kill``."""
        return

    def sweep(self, build_id: str, deadline: float) -> list[children.Left]:
        """Remove what a keeper that died without ``leave`` left behind.

        For the fork server, or the next worker after a crash; orphans that
        became our children are kill_children's.
        """
        return []
