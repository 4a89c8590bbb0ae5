"""Whether git works, and is new enough."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from turbo_hipster.doctor.checks import running
from turbo_hipster.doctor.patient import Patient

OLDEST = (2, 31)
"""The first that takes settings from the environment (GIT_CONFIG_COUNT)."""

INSTALL = "install it: apt install git"


def works(patient: Patient) -> None:
    """Ask its version, and make a repository."""
    needed = needing(patient)
    if not needed:
        patient.ok("no enabled job checks anything out, so git is not needed")
        return
    status, said = running.run(["git", "--version"])
    if status:
        patient.fail(
            f"git does not work, and {', '.join(needed)} cannot check out a "
            f"change: {said or status}",
            INSTALL + "; it must be on the service's PATH",
        )
        return
    found = re.search(r"(\d+)\.(\d+)", said)
    if not found or tuple(map(int, found.groups())) < OLDEST:
        least = ".".join(map(str, OLDEST))
        patient.fail(f"{said} is older than {least}", f"{INSTALL}, a newer")
        return
    with tempfile.TemporaryDirectory(prefix=".doctor-") as made:
        status, why = running.run(
            ["git", "init", "--quiet", "--bare", "try.git"],
            cwd=Path(made),
            env={**os.environ, "LC_ALL": "C"},
        )
    if status:
        patient.fail(f"{said} can make no repository: {why}", INSTALL)
    else:
        patient.ok(f"{said} works")


def needing(patient: Patient) -> list[str]:
    """Return the enabled jobs that check out something."""
    return [job.name for job in patient.enabled if job.core.checkout != "none"]
