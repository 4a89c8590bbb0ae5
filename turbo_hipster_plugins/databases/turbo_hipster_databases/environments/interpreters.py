"""Interpreters: the one a project's environment is made from."""

from __future__ import annotations

import os
import pwd
import shutil
import sys
from pathlib import Path

from turbo_hipster_databases.exceptions import EnvironmentFailed


def find(wanted: str | Path | None) -> Path:
    """Return an interpreter: a path, a version such as ``3.9``, or ours.

    Versions are looked for in PATH and among pyenv's.  Raises
    EnvironmentFailed.
    """
    if wanted is None:
        return Path(sys.executable)
    path = Path(wanted)
    if path.is_absolute():
        if os.access(path, os.X_OK):
            return path
        raise EnvironmentFailed(f"there is no interpreter {path}")
    found = shutil.which(f"python{wanted}") or shutil.which(str(wanted))
    if found and "shims" not in Path(found).parts:  # a shim may have nothing
        return Path(found)
    candidates = [
        folder / "bin/python"
        for root in _pyenv()
        for folder in root.glob(f"versions/{wanted}*")
        if folder.name == str(wanted) or folder.name.startswith(f"{wanted}.")
    ]
    for candidate in sorted(candidates, key=_newest, reverse=True):
        if os.access(candidate, os.X_OK):
            return candidate
    raise EnvironmentFailed(
        f"there is no Python {wanted} on this machine; install it, or name "
        "the path of an interpreter"
    )


def identity(python: Path) -> str:
    """Return text that changes with the interpreter, without starting it."""
    if python == Path(sys.executable):
        return f"{python.resolve()} {sys.version}"
    about = python.resolve().stat()
    return f"{python.resolve()} {about.st_size} {about.st_mtime_ns}"


def _pyenv() -> list[Path]:
    # a build has a home of its own; the account's is what was set up
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    root = os.environ.get("PYENV_ROOT")
    return [Path(root)] if root else [home / ".pyenv"]


def _newest(python: Path) -> list[int]:
    name = python.parent.parent.name
    return [int(part) for part in name.split(".") if part.isdecimal()]
