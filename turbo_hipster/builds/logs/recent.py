"""The last of a text, in constant memory."""

from __future__ import annotations

import collections

#: Bytes that are kept for ``Exit.tail``.
KEPT = 64 * 1024

_MOST_PIECES = 64


class Recent:
    """Keeps the last 64 KiB of what it is given, and copies little."""

    def __init__(self) -> None:
        self._pieces: collections.deque[bytes] = collections.deque()
        self._size = 0

    def add(self, text: bytes) -> None:
        """Take a piece, which is not empty."""
        pieces = self._pieces
        pieces.append(text)
        self._size += len(text)
        while self._size - len(pieces[0]) >= KEPT:
            self._size -= len(pieces.popleft())
        if len(pieces) > _MOST_PIECES or self._size > 4 * KEPT:
            kept = bytes(self)
            pieces.clear()
            pieces.append(kept)
            self._size = len(kept)

    def __bytes__(self) -> bytes:
        return b"".join(self._pieces)[-KEPT:]
