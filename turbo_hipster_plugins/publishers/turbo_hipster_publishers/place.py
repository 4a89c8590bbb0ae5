"""A build's place below a target, and the first free name for it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from urllib.parse import quote

from turbo_hipster import exceptions

LONGEST = 900
"""Most bytes of a place; S3 and Google take 1024 for a whole name."""


def checked(destination: str) -> str:
    """Return a relative path without empty parts; PublishFailed if bad."""
    parts = [part for part in destination.split("/") if part]
    if (
        not parts
        or destination.startswith("/")
        or not destination.isprintable()
        or "\\" in destination
        or {".", ".."} & set(parts)
        or len(destination.encode()) > LONGEST
    ):
        raise exceptions.PublishFailed(
            f"the place of the results is no plain relative path: "
            f"{destination[:80]!r}"
        )
    return "/".join(parts)


def first_free(place: str, claim: Callable[[str], bool]) -> str:
    """Return the first of ``place``, ``place.2`` ... that can be claimed."""
    for number in itertools.count(1):
        name = place if number == 1 else f"{place}.{number}"
        if claim(name):
            return name
    raise AssertionError("there is no end of numbers")


def address(base: str, place: str, name: str) -> str:
    """Return the URL of a file of a build, below a reader's ``base``."""
    return f"{base.rstrip('/')}/{quote(f'{place}/{name}')}"
