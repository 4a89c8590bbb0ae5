"""Become another user, in the one order that is safe."""

from __future__ import annotations

import os
import pwd

from turbo_hipster.builds.containment import kernel


def drop_privileges(user: str, parent: int) -> pwd.struct_passwd:
    """Become ``user`` for good, and die with the process ``parent``.

    Groups, group, user; only then the parent-death signal, since setuid
    clears it; at last the parent is looked at, since it may be gone.
    Raises KeyError when there is no such account and PermissionError when
    we are not root.  Returns the account: HOME and shell are the caller's.
    """
    account = pwd.getpwnam(user)
    os.initgroups(account.pw_name, account.pw_gid)
    os.setresgid(account.pw_gid, account.pw_gid, account.pw_gid)
    os.setresuid(account.pw_uid, account.pw_uid, account.pw_uid)
    kernel.set_parent_death_signal(parent)
    return account
