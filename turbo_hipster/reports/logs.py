"""The logs of a build, ready to be shown line by line."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from turbo_hipster.reports import excerpt
from turbo_hipster.reports.loglines import Line, Reader

KNOWN = ("task_output.log", "shell_output.log", "git_prep.log")
MOST = 12  # logs shown; others are linked

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,80}\.log")
_BLOCK = 100  # lines; a browser skips blocks out of sight
_BEFORE, _AFTER = 4, 8  # lines shown around a telling one
_GLANCE = 400  # characters of each of them


class Stretch:
    """Lines without a gap, and what was left out before them."""

    def __init__(self, piece: excerpt.Piece, reader: Reader) -> None:
        self.skipped_lines = piece.skipped_lines
        self.skipped_bytes = piece.skipped_bytes
        self._piece = piece
        self._reader = reader  # counts time from the log's first stamp

    def blocks(self) -> Iterator[list[Line]]:
        """Yield the lines, a hundred at a time."""
        lines = self._reader.lines(self._piece.data, self._piece.first)
        while block := list(islice(lines, _BLOCK)):
            yield block


class Log:
    """One log: its size, its stretches, the first telling line."""

    def __init__(self, cut: excerpt.Excerpt) -> None:
        self.name = cut.name
        self.size = cut.survey.size
        self.lines = cut.survey.lines
        self.digits = max(3, len(str(self.lines)))
        self.error_line = cut.survey.error_line
        self.cut_bytes = cut.cut_bytes
        self.whole = not cut.cut_bytes and len(cut.pieces) < 2
        self.pieces = cut.pieces
        self.gave_up = not (cut.survey.searched or cut.survey.error_line)

    def stretches(self) -> Iterator[Stretch]:
        """Yield what is shown, from top to bottom."""
        reader = Reader()
        for piece in self.pieces:
            yield Stretch(piece, reader)

    def around(self) -> list[Line]:
        """Return the telling line with a few lines of context."""
        low, high = self.error_line - _BEFORE, self.error_line + _AFTER
        for piece in self.pieces:
            last = piece.first + piece.data.count(b"\n")
            if piece.first <= self.error_line <= last:
                lines = Reader(_GLANCE).lines(piece.data, piece.first)
                skipped = max(0, low - piece.first)
                return list(islice(lines, skipped, high - piece.first + 1))
        return []


def logs(folder: Path, search: bool) -> tuple[list[Log], list[str]]:
    """Return the logs to show, and the names of those only linked."""
    try:
        found = (entry.name for entry in os.scandir(folder))
        present = set(filter(_NAME.fullmatch, found))
    except OSError:
        present = set()
    names = [name for name in KNOWN if name in present]
    names += sorted(present.difference(KNOWN))
    cuts = excerpt.read(folder, names[:MOST], search)
    return [Log(cut) for cut in cuts], names[MOST:]


def first_error(shown: Iterable[Log]) -> Log | None:
    """Choose the log to point at: what ran, then git, then our own."""
    last = ("git_prep.log", "task_output.log")
    found = [log for log in shown if log.error_line]
    return min(
        found,
        key=lambda log: last.index(log.name) + 1 if log.name in last else 0,
        default=None,
    )
