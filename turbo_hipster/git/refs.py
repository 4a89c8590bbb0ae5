"""Refs of our own stores, read and written as files.

A store is made by us in git's oldest and simplest format, so its refs are
files; reading them saves a process where a build is waiting.
"""

from __future__ import annotations

import os
from pathlib import Path

from turbo_hipster.git.addresses import COMMIT

# name: (id, what a tag object points at or "")
Refs = dict[str, tuple[str, str]]


def read(store: Path, name: str) -> str:
    """The id that ``name`` holds, "" if there is none."""
    try:
        value = (store / name).read_text().strip()
    except OSError:
        value = packed(store).get(name, ("", ""))[0]
    return value if COMMIT.fullmatch(value) else ""


def below(store: Path, *prefixes: str) -> Refs:
    """All refs below ``prefixes``, such as ``refs/tags``."""
    loose: Refs = {}
    # loose ones first: packing removes them only when the packed are there
    for prefix in prefixes:
        for folder, _, files in os.walk(store / prefix):
            for file in files:
                if file.endswith(".lock") or file.startswith("tmp_"):
                    continue
                path = Path(folder, file)
                try:
                    value = path.read_text().strip()
                except OSError:
                    continue  # just packed or removed
                if COMMIT.fullmatch(value):
                    loose[str(path.relative_to(store))] = (value, "")
    starts = tuple(f"{prefix}/" for prefix in prefixes)
    found = {k: v for k, v in packed(store).items() if k.startswith(starts)}
    return {**found, **loose}


def packed(repository: Path) -> Refs:
    """The refs in ``packed-refs``."""
    refs: Refs = {}
    name = ""
    try:
        text = (repository / "packed-refs").read_text(errors="surrogateescape")
    except OSError:
        return refs
    for line in text.split("\n"):
        if line.startswith("^") and name:
            refs[name] = (refs[name][0], line[1:])
        elif line and not line.startswith("#"):
            value, _, name = line.partition(" ")
            refs[name] = (value, "")
    return refs


def write_packed(repository: Path, refs: Refs) -> None:
    """Give a repository that has no refs yet these."""
    lines = ["# pack-refs with: sorted \n"]
    for name in sorted(refs, key=os.fsencode):
        value, peeled = refs[name]
        lines.append(f"{value} {name}\n")
        if peeled:
            lines.append(f"^{peeled}\n")
    (repository / "packed-refs").write_bytes(os.fsencode("".join(lines)))


def write(repository: Path, name: str, value: str) -> None:
    """Set one ref, all or nothing."""
    path = repository / name
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.parent / f"tmp_{os.getpid()}"
    half.write_text(value + "\n")
    half.replace(path)
