"""A new dataset: it is there with all it needs, or not at all.

It is put together in a hidden folder, which is given its name at the end.
What a killed command left in one is removed by the next that wants the name.
"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from turbo_hipster.exceptions import CannotJudge, RefusedInput
from turbo_hipster_real_db_upgrade.datasets import of_today
from turbo_hipster_real_db_upgrade.datasets.description import Manifest

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}")
PIECE = 2**20
HEAD = """\
# A dataset of turbo-hipster, written by a command; yours to change.
# 'turbo-hipster dataset check' says whether it can still be read.
"""


@contextlib.contextmanager
def drafted(top: Path, name: str) -> Iterator[Path]:
    """Lend a folder that becomes the dataset ``name`` at the end.

    Raises RefusedInput when there is one, or when ``top`` is not ours to
    write into, and CannotJudge when the disk is full.
    """
    refuse_existing(top, name)
    target, draft = top / name, top / f".{name}.new"
    try:
        draft.mkdir(exist_ok=True)
        folder = os.open(draft, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise RefusedInput(
            f"nothing can be written into {top}: {error.strerror}"
        ) from None
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RefusedInput(
                f"another command is making the dataset {name} right now"
            ) from None
        try:
            _empty(draft)
            yield draft
            os.fsync(folder)
            refuse_existing(top, name)
            draft.rename(target)
        except OSError as error:
            raise CannotJudge(
                f"{target} could not be written: {error.strerror or error}"
            ) from error
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    finally:
        os.close(folder)


def refuse_existing(top: Path, name: str) -> None:
    """Raise RefusedInput when the name is taken, or is none."""
    if not NAME.fullmatch(name):
        raise RefusedInput(
            f"{name!r} is no name for a dataset: letters, digits and _.+- "
            "make one, and it begins with a letter or a digit"
        )
    if os.path.lexists(top / name):
        raise RefusedInput(
            f"{top / name} is there already, and is never overwritten; "
            "remove it first, or take another name"
        )


def _empty(folder: Path) -> None:
    """Remove what a killed command left."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def copied(
    source: Path, target: Path, told: Callable[[int, int], None]
) -> None:
    """Copy a file; ``told`` gets the bytes that are done, and all."""
    done, size = 0, source.stat().st_size
    with source.open("rb") as reading, target.open("xb") as writing:
        while piece := reading.read(PIECE):
            writing.write(piece)
            done += len(piece)
            told(done, size)
        writing.flush()
        os.fsync(writing.fileno())


def manifest(
    seed: Path, rows: Mapping[str, int] | None = None, made_by: str = ""
) -> Manifest:
    """Return what a seed is."""
    with seed.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Manifest(digest, seed.stat().st_size, dict(rows or {}), made_by)


def describe(
    folder: Path,
    *,
    project: str,
    seeds: Mapping[str, str],
    manifests: Mapping[str, Manifest],
    taken_at: datetime.date | None = None,
    revision: str = "",
    **more: Any,
) -> None:
    """Write the description; of ``more`` what is not empty.

    ``seeds`` are file names by engine.
    """
    told: dict[str, Any] = {"project": project}
    if len(seeds) == 1:
        ((told["engine"], told["seed"]),) = seeds.items()
    else:
        told["seed"] = dict(seeds)
    if taken_at is not None:
        told["taken_at"] = taken_at
    if revision:
        told["revision"] = revision
    told |= {key: value for key, value in more.items() if value}
    told["manifest"] = {
        engine: {
            "sha256": one.sha256,
            "bytes": one.bytes,
            **({"made_by": one.made_by} if one.made_by else {}),
            **({"rows": dict(one.rows)} if one.rows else {}),
        }
        for engine, one in manifests.items()
    }
    text = yaml.safe_dump(told, sort_keys=False, allow_unicode=True)
    path = folder / of_today.FILE
    with path.open("x", encoding="utf-8") as file:
        file.write(HEAD + text)
        file.flush()
        os.fsync(file.fileno())
    of_today.read(path)  # what we cannot read, we must not leave
