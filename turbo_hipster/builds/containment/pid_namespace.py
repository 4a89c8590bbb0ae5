"""Containment by a PID namespace whose first process is the keeper."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

from turbo_hipster.builds.containment import children, kernel, proc, technique


class PidNamespace(technique.Technique):
    """A build sees and signals its own processes only.

    Everything in the namespace dies with the keeper, at whatever moment and
    by whatever hand, and the kernel does not let the keeper be reaped before
    all the others are gone: its wait status is the proof from the outside.
    Inside, one ``kill -1`` by the keeper hits all at one stroke, a fork bomb
    too.  The keeper and its children see pids of their own, and a /proc that
    shows them; the fork server sees others.  What a build mounts, it mounts
    for itself.

    Without root it takes a user namespace, in which our user and group keep
    their numbers: every other owner looks like nobody (65534), groups cannot
    be changed, and set-user-id programs such as sudo do not work.  The
    keeper gives up the capabilities that it brings.
    """

    name = "pid_namespace"
    strength = (
        "a PID namespace: no process of a build outlives it, whatever it "
        "does, and it cannot signal others"
    )

    def __init__(self) -> None:
        self.as_user = os.geteuid() != 0
        self.inside = False

    def split(self) -> int:
        """Fork the first process of a new namespace."""
        pid = self.split_as_user() if self.as_user else self.split_as_root()
        self.inside = pid == 0
        return pid

    def split_as_root(self) -> int:
        """Let the next child begin a namespace, fork it, and turn back.

        A process never changes its own PID namespace, only its children's;
        see unshare(2).
        """
        home = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        child = None
        try:
            kernel.unshare(kernel.CLONE_NEWPID)
            child = os.fork()
        finally:
            if child != 0:
                kernel.setns(home, kernel.CLONE_NEWPID)
            os.close(home)
        return child

    def split_as_user(self) -> int:
        """Fork by way of a process that makes the user namespace.

        Nobody comes back out of a user namespace, so that process ends at
        once, and its child becomes ours: we are a sub-reaper.
        """
        news, teller = os.pipe2(os.O_CLOEXEC)
        between = os.fork()
        if between == 0:
            os.close(news)
            try:
                _enter_user_namespace()
                child = os.fork()
            except OSError as error:
                os.write(teller, str(error).encode())
                os._exit(technique.FAILED)
            if child == 0:
                os.close(teller)
                return 0
            os.write(teller, str(child).encode())
            os._exit(0)
        os.close(teller)
        told = os.read(news, 4096).decode()
        os.close(news)
        os.waitpid(between, 0)
        if not told.isdigit():
            raise OSError(told or "the process between was killed")
        return int(told)

    def settle(self) -> None:
        """Give the namespace a /proc of its own."""
        kernel.unshare(kernel.CLONE_NEWNS)
        kernel.mount("none", "/", "", kernel.MS_REC | kernel.MS_SLAVE)
        kernel.mount(
            "proc",
            "/proc",
            "proc",
            kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC,
        )

    def enter(self, build_id: str, mark: int) -> None:
        """Begin; the power over the namespace is not handed down."""
        super().enter(build_id, mark)
        if self.as_user:
            kernel.drop_capabilities()

    def processes(self) -> list[int]:
        """Return all of the namespace but its first, the keeper."""
        return [pid for pid in proc.pids() if pid != 1]

    def kill(self, deadline: float) -> list[children.Left]:
        """Kill the whole namespace at one stroke; then reap.

        Who came in from outside (nsenter) is nobody's child here, so /proc
        is asked last.
        """
        if not self.inside or os.getpid() != 1:
            raise RuntimeError("only a keeper may kill its namespace")
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        left = children.kill_children(deadline)
        while not left and (guests := self.processes()):
            if time.monotonic() > deadline:
                return [children.describe(pid) for pid in guests]
            time.sleep(children.PAUSE)
        return left


def _enter_user_namespace() -> None:
    user, group = os.geteuid(), os.getegid()
    kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWPID)
    # an ordinary user may map groups only when they cannot be changed
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
