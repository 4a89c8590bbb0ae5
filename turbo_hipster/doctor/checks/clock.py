"""Whether the clocks are right.

The skew against a Gearman server cannot be told: its protocol knows no time.
"""

from __future__ import annotations

import ctypes
import os
import tempfile
import time

from turbo_hipster.doctor.checks.folder import standing
from turbo_hipster.doctor.patient import Patient

RELEASED = 1_735_689_600
"""2025-01-01: a clock before that has lost its battery."""

UNSYNCHRONISED = 0x40
"""STA_UNSYNC of adjtimex(2)."""

APART = 60.0
"""Seconds by which a file server's clock may differ from ours."""


class Timex(ctypes.Structure):
    """The beginning of struct timex, and room for its end."""

    _fields_ = [
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 512),
    ]


def right(patient: Patient) -> None:
    """Look at the date, at the kernel's word, and at the disk's time."""
    now = time.time()
    if now < RELEASED:
        patient.fail(
            f"the clock says {time.strftime('%Y-%m-%d', time.gmtime(now))}, "
            "which is before this program was made; certificates are refused",
            "set the clock (timedatectl set-ntp true)",
        )
        return
    _disk(patient)
    _synchronised(patient)


def _synchronised(patient: Patient) -> None:
    told = Timex()  # modes 0: nothing is set
    done = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(told))
    if done < 0:
        why = os.strerror(ctypes.get_errno())
        patient.ok(
            "the date is plausible; whether it is kept right is not to be "
            f"seen from here ({why})"
        )
    elif told.status & UNSYNCHRONISED:
        patient.warn(
            "nobody keeps the clock right: the kernel calls it not "
            "synchronised; times in logs and reports drift",
            "install chrony, or run timedatectl set-ntp true; in a container "
            "it is the host's to do",
        )
    else:
        patient.ok("the clock is synchronised")


def _disk(patient: Patient) -> None:
    """Compare with the clock that stamps files: NFS has the server's."""
    place = standing(patient.state_dir)
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"now")
            file.flush()
            # what the kernel stamps itself may be some milliseconds old
            apart = os.fstat(file.fileno()).st_mtime - time.time()
    except OSError:
        return  # whoever looks at the folder tells that
    if abs(apart) > APART:
        patient.warn(
            f"files in {place} are stamped {abs(apart):.0f} seconds "
            f"{'ahead of' if apart > 0 else 'behind'} our clock",
            "synchronise this machine and the file server",
        )
