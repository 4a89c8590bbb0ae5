"""Whether a worker can live in its state_dir."""

from __future__ import annotations

import os
import pwd
import stat
import tempfile
from pathlib import Path

from turbo_hipster.doctor.checks import running
from turbo_hipster.doctor.patient import Patient

SCRIPT = "#!/bin/sh\nexit 7\n"
"""Something to be run; its status is one that no failure has."""
RAN = 7


def usable(patient: Patient) -> None:
    """Write and run a file there, or where the folder would be made."""
    wanted = patient.state_dir
    place = standing(wanted)
    what = f"state_dir {wanted}"
    if not place.is_dir():
        patient.fail(
            f"{what} cannot be: {place} is no folder",
            "move that away, or set another state_dir in [DEFAULT]",
        )
        return
    if not _writable(patient, what, place):
        return
    if place != wanted:
        patient.ok(f"{what} is not there yet; a worker can make it")
        return
    _closed_to_others(patient, wanted)
    patient.ok(f"{what} is there; files in it can be written and run")


def standing(path: Path) -> Path:
    """Return the nearest of a path and the folders above it that is there."""
    while not os.path.lexists(path) and path.parent != path:
        path = path.parent
    return path


def account() -> str:
    """Return the name of the user who makes this check."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _writable(patient: Patient, what: str, place: Path) -> bool:
    try:
        with tempfile.TemporaryDirectory(prefix=".doctor-", dir=place) as made:
            script = Path(made, "script")
            script.write_text(SCRIPT)
            script.chmod(0o700)
            status, said = running.run([str(script)])
    except OSError as error:
        patient.fail(
            f"{what}: {account()} cannot write in {place}: {error.strerror}",
            f"have it belong to the worker's user (chown {account()} "
            f"{place}), on a file system that is mounted read-write and has "
            "room",
        )
        return False
    if status != RAN:
        patient.fail(
            f"{what}: a program in it cannot be run: {said or status}",
            f"mount the file system of {place} without noexec: builds run "
            "programs of their checkout",
        )
        return False
    return True


def _closed_to_others(patient: Patient, folder: Path) -> None:
    status = folder.stat()
    if stat.S_IMODE(status.st_mode) & stat.S_IWOTH:
        patient.warn(
            f"state_dir {folder} can be written by everybody",
            f"chmod o-w {folder}: what others put there would be trusted",
        )
