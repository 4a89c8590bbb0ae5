"""Whether there is room where builds write."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from turbo_hipster.doctor.checks.folder import standing
from turbo_hipster.doctor.patient import Patient

LEAST, LITTLE = 256 * 2**20, 2 * 2**30
"""Free bytes: fewer, and builds fail; fewer, and a few builds use it up."""

LEAST_FILES, FEW_FILES = 5_000, 50_000
"""Free inodes, as above; a large checkout has some 50,000 files."""


def room(patient: Patient) -> None:
    """Look at state_dir and TMPDIR, each file system once."""
    seen: set[int] = set()
    for name, place in _places(patient):
        try:
            device = place.stat().st_dev
            told = os.statvfs(place)
        except OSError as error:
            patient.fail(
                f"{name}: {place} cannot be asked for its room: "
                f"{error.strerror}",
                "look at the disk and its mount",
            )
            continue
        if device not in seen:
            seen.add(device)
            _bytes(patient, f"{name} ({place})", told)
            _inodes(patient, f"{name} ({place})", told)


def _places(patient: Patient) -> Iterator[tuple[str, Path]]:
    yield "state_dir", standing(patient.state_dir)
    yield "temporary files", Path(os.environ.get("TMPDIR") or "/tmp")  # noqa: S108


def _bytes(patient: Patient, where: str, told: os.statvfs_result) -> None:
    free = told.f_bavail * told.f_frsize
    sentence = f"{where} has {_size(free)} free"
    advice = (
        "make room (kept/, unpublished/ and published/ below state_dir are "
        "yours to tidy; 'turbo-hipster snapshot prune'), or give it a larger "
        "disk"
    )
    if free < LEAST:
        patient.fail(f"{sentence}: builds fail", advice)
    elif free < LITTLE:
        patient.warn(f"{sentence}: a few builds use that up", advice)
    else:
        patient.ok(sentence)


def _inodes(patient: Patient, where: str, told: os.statvfs_result) -> None:
    if not told.f_files:  # file systems without a fixed number of them
        return
    free = told.f_favail
    sentence = f"{where} has room for {free:,} more files"
    advice = (
        "remove small files there, or make the file system anew with more "
        "inodes (df -i shows them)"
    )
    if free < LEAST_FILES:
        patient.fail(f"{sentence}: checkouts fail", advice)
    elif free < FEW_FILES:
        patient.warn(f"{sentence}: one large checkout uses that up", advice)
    else:
        patient.ok(sentence)


def _size(number: float) -> str:
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if number < 1024:
            return f"{number:.0f} {unit}"
        number /= 1024
    return f"{number:,.1f} TiB"
