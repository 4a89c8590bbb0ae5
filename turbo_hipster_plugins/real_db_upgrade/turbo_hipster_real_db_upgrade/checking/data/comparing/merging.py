"""Two streams of rows, in the order of their hashes, held together."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from turbo_hipster_real_db_upgrade.checking.data.comparing.model import First

Row = tuple[Any, ...]


class Merged:
    """Counts what differs; a row is hash, hashes of values, key.

    ``columns`` are the names of the values.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self.gone = self.came = 0
        self._columns = columns
        self._differ = [0] * len(columns)
        self._first: dict[str, First] = {}

    @property
    def differs(self) -> Mapping[str, int | None]:
        """The values of each column that are not the same."""
        return {
            name: count
            for name, count in zip(self._columns, self._differ, strict=True)
            if count
        }

    @property
    def first(self) -> Mapping[str, Sequence[str]]:
        """The first keys, by column, as they are shown."""
        return {name: first.told() for name, first in self._first.items()}

    def merge(self, before: Iterator[Row], after: Iterator[Row]) -> None:
        """Go through both; neither is held in memory."""
        olds, news = _grouped(before), _grouped(after)
        old, new = next(olds, None), next(news, None)
        while old is not None or new is not None:
            if new is None or (old is not None and old[0] < new[0]):
                assert old is not None
                self._gone(old[1])
                old = next(olds, None)
            elif old is None or new[0] < old[0]:
                self.came += len(new[1])
                new = next(news, None)
            else:
                self._both(old[1], new[1])
                old, new = next(olds, None), next(news, None)

    def _gone(self, rows: Sequence[Row]) -> None:
        self.gone += len(rows)
        for row in rows:
            self._note("", row)

    def _both(self, old: Sequence[Row], new: Sequence[Row]) -> None:
        self._gone(old[len(new) :])
        self.came += len(new[len(old) :])
        wide = len(self._columns) + 1
        for one, other in zip(old, new, strict=False):
            if one[1:wide] == other[1:wide]:
                continue
            for place, name in enumerate(self._columns):
                if one[1 + place] != other[1 + place]:
                    self._differ[place] += 1
                    self._note(name, one)

    def _note(self, name: str, row: Row) -> None:
        key = row[len(self._columns) + 1 :]
        if key:
            self._first.setdefault(name, First()).add(key)


def _grouped(rows: Iterator[Row]) -> Iterator[tuple[Any, list[Row]]]:
    for mark, group in itertools.groupby(rows, key=lambda row: row[0]):
        yield mark, list(group)
