"""A program: become another, with mounts, a user and a life of its own.

    python -I -S launch.py [OPTION ...] -- COMMAND [ARGUMENT ...]

    --kin PID,PID          die unless our parent, or its parent, is one
    --output FILE          where standard output and error go
    --user NAME            the account to become, groups and all
    --overlay TARGET OPTIONS   mount an overlay
    --bind SOURCE TARGET   then show a folder, and what is mounted in it, at
                           another place
    --cwd FOLDER           where to be; seen after the mounts
    --own-ipc              System V shared memory of its own, if it can be had
    --no-network           no network but unix sockets with a path

Not to be imported by anybody: it stands alone, so that it starts at once.
What it mounts is seen by the command and its children only, and is gone with
them however they end.  The order matters: mounts while we may, then groups,
group and user, then the parent-death signal, which a change of user clears,
and at last a look at the parent, which may be gone.  It replaces itself by
the command, so that nobody stands between the command and its parent.

An ordinary user gets a user namespace for what needs one, in which the own
user and group keep their numbers.  Exit status: 71, with a line that says
why, when something cannot be had; 72, when it is a mount or a namespace.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import sys

# os.execvp wants it when Python's own folder may be closed to us already
import warnings  # noqa: F401
from typing import NoReturn

CLONE_NEWNS, CLONE_NEWIPC = 0x20000, 0x8000000
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
PR_SET_PDEATHSIG = 1
FAILED, REFUSED = 71, 72
LIBC = ctypes.CDLL(None, use_errno=True)

ARGUMENTS = {
    "--kin": 1,
    "--output": 1,
    "--user": 1,
    "--bind": 2,
    "--overlay": 2,
    "--cwd": 1,
    "--own-ipc": 0,
    "--no-network": 0,
}


class Refused(OSError):
    """The kernel does not let us have a mount or a namespace."""


def main() -> NoReturn:
    """Do what the options say, then become the command."""
    options, command = parse(sys.argv[1:])
    parent = os.getppid()
    try:
        for (file,) in options["--output"]:
            redirect(file)
        for (pids,) in options["--kin"]:
            check_kin(parent, {int(pid) for pid in pids.split(",")})
        separate(options)
        for (folder,) in options["--cwd"]:
            os.chdir(folder)
        for (name,) in options["--user"]:
            become(name)
        die_with(parent)
        os.execvp(command[0], command)  # noqa: S606 - no shell is the point
    except (OSError, KeyError) as error:
        print(f"launch: {error}", file=sys.stderr, flush=True)
        os._exit(REFUSED if isinstance(error, Refused) else FAILED)


def parse(words: list[str]) -> tuple[dict[str, list[list[str]]], list[str]]:
    """Return the options, each with all its uses, and the command."""
    options: dict[str, list[list[str]]] = {name: [] for name in ARGUMENTS}
    while words[0] != "--":
        name, count = words[0], ARGUMENTS[words[0]]
        options[name].append(words[1 : 1 + count])
        words = words[1 + count :]
    return options, words[1:]


def redirect(file: str) -> None:
    """Let everything that is said from here on go to a file."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    target = os.open(file, flags, 0o600)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.close(target)


def check_kin(parent: int, kin: set[int]) -> None:
    """Make sure that our parent is no stranger who adopted us."""
    if parent not in kin and parent_of(parent) not in kin:
        raise ProcessLookupError("who asked for this is gone")


def parent_of(pid: int) -> int:
    """Return the parent of a process; 0: it cannot be seen."""
    try:
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
            return int(file.read().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def separate(options: dict[str, list[list[str]]]) -> None:
    """Enter the namespaces that are wanted, and mount what is asked."""
    mounts = bool(options["--bind"] or options["--overlay"])
    wanted = (CLONE_NEWNS if mounts else 0) | (
        CLONE_NEWNET if options["--no-network"] else 0
    )
    if options["--own-ipc"] and can_have(wanted | CLONE_NEWIPC):
        wanted |= CLONE_NEWIPC
    if not wanted:
        return
    enter(wanted)
    if mounts:
        mount("none", "/", "", MS_REC | MS_PRIVATE, "")
    for target, how in options["--overlay"]:
        mount("overlay", target, "overlay", 0, how)
    for source, target in options["--bind"]:
        mount(source, target, "", MS_BIND | MS_REC, "")


def can_have(flags: int) -> bool:
    """Say whether a process of ours may enter such namespaces."""
    pid = os.fork()
    if pid == 0:
        try:
            enter(flags)
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(pid, 0)[1] == 0


def enter(flags: int) -> None:
    """Enter namespaces; as an ordinary user by way of a user namespace."""
    user, group = os.geteuid(), os.getegid()
    if user != 0:
        flags |= CLONE_NEWUSER
    if LIBC.unshare(flags):
        raise refused("a namespace cannot be had")
    if user != 0:
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{user} {user} 1"),
            ("gid_map", f"{group} {group} 1"),
        ):
            with open(f"/proc/self/{name}", "w") as file:  # noqa: PTH123
                file.write(text)


def mount(source: str, target: str, kind: str, flags: int, how: str) -> None:
    """Mount, or raise Refused with the place in its text."""
    words = [os.fsencode(word) for word in (source, target, kind)]
    options = os.fsencode(how) or None
    if LIBC.mount(*words, ctypes.c_ulong(flags), options):
        raise refused(f"{source} cannot be mounted on {target}")


def refused(what: str) -> Refused:
    """Return what the C library's last failure means."""
    number = ctypes.get_errno()
    return Refused(number, f"{what}: {os.strerror(number)}")


def become(name: str) -> None:
    """Become another account for good: groups, group, user."""
    account = pwd.getpwnam(name)
    os.initgroups(account.pw_name, account.pw_gid)
    os.setresgid(account.pw_gid, account.pw_gid, account.pw_gid)
    os.setresuid(account.pw_uid, account.pw_uid, account.pw_uid)


def die_with(parent: int) -> None:
    """Be killed when the parent ends, also if it has ended already."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        raise ProcessLookupError("who asked for this is gone")


if __name__ == "__main__":
    main()
