"""The content of a file that may be packed, piece by piece.

Nothing is written to the disk; what is cut off or garbled is an error.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Protocol

import zstandard

from turbo_hipster_databases.exceptions import SeedRefused

PIECE = 2**20
"""Bytes that are read from the file at once."""
GZIP, ZSTD = "gzip", "zstd"
LARGEST_WINDOW = 2**31
"""What ``zstd --long=31`` needs."""
WITH_GZIP_HEADER = 16 + zlib.MAX_WBITS

MAGIC = {b"\x1f\x8b": GZIP, b"\x28\xb5\x2f\xfd": ZSTD}


class _Unpacker(Protocol):
    """What zlib and zstandard have in common."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, /) -> bytes: ...


def packing(seed: Path) -> str:
    """Return how the file is packed: ``gzip``, ``zstd`` or not at all."""
    with seed.open("rb") as file:
        return packing_of(file.read(4))


def packing_of(start: bytes) -> str:
    """Return the packing whose files begin so; empty: none we know."""
    for magic, name in MAGIC.items():
        if start.startswith(magic):
            return name
    return ""


def head(seed: Path, how: str, size: int) -> bytes:
    """Return the first ``size`` bytes of the content, or all there are."""
    begun = b""
    for piece in pieces(seed, how):
        begun += piece
        if len(begun) >= size:
            break
    return begun[:size]


def pieces(
    seed: Path, how: str, read: Callable[[int], None] | None = None
) -> Generator[bytes, None, None]:
    """Yield the content; raises SeedRefused when it is cut off or garbled.

    ``read`` is told how many bytes of the file were read.
    """
    source = _read(seed, read)
    if not how:
        yield from source
        return
    unpacker: _Unpacker | None = None
    try:
        for data in source:
            rest = data
            # a packed file may be several that were put together
            while rest:
                unpacker = unpacker or _unpacker(how)
                yield unpacker.decompress(rest)
                rest = unpacker.unused_data
                if unpacker.eof:
                    unpacker = None
    except (zlib.error, zstandard.ZstdError) as error:
        raise SeedRefused(
            f"the seed {seed} is damaged: {how} says {error}"
        ) from error
    if unpacker:
        raise SeedRefused(
            f"the seed {seed} is truncated: the {how} data end too early"
        )


def _unpacker(how: str) -> _Unpacker:
    if how == GZIP:
        return zlib.decompressobj(WITH_GZIP_HEADER)
    return zstandard.ZstdDecompressor(
        max_window_size=LARGEST_WINDOW
    ).decompressobj()


def _read(
    seed: Path, read: Callable[[int], None] | None
) -> Generator[bytes, None, None]:
    with seed.open("rb", buffering=0) as file:
        while data := file.read(PIECE):
            if read:
                read(len(data))
            yield data
