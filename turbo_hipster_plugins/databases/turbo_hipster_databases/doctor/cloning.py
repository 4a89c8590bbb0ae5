"""How snapshots would be cloned here."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from turbo_hipster.exceptions import CannotJudge
from turbo_hipster.task import Exit, TaskContext
from turbo_hipster_databases.doctor.patient import Patient
from turbo_hipster_databases.snapshots import names, removing, trial

ADVICE = (
    "put state_dir on btrfs or on xfs with reflinks, or run where a mount "
    "namespace can be had; copies of large datasets take their time and room"
)


class Desk:
    """Stands in for a build, as far as a trial needs one."""

    def execute(
        self,
        argv: Sequence[str],
        *,
        timeout: float | None = None,
        **_more: Any,
    ) -> Exit:
        """Run a program that ends soon."""
        began = time.monotonic()
        try:
            done = subprocess.run(
                list(argv),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=timeout,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return Exit(1, time.monotonic() - began, False, str(error))
        said = done.stdout.decode(errors="replace")
        return Exit(done.returncode, time.monotonic() - began, False, said)


def tried(patient: Patient) -> None:
    """Try the techniques in state_dir, best first; nothing is recorded."""
    place = patient.state_dir
    while not os.path.lexists(place) and place.parent != place:
        place = place.parent
    reasons: list[str] = []
    try:
        folder = Path(tempfile.mkdtemp(prefix=".doctor-", dir=place))
    except OSError as error:
        patient.fail(
            f"nothing can be cloned to {place}: {error.strerror}",
            "have it belong to the worker's user, with room on it",
        )
        return
    try:
        for name in names.ORDER:
            desk = cast("TaskContext", Desk())
            why = trial.works(desk, name, folder, folder)
            if not why:
                _judged(patient, name, reasons)
                return
            reasons.append(f"{name}: {' '.join(why.split())}")
    except CannotJudge as error:  # the disk is full
        reasons.append(str(error))
    finally:
        removing.remove(folder)
    patient.fail(
        f"nothing can be cloned in {place}: {reasons[-1]}",
        "make room there, and let the worker's user write",
    )


def _judged(patient: Patient, name: str, reasons: Sequence[str]) -> None:
    sentence = f"snapshots are cloned by: {name}"
    if name == names.COPY:
        patient.warn(f"{sentence} ({'; '.join(reasons)})", ADVICE)
    else:
        patient.ok(sentence)
