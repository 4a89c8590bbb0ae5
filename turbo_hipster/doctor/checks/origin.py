"""Whether the place is there that projects come from."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from urllib.parse import unquote, urlsplit

from turbo_hipster.doctor.checks.folder import account
from turbo_hipster.doctor.checks.git import needing
from turbo_hipster.doctor.patient import Patient

PORTS = {"http": 80, "https": 443, "git": 9418, "ssh": 22}
SECONDS = 10.0


def reached(patient: Patient) -> None:
    """Look at a folder; speak to a host only where that is allowed."""
    origin = patient.settings.git_origin
    if not needing(patient):
        patient.ok("no enabled job checks anything out")
        return
    parts = urlsplit(origin)
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return  # a mistake of the configuration, told there
    shown = f"{parts.scheme}://{host}{parts.path}"  # without a password
    if parts.scheme == "file":
        _folder(patient, shown, Path(unquote(parts.path)))
    elif not patient.network:
        patient.ok(f"{shown} was not asked; --network asks it")
    else:
        _host(patient, shown, host, port or PORTS.get(parts.scheme, 443))


def _folder(patient: Patient, shown: str, folder: Path) -> None:
    if folder.is_dir() and os.access(folder, os.R_OK | os.X_OK):
        patient.ok(f"{shown} is a folder that can be read")
    else:
        patient.fail(
            f"{shown}: there is no folder that {account()} can read",
            "correct origin in [git]; it is used when a build's parameters "
            "name no other place",
        )


def _host(patient: Patient, shown: str, host: str, port: int) -> None:
    try:
        socket.create_connection((host, port), SECONDS).close()
    except OSError as error:
        patient.fail(
            f"{shown}: nobody answers at {host}:{port}: {error}",
            "correct origin in [git], or open the way there (name server, "
            "firewall; proxies of git's own settings are not tried here)",
        )
    else:
        patient.ok(f"{shown}: {host}:{port} answers")
