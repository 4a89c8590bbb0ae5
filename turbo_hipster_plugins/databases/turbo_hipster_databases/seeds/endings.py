"""Whether a dump is there to its end.

A dump that names its writer has the writer's last line, or is truncated.
Text without such a header (written by hand, or with comments left out) has
to end where a statement does: more cannot be seen in it.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable
from pathlib import Path

from turbo_hipster_databases.exceptions import SeedRefused
from turbo_hipster_databases.seeds import kinds

TAIL = 8 * 2**10
"""Bytes that are looked at."""

LAST = {
    kinds.MYSQL: re.compile(rb"^-- Dump completed", re.M),
    kinds.POSTGRESQL: re.compile(
        rb"^-- PostgreSQL database dump complete$", re.M
    ),
    kinds.SQLITE: re.compile(rb"^COMMIT;\s*\Z", re.M),
}
NAMES = {
    kinds.MYSQL: "-- Dump completed",
    kinds.POSTGRESQL: "-- PostgreSQL database dump complete",
    kinds.SQLITE: "COMMIT;",
}
WHOLE = re.compile(rb"(;|^\\\.|\*/|^\\\w[^\n]*)\s*\Z", re.M)
"""A statement's end, the end of a COPY, a comment, or a client's command."""
COMMENT = re.compile(rb"^--[^\n]*\n?|^\s*\n", re.M)


def check(seed: Path, writer: str, tail: bytes) -> None:
    """Raise SeedRefused if ``tail`` is not the end of a whole dump."""
    if writer:
        if not LAST[writer].search(tail):
            raise SeedRefused(
                f"the seed {seed} is truncated: a dump of {writer} ends with "
                f"{NAMES[writer]!r}, this one with {_shown(tail)}"
            )
        return
    rest = COMMENT.sub(b"", tail).strip()
    if rest and not WHOLE.search(rest):
        raise SeedRefused(
            f"the seed {seed} is truncated: it ends within a statement, with "
            f"{_shown(tail)}"
        )


def checked(
    seed: Path, writer: str, pieces: Iterable[bytes]
) -> Generator[bytes, None, None]:
    """Yield the pieces; raises SeedRefused when they end too early."""
    tail = b""
    for piece in pieces:
        tail = (tail + piece)[-TAIL:] if len(piece) < TAIL else piece[-TAIL:]
        yield piece
    check(seed, writer, tail)


def _shown(tail: bytes) -> str:
    return repr(tail.strip()[-60:].decode(errors="replace"))
