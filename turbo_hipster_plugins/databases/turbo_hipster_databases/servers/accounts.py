"""Whom a server runs as; none of ours runs as root."""

from __future__ import annotations

import os
import pwd
import stat
from pathlib import Path

from turbo_hipster.exceptions import ConfigurationError
from turbo_hipster_databases.engine import Engine

LAST_RESORT = "nobody"
CAP_SYS_ADMIN = 21


def account(engine: Engine, wanted: str = "") -> str:
    """Return the account for a server; empty when we are not root.

    ``wanted`` is an account's name, or empty for the engine's usual one.
    Raises ConfigurationError.
    """
    if os.geteuid() != 0:
        return ""
    if wanted:
        if not _exists(wanted):
            raise ConfigurationError(
                f"server_user = {wanted}: there is no such account"
            )
        if pwd.getpwnam(wanted).pw_uid == 0:
            raise ConfigurationError(
                f"server_user = {wanted}: a server never runs as root; name "
                "another account, or none for the usual one"
            )
        return wanted
    return next(filter(_exists, engine.accounts), LAST_RESORT)


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def give(folder: Path, name: str) -> None:
    """Give a folder to an account; to nobody else when it has no name."""
    folder.chmod(0o700)
    if name:
        owner = pwd.getpwnam(name)
        os.chown(folder, owner.pw_uid, owner.pw_gid)


def closed_to(name: str, folder: Path) -> Path | None:
    """Return the lowest of a folder and those above it that is closed.

    That is: which an account may not enter.  None: it may go all the way.
    """
    owner = pwd.getpwnam(name)
    groups = os.getgrouplist(name, owner.pw_gid)
    for one in (folder, *folder.parents):
        if not _may_enter(one, owner.pw_uid, groups):
            return one
    return None


def _may_enter(path: Path, user: int, groups: list[int]) -> bool:
    status = path.stat()
    if status.st_uid == user:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid in groups:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def may_mount() -> bool:
    """Say whether we are root, with the right to mount."""
    if os.geteuid() != 0:
        return False
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            return bool(int(line.split()[1], 16) >> CAP_SYS_ADMIN & 1)
    return False
