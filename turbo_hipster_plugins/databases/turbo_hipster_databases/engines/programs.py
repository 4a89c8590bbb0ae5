"""Installed programs: where they lie, and which version they are.

No build is at hand when an engine is asked what is installed, so these
programs, which only say their version, are run without a TaskContext.
"""

from __future__ import annotations

import functools
import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from turbo_hipster_databases.model import Release

PATIENCE = 30.0
"""Seconds that a program may take to say its version."""


def on_path() -> Sequence[Path]:
    """Return the folders that commands are looked for in."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return [Path(folder) for folder in folders if folder]


def found(names: Sequence[str], folders: Iterable[Path]) -> Iterator[Path]:
    """Yield the programs of these names, each one once, links resolved."""
    seen: set[Path] = set()
    for folder in folders:
        for name in names:
            program = folder / name
            if not os.access(program, os.X_OK) or not program.is_file():
                continue
            real = program.resolve()
            if real not in seen:
                seen.add(real)
                yield real


def version_line(program: Path) -> str:
    """Return what ``--version`` says; nothing if it cannot be run."""
    try:
        changed = program.stat().st_mtime_ns
    except OSError:
        return ""
    return _asked(program, changed)


@functools.cache
def _asked(program: Path, _changed: int) -> str:
    """Ask a program once, until it is replaced."""
    try:
        said = subprocess.run(
            [program, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
    return said.decode(errors="replace").strip()


def newest_first(releases: Iterable[Release]) -> Sequence[Release]:
    """Return releases by their version, each version and origin once."""
    kept: dict[tuple[str, str], Release] = {}
    for release in releases:
        kept.setdefault((release.version, release.origin), release)
    return sorted(kept.values(), key=_age, reverse=True)


def _age(release: Release) -> tuple[tuple[int, ...], bool]:
    """Order by version; of equal ones the system's comes first."""
    numbers = tuple(map(int, re.findall(r"\d+", release.version)))
    return numbers, release.origin == "system"
