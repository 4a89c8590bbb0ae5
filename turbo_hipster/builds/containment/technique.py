"""How the processes of a build are found and killed: the contract."""

from __future__ import annotations

import abc
import os
import signal
from typing import ClassVar

from turbo_hipster.builds.containment import children, kernel
from turbo_hipster.builds.containment.mark import carry

FAILED = 70
"""Exit status of a keeper whose technique did not work; EX_SOFTWARE."""


class Technique(abc.ABC):
    """One way of containing a build.

    An object serves the fork server and, after ``fork``, the keeper and its
    children: each has its own copy, and a keeper's copy serves one build.

    ``name`` is the value of the option ``containment``; ``strength`` is one
    sentence for the log and for ``status``; ``complaints`` is the descriptor
    a keeper writes to when it cannot begin.
    """

    name: ClassVar[str]
    strength: ClassVar[str]
    complaints: int = 2

    def fork(self) -> int:
        """Fork a keeper: 0 in it, its pid (as we see it) in the parent.

        The caller has one thread and is a sub-reaper.  Raises OSError, in
        the parent only: a keeper that cannot set itself up says why on
        ``complaints`` and exits with FAILED.
        """
        pid = self.split()
        if pid == 0:
            try:
                self.settle()
            except OSError as error:
                os.write(self.complaints, f"{self.name}: {error}\n".encode())
                os._exit(FAILED)
        return pid

    def split(self) -> int:
        """Do the fork itself."""
        return os.fork()

    def settle(self) -> None:
        """Set up what costs time, in the keeper, before a build is known."""
        return

    def enter(self, build_id: str, mark: int) -> None:
        """Begin a build, in its keeper, before any child is forked.

        ``mark`` comes from new_mark.  Raises OSError.
        """
        kernel.become_subreaper()
        carry(mark)

    def join(self) -> None:
        """Belong to the build: the first act of each child of the keeper.

        Before exec and before a change of user.  Raises OSError.  A child
        that is spawned cannot act; it belongs by what it inherits.
        """
        return

    @abc.abstractmethod
    def processes(self) -> list[int]:
        """Return the build's processes but the keeper, as it sees them.

        One that is dead and not reaped may be among them.
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
        """Kill all of them, and prove it; see kill_children.

        The keeper may fork again afterwards, and call this again.
        """
        return children.kill_children(deadline)

    def leave(self) -> None:
        """End the build, in its keeper, after ``kill``; raises OSError."""
        return

    def clear(self, deadline: float) -> list[children.Left]:
        """Remove what keepers that died without ``leave`` left behind.

        For the fork server after it has reaped such a keeper, and for the
        worker at its start.  Orphans that became our children are
        kill_children's, those of an earlier worker are sweep's.
        """
        return []
