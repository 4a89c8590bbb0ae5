"""Whose eyes a visit has to look through."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from turbo_hipster import exceptions
from turbo_hipster.doctor.checks.folder import standing


def account(named: str, state_dir: Path) -> str:
    """Return the account that the checks run as; empty: our own.

    Root may do everything, so what root can do says nothing of the service.
    Checks of root's are therefore made as the owner of ``state_dir``, or as
    who is ``named``.  Raises RefusedInput for an account that is not there,
    and when somebody else than root names one.
    """
    if named:
        try:
            wanted = pwd.getpwnam(named)
        except KeyError:
            raise exceptions.RefusedInput(
                f"--user: there is no account {named!r}"
            ) from None
        if wanted.pw_uid == os.geteuid():
            return ""
        if os.geteuid() != 0:
            raise exceptions.RefusedInput(
                f"--user: only root may look through the eyes of {named}"
            )
        return wanted.pw_name
    if os.geteuid() != 0:
        return ""
    try:
        owner = standing(state_dir).stat().st_uid
        return "" if owner == 0 else pwd.getpwuid(owner).pw_name
    except (OSError, KeyError):
        return ""
