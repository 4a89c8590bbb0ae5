"""The place of a build's results, checked once more where it is used."""

from __future__ import annotations

from turbo_hipster import exceptions

LONGEST = 240
"""Most bytes of one part; a file system takes 255, and a suffix is added."""


def parts(destination: str) -> list[str]:
    """Return the parts of a relative path; PublishFailed if it is none."""
    if not destination.isprintable():
        raise exceptions.PublishFailed(
            "the place of the results has characters that are not printable"
        )
    if destination.startswith("/"):
        raise exceptions.PublishFailed(
            f"the place of the results must be relative, not {destination}"
        )
    found = [part for part in destination.split("/") if part]
    if not found:
        raise exceptions.PublishFailed("the place of the results is empty")
    for part in found:
        if part in (".", ".."):
            raise exceptions.PublishFailed(
                f"the place of the results must not have {part!r} in it: "
                f"{destination}"
            )
        if len(part.encode("utf-8")) > LONGEST:
            raise exceptions.PublishFailed(
                f"a part of the place of the results is longer than {LONGEST} "
                f"bytes: {part[:40]}..."
            )
    return found
