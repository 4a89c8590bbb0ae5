"""Plain values of a description, each checked where it stands.

A reader takes a value and the place it stands at, and returns it in a type
we know, or raises DatasetRefused with that place in the text.
"""

from __future__ import annotations

import datetime
import difflib
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from turbo_hipster_real_db_upgrade.datasets.description import DatasetRefused


def fields(
    value: Any, at: str, required: set[str], optional: set[str]
) -> Mapping[str, Any]:
    """Read an object of known keys; one that is null counts as left out."""
    found = mapping(value, at)
    known = required | optional
    for key in found:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            advice = (
                f"did you mean {near[0]}?"
                if near
                else f"there are {', '.join(sorted(known))}"
            )
            raise DatasetRefused(f"{at}: no key {key!r} is known; {advice}")
    filled = {key: item for key, item in found.items() if item is not None}
    for key in sorted(required - filled.keys()):
        raise DatasetRefused(f"{at}: {key} is missing")
    return filled


def mapping(value: Any, at: str) -> Mapping[str, Any]:
    """Read an object whose keys are texts, or numbers taken for texts."""
    if not isinstance(value, Mapping):
        raise DatasetRefused(f"{at} is no mapping of names to values")
    return {text(key, f"a key of {at}"): item for key, item in value.items()}


def text(value: Any, at: str) -> str:
    """Read a text on one line; a bare number is taken as it is written."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise DatasetRefused(f"{at} is no text")
    if not value.isprintable():
        raise DatasetRefused(f"{at} has characters that cannot be shown")
    return value.strip()


def texts(value: Any, at: str) -> tuple[str, ...]:
    """Read a list of texts; a single one may stand without the list."""
    if isinstance(value, str):
        return (text(value, at),)
    if not isinstance(value, list):
        raise DatasetRefused(f"{at} is no list")
    return tuple(
        text(item, f"{at}[{index}]") for index, item in enumerate(value)
    )


def amount(value: Any, at: str) -> float:
    """Read a number that is not below zero."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DatasetRefused(f"{at} is {value!r:.80}, which is no number")
    if not math.isfinite(value) or value < 0:
        raise DatasetRefused(f"{at} is {value}; it must be 0 or more")
    return value


def count(value: Any, at: str) -> int:
    """Read a whole number that is not below zero."""
    number = amount(value, at)
    if number != int(number):
        raise DatasetRefused(f"{at} is {value}, which is no whole number")
    return int(number)


def date(value: Any, at: str) -> datetime.date:
    """Read a day, as YAML's own type or as text like 2026-10-01."""
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(text(value, at))
    except ValueError:
        raise DatasetRefused(
            f"{at} is {value!r:.80}; a date looks like 2026-10-01"
        ) from None


def inside(folder: Path, value: Any, at: str) -> Path:
    """Read the name of a file that lies in the dataset's folder.

    A link in the folder may lead anywhere: an operator keeps large dumps on
    another disk.  A name may not.
    """
    name = text(value, at)
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise DatasetRefused(
            f"{at} is {name!r}; it must be a file in {folder}, which may be "
            "a link"
        )
    path = folder / name
    if not path.exists():
        raise DatasetRefused(f"{at}: there is no file {path}")
    if not path.is_file():
        raise DatasetRefused(f"{at}: {path} is no file")
    return path


def each_inside(folder: Path, value: Any, at: str) -> Iterable[Path]:
    """Read a list of names of files that lie in the dataset's folder."""
    for index, name in enumerate(texts(value, at)):
        yield inside(folder, name, f"{at}[{index}]")
