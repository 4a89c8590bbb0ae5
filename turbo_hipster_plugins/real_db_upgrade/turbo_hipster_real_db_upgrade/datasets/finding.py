"""The datasets of a folder: which there are, and which are wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from turbo_hipster_real_db_upgrade.datasets import of_2014, of_today
from turbo_hipster_real_db_upgrade.datasets.description import (
    Dataset,
    DatasetRefused,
)

READERS = {of_today.FILE: of_today.read, of_2014.FILE: of_2014.read}
"""The files that describe a dataset, today's first."""


@dataclasses.dataclass(frozen=True, slots=True)
class Refused:
    """A folder that looks like a dataset and is none.

    ``why`` names the file and the key.
    """

    folder: Path
    why: str


def find(top: Path) -> Iterator[Dataset | Refused]:
    """Yield each dataset of a folder, by name.

    A folder with neither description is none of ours and left alone, and so
    is a hidden one, which is not finished.  Two
    datasets of one name are both refused.  Raises DatasetRefused when
    ``top`` itself cannot be read.
    """
    try:
        folders = sorted(
            path
            for path in top.iterdir()
            if path.is_dir() and not path.name.startswith(".")
        )
    except OSError as error:
        raise DatasetRefused(
            f"datasets_dir = {top} cannot be read: {error.strerror}"
        ) from None
    found = [one for folder in folders if (one := read(folder)) is not None]
    names = [one.name for one in found if isinstance(one, Dataset)]
    for one in found:
        if isinstance(one, Dataset) and names.count(one.name) > 1:
            one = Refused(
                one.described_by.parent,
                f"{one.described_by}: the name {one.name!r} is taken by "
                "another dataset; give this one its own",
            )
        yield one


def read(folder: Path) -> Dataset | Refused | None:
    """Read the description in ``folder``; None: there is none."""
    for file, reader in READERS.items():
        path = folder / file
        if path.exists():
            try:
                return reader(path)
            except DatasetRefused as error:
                return Refused(folder, str(error))
    return None
