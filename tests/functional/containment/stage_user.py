"""Become nobody within a process, as if it had been started so."""

import ctypes
import os
import pwd


def become(nobody):
    if not nobody or os.geteuid():
        return
    account = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setresgid(*[account.pw_gid] * 3)
    os.setresuid(*[account.pw_uid] * 3)
    # as after an exec by that user: its files in /proc are its own
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
