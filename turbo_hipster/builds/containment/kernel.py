"""The few calls to Linux that Python 3.11 has no name for.

Everything goes through the C library that is loaded already; errors come
back as OSError with the name of the call.
"""

from __future__ import annotations

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000

MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_REC = 0x4000
MS_SLAVE = 0x80000

WALL = 0x40000000
"""Flag of wait: children of every kind, those of a bare clone(2) too."""

CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(name: str, result: int) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def become_subreaper() -> None:
    """Make orphans among our descendants our own children.

    Survives exec, is not inherited by children.  See PR_SET_CHILD_SUBREAPER
    in prctl(2).
    """
    _checked("prctl", _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))


def set_parent_death_signal(parent: int, number: int = signal.SIGKILL) -> None:
    """Ask for signal ``number`` when the process ``parent`` ends.

    ``parent`` is our parent's pid as it was known before the fork: a parent
    that died in between would send nothing, so we end ourselves then.  The
    signal really comes when the *thread* that forked us ends, and setuid
    and exec of a set-user-id program clear it (prctl(2)).
    """
    _checked("prctl", _libc.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0))
    if os.getppid() != parent:
        os.kill(os.getpid(), number)


def unshare(flags: int) -> None:
    """Leave the namespaces named by ``flags`` for new ones."""
    _checked("unshare", _libc.unshare(flags))


def setns(descriptor: int, kind: int) -> None:
    """Enter the namespace that ``descriptor`` is open on."""
    _checked("setns", _libc.setns(descriptor, kind))


def mount(source: str, target: str, kind: str, flags: int) -> None:
    """Attach a file system that needs no data."""
    _checked(
        "mount",
        _libc.mount(
            source.encode(),
            target.encode(),
            kind.encode(),
            ctypes.c_ulong(flags),
            None,
        ),
    )


def drop_capabilities() -> None:
    """Give up every capability, for good; capset(2)."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _checked("capset", _libc.capset(header, nothing))
