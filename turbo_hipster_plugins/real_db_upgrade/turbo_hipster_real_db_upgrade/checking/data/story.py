"""The story of a step: its statements, one after the other.

What a statement says is taken at its word; one that cannot be read makes
every table that it names one that anything may happen to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from turbo_hipster_databases.schema.sql_text import Token, tokens
from turbo_hipster_real_db_upgrade.checking.data import altering, writing
from turbo_hipster_real_db_upgrade.checking.data.bodies import ALL, Body, Way
from turbo_hipster_real_db_upgrade.checking.data.copying import copy
from turbo_hipster_real_db_upgrade.checking.data.names import (
    OPEN,
    at,
    bare,
    name,
    names,
    skip,
    until,
)

OPAQUE = ("execute", "exec", "prepare", "handler", "load", "copy")
"""Statements whose effect stands elsewhere."""
MADE_UP = ("execute", "prepare")
"""Words in a routine that runs statements which it makes up itself."""


class Story:
    """Follows the tables of a state through a step's statements.

    ``bodies`` has the body of each table of the state before, ``present``
    what there is now, both by bare name.  ``routines`` maps the names of
    stored routines to their texts: a call is read as the text.
    """

    def __init__(
        self,
        engine: str,
        tables: Iterable[str],
        routines: dict[str, str] | None = None,
    ) -> None:
        self.engine = engine
        self.bodies = {bare(table): Body(bare(table)) for table in tables}
        self.present = dict(self.bodies)
        self.words: set[str] = set()
        self._routines = dict(routines or {})
        self._reading: set[str] = set()

    def tell(self, statement: str, *, tables: bool = True) -> None:
        """Go on by a statement; without ``tables`` only rows are followed."""
        for piece in _pieces(tokens(statement, self.engine)):
            self.words |= {word.text.lower() for word in piece}
            self._tell(piece, tables)

    def body(self, table: str) -> Body:
        """Return the body that has this bare name now."""
        return self.present.setdefault(table, Body())

    def anything(self, words: Iterable[Token], way: Way = Way.SOME) -> None:
        """Let anything happen to every table that is named."""
        for word in words:
            found = self.present.get(word.text.lower())
            if found is not None:
                found.filled = True
                found.write(ALL)
                found.ways.add(way)

    def unseen(self, text: str) -> None:
        """Let anything happen to the tables that a text names."""
        words = tokens(text, self.engine)
        self.words |= {word.text.lower() for word in words}
        self.anything(words, Way.UNSEEN)

    def _tell(self, words: Sequence[Token], tables: bool) -> None:
        first = at(words, 0)
        if first.says("create"):
            if tables:
                self._create(words)
        elif first.says("alter"):
            if tables and at(words, 1).says("table", "ignore", "online"):
                altering.alter(self, words)
        elif first.says("drop"):
            if tables and at(words, 1).says("table"):
                place = skip(words, 2, "if", "exists")
                for table in names(words, place)[0]:
                    self.present.pop(table, None)
        elif first.says("rename") and at(words, 1).says("table", "tables"):
            if tables:
                altering.rename(self, words)
        else:
            self._rows(words)

    def _create(self, words: Sequence[Token]) -> None:
        place = skip(
            words, 1, "or", "replace", "temporary", "temp", "unlogged",
            "global", "local",
        )  # fmt: skip
        if not at(words, place).says("table"):
            return
        place = skip(words, place + 1, "if", "not", "exists")
        table, place = name(words, place)
        made = self.present[table] = Body()
        start = until(words, place, "select", "with")
        if at(words, start).says("select"):
            made.copies += copy(self, words[start:], None)

    def _rows(self, words: Sequence[Token]) -> None:
        """Follow what changes rows, wherever in the statement it stands."""
        writing.write(self, words)
        if at(words, 0).says(*OPAQUE):
            self.anything(words, Way.UNSEEN)
        elif at(words, 0).says("do"):
            for inner in _within(words):
                self._read(inner)
        self._calls(words)

    def _calls(self, words: Sequence[Token]) -> None:
        for place, word in enumerate(words):
            called = at(words, place + 1) == OPEN
            if called or at(words, place - 1).says("call"):
                routine = word.text.lower()
                text = self._routines.get(routine)
                if text is not None and routine not in self._reading:
                    self._reading.add(routine)
                    self._read(tokens(text, self.engine))

    def _read(self, words: Sequence[Token]) -> None:
        """Follow the text of a routine."""
        self.words |= {word.text.lower() for word in words}
        for piece in _pieces(words):
            writing.write(self, piece)
        if any(word.says(*MADE_UP) for word in words):
            for body in self.present.values():
                body.filled = True
                body.write(ALL)
                body.ways.add(Way.UNSEEN)
        self._calls(words)


def _pieces(words: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Cut a text at its semicolons; one that makes a routine is not cut."""
    if at(words, 0).says("create") and any(
        word.says("trigger", "function", "procedure", "event")
        for word in words[:6]
    ):
        return
    start = 0
    for place, word in enumerate(words):
        if word == ("sign", ";"):
            if place > start:
                yield words[start:place]
            start = place + 1
    if start < len(words):
        yield words[start:]


def _within(words: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Yield what stands between the dollars of PostgreSQL's texts."""
    for word in words:
        if word.kind == "string" and word.text.startswith("$"):
            mark = word.text[: word.text.index("$", 1) + 1]
            text = word.text[len(mark) : -len(mark)]
            yield tokens(text, "postgresql")
