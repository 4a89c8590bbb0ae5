"""Text that keeps its bound and knows what it left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from turbo_hipster.reports import units


class Bounded:
    """Parts of a document that may be so large and no larger.

    ``size`` measures a text in the unit of ``most``; some systems count
    characters, others bytes.
    """

    def __init__(
        self, most: int, notice: int, size: Callable[[str], int] = len
    ) -> None:
        self.parts: list[str] = []
        self.cut: list[str] = []
        self._size = size
        self._left = most - notice

    def must(self, text: str) -> None:
        """Add what is never left out."""
        self.parts.append(text)
        self._left -= self._size(text)

    def most(
        self, rows: Sequence[str], noun: str, reserved: int, end: str = ""
    ) -> None:
        """Add as many rows as fit; count the others.

        The first row has the head before it, ``end`` is put behind them, and
        ``reserved`` is kept free for what follows.
        """
        if not rows:
            return
        room = self._left - reserved - self._size(end)
        for place, row in enumerate(rows):
            room -= self._size(row)
            if room < 0:
                self.cut.append(units.plural(len(rows) - place, noun))
                if not place:
                    return
                break
            self.must(row)
        self.must(end)


def in_bytes(text: str) -> int:
    """Return the size of a text in UTF-8."""
    return len(text.encode("utf-8", "backslashreplace"))
