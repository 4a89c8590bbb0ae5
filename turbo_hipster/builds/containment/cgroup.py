"""Containment by a control group of version 2, killed at one stroke."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

from turbo_hipster.builds.containment import children, proc, technique

KEEPERS_OWN = re.compile(r"turbo-hipster-(\d+)-(\d+)-(\d+)")
"""Name of a keeper's cgroup: PID namespace, pid, start in ticks."""


class Cgroup(technique.Technique):
    """The keeper and all it forks are in a cgroup of their own.

    Moving a process into a cgroup takes the kernel some 10 ms when it has
    not done so for a while, so the keeper is moved before its build is known
    and its children are born inside.  It steps out to kill.  Should it die,
    ``clear`` kills by the cgroup and removes it.  A build with root's rights
    can leave its cgroup; it remains a descendant, and is killed as such.
    """

    name = "cgroup"
    strength = (
        "a version 2 cgroup: a build's processes are killed at one stroke, "
        "also when they fork without end"
    )

    def __init__(self) -> None:
        """Look for the place; raises OSError that says why there is none."""
        self.base = find_base()
        self.path = self.base
        self.inside = False

    def settle(self) -> None:
        """Make the cgroup and go into it."""
        self.path = self.base / _name_of(os.getpid())
        self.path.mkdir()
        self.move(self.path)

    def move(self, path: Path) -> None:
        """Move the calling process."""
        _write(path / "cgroup.procs", "0")
        self.inside = path == self.path

    def join(self) -> None:
        """Go inside if the keeper had to step out."""
        if not self.inside:
            self.move(self.path)

    def processes(self) -> list[int]:
        """Return the living of the cgroup and of those below it.

        After a kill also the children that have not joined yet.
        """
        me = os.getpid()
        found = _members(self.path, but=me)
        if not self.inside:
            found = sorted({*found, *proc.children_tree(me)})
        return found

    def kill(self, deadline: float) -> list[children.Left]:
        """Kill the cgroup, reap, and see that the kernel calls it empty."""
        if self.processes():
            if self.inside:
                self.move(self.base)
            _write(self.path / "cgroup.kill", "1")
        left = children.kill_children(deadline)
        if left or self.inside:
            return left
        return _await_empty(self.path, deadline)

    def leave(self) -> None:
        """Go out of the cgroup and remove it."""
        if self.inside:
            self.move(self.base)
        _remove(self.path)

    def clear(self, deadline: float) -> list[children.Left]:
        """Kill and remove the cgroups whose keepers are gone."""
        left: list[children.Left] = []
        for path in self.base.glob("turbo-hipster-*"):
            if not _is_forsaken(path):
                continue
            try:
                _write(path / "cgroup.kill", "1")
                left += _await_empty(path, deadline)
                _remove(path)
            except OSError as error:
                if not path.exists():
                    # somebody else was quicker
                    continue
                why = f"its cgroup stays: {error}"
                left.append(children.Left(0, path.name, "", why))
        return left


def find_base() -> Path:
    """Return our own cgroup's folder, where we may make others.

    Source: cgroups(7), proc_pid_mountinfo(5).  Version 2 may be mounted
    anywhere, beside version 1 too.  systemd gives a service with
    Delegate=yes its own.  Raises OSError with the reason.
    """
    ours = _own_path(proc.read("/proc/self/cgroup").decode())
    for root, point in _mounts(proc.read("/proc/self/mountinfo").decode()):
        below = os.path.relpath(ours, root)
        if below.startswith(".."):
            continue
        base = Path(point, below)
        if not os.access(base, os.W_OK | os.X_OK):
            raise OSError(
                f"we may not make cgroups in {base}; a systemd unit needs "
                "Delegate=yes"
            )
        return base
    raise OSError("no version 2 cgroup file system that shows ours is mounted")


def _own_path(text: str) -> str:
    """Return the version 2 path in a /proc/PID/cgroup."""
    for line in text.splitlines():
        if line.startswith("0::"):
            return line[3:]
    raise OSError("the kernel has no version 2 cgroups")


def _mounts(text: str) -> list[tuple[str, str]]:
    """Return root and mount point of each cgroup2 in a mountinfo."""
    found = []
    for line in text.splitlines():
        head, _, tail = line.partition(" - ")
        fields = head.split()
        if tail.split()[:1] == ["cgroup2"]:
            found.append((_plain(fields[3]), _plain(fields[4])))
    return found


def _plain(escaped: str) -> str:
    r"""Undo mountinfo's octal escapes, as in ``\040``."""
    return re.sub(
        r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), escaped
    )


def _name_of(pid: int) -> str:
    space = Path("/proc/self/ns/pid").stat().st_ino
    return f"turbo-hipster-{space}-{pid}-{proc.start_time(pid)}"


def _is_forsaken(path: Path) -> bool:
    """Whether it is ours to clear: our user, our pids, no keeper."""
    found = KEEPERS_OWN.fullmatch(path.name)
    try:
        ours = path.stat().st_uid == os.geteuid()
    except FileNotFoundError:
        return False
    if found is None or not ours:
        return False
    pid = int(found[2])
    same_space = path.name.startswith(_name_of(pid).rsplit("-", 2)[0] + "-")
    return same_space and not (
        proc.start_time(pid) == int(found[3]) and proc.alive(pid)
    )


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def _facts(path: Path) -> dict[str, int]:
    """Return the numbers of a cgroup.events or a cgroup.stat."""
    pairs = (line.split() for line in proc.read(str(path)).splitlines())
    return {key.decode(): int(value) for key, value in pairs}


def _below(path: Path) -> list[Path]:
    """Return a cgroup and those below it, the deepest last."""
    if not _facts(path / "cgroup.stat")["nr_descendants"]:
        return [path]
    return [Path(folder) for folder, _, _ in os.walk(path)]


def _members(path: Path, but: int = 0) -> list[int]:
    found: set[int] = set()
    for folder in _below(path):
        try:
            found.update(map(int, proc.read(f"{folder}/cgroup.procs").split()))
        except OSError:
            # gone meanwhile, or of threads, which its parent lists
            continue
    return sorted(found - {0, but})


def _await_empty(path: Path, deadline: float) -> list[children.Left]:
    while _facts(path / "cgroup.events")["populated"]:
        if time.monotonic() > deadline:
            return [children.describe(pid) for pid in _members(path)]
        time.sleep(0.0005)
    return []


def _remove(path: Path) -> None:
    for folder in reversed(_below(path)):
        folder.rmdir()
