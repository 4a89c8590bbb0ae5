"""Plain values of a document, each checked where it stands.

A reader takes a value and the place it stands at, and returns it in a type
we know, or raises Misshapen with that place in the text.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")
E = TypeVar("E", bound=enum.Enum)

LONGEST = 10_000
"""Most characters of one text."""
LARGEST = 1e300
"""The largest number; readers of the report count in double precision."""


class Misshapen(ValueError):
    """The document is not what it should be; the text says where."""


def mapping(value: Any, at: str) -> Mapping[str, Any]:
    """Read an object, whatever its keys are."""
    if not isinstance(value, dict):
        raise Misshapen(f"{at} is no object")
    return {line(key, f"a key of {at}"): item for key, item in value.items()}


def fields(
    value: Any, at: str, required: set[str], optional: set[str]
) -> Mapping[str, Any]:
    """Read an object of known keys; one that is null counts as left out."""
    found = mapping(value, at)
    for key in sorted(required - found.keys()):
        raise Misshapen(f"{at} has no {key!r}")
    for key in sorted(found.keys() - required - optional):
        raise Misshapen(
            f"{at} has an unknown key {key!r}; known are "
            + ", ".join(sorted(required | optional))
        )
    return {key: item for key, item in found.items() if item is not None}


def each(
    value: Any, at: str, reader: Callable[[Any, str], T]
) -> tuple[T, ...]:
    """Read a list whose items are all of one shape."""
    if not isinstance(value, list):
        raise Misshapen(f"{at} is no list")
    return tuple(
        reader(item, f"{at}[{index}]") for index, item in enumerate(value)
    )


def line(value: Any, at: str) -> str:
    """Read a text for people; it is brought onto one line."""
    if not isinstance(value, str):
        raise Misshapen(f"{at} is no text")
    if len(value) > LONGEST:
        raise Misshapen(f"{at} has more than {LONGEST} characters")
    return " ".join(
        "".join(
            letter if letter.isprintable() else " " for letter in value
        ).split()
    )


def text(value: Any, at: str) -> str:
    """Read a text of several lines; what steers a terminal is left out."""
    if not isinstance(value, str):
        raise Misshapen(f"{at} is no text")
    if len(value) > LONGEST:
        raise Misshapen(f"{at} has more than {LONGEST} characters")
    return "".join(
        letter for letter in value if letter.isprintable() or letter in "\n\t"
    )


def name(value: Any, at: str) -> str:
    """Read a name, as of a finding or a table."""
    if not isinstance(value, str) or not re.fullmatch(
        r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", value
    ):
        raise Misshapen(
            f"{at} is no name; a name has at most 100 letters, digits, "
            "'_', '.' and '-'"
        )
    return value


def one_of(kind: type[E], value: Any, at: str) -> E:
    """Read one of a few words."""
    for word in kind:
        if value == word.value:
            return word
    raise Misshapen(
        f"{at} is none of " + ", ".join(str(word.value) for word in kind)
    )


def scalar(value: Any, at: str) -> float | str | bool | None:
    """Read a number, a text, a truth value, or nothing."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        if not abs(value) <= LARGEST:
            raise Misshapen(f"{at} is too large a number")
        return value
    if isinstance(value, str):
        return line(value, at)
    raise Misshapen(f"{at} is neither a number nor a text")
