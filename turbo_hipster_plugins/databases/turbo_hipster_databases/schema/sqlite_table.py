"""What a CREATE TABLE or CREATE INDEX of SQLite says.

SQLite keeps the text of each statement and has no other record of checks,
collations and names of constraints; the pragmas tell less than the text.
A text is parsed once, however often a schema is read.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from turbo_hipster_databases.schema.gathering import (
    Part,
    Parts,
    action,
    numbered,
    part,
    referred,
)
from turbo_hipster_databases.schema.sql_text import (
    Token,
    close_of,
    listed,
    plain,
    quoted,
    split,
    stripped,
    tokens,
    written,
)

_TABLE_WORDS = ("constraint", "primary", "unique", "check", "foreign")
_COLUMN_WORDS = (
    *("constraint", "primary", "not", "null", "unique", "check", "default"),
    *("collate", "references", "generated", "as", "on"),
)
_OPEN, _CLOSE, _STOP = Token("sign", "("), Token("sign", ")"), Token("", "")


@functools.lru_cache(maxsize=8192)
def table_parts(table: str, sql: str) -> Parts:
    """Return the table and its parts; the text is SQLite's own."""
    return numbered(_Table(table, tokens(sql, "sqlite")).parts())


@functools.lru_cache(maxsize=8192)
def index_parts(table: str, name: str, sql: str) -> Parts:
    """Return an index that was made by a statement of its own."""
    words = tokens(sql, "sqlite")
    start = words.index(_OPEN)
    end = close_of(words, start)
    tail = words[end + 1 :]
    facts = {
        "columns": _columns(words[start + 1 : end]),
        "unique": "yes" if words[1].says("unique") else "",
        "where": written(stripped(tail[1:])) if tail else "",
    }
    return numbered([part(("table", table), "index", name, facts)])


class _Table:
    """Walks over the tokens of one CREATE TABLE."""

    def __init__(self, name: str, words: list[Token]) -> None:
        self.name = name
        self._words = words
        self._at = 0
        self._columns: dict[str, dict[str, str]] = {}
        self._parts: list[Part] = []

    def parts(self) -> list[Part]:
        facts = {}
        if self._words[1].says("virtual"):
            at = next(
                at for at, w in enumerate(self._words) if w.says("using")
            )
            facts["virtual"] = written(self._words[at + 1 :])
        else:
            start = self._words.index(_OPEN)
            end = close_of(self._words, start)
            facts = {
                written(option).lower(): "yes"
                for option in split(self._words[end + 1 :])
                if option
            }
            for item in split(self._words[start + 1 : end]):
                self._item(item)
        columns = [
            (("table", self.name, "column", column), known)
            for column, known in self._columns.items()
        ]
        return [(("table", self.name), facts), *columns, *self._parts]

    def _item(self, words: Sequence[Token]) -> None:
        self._words, self._at = [*words, _STOP], 0
        if self._next().says(*_TABLE_WORDS):
            self._constraints("")
            return
        column = self._take().text
        start = self._at
        while self._next() != _STOP and not self._next().says(*_COLUMN_WORDS):
            if self._next() == _OPEN:
                self._at = close_of(self._words, self._at)
            self._at += 1
        said = written(self._words[start : self._at]).lower()
        facts = {"type": said.replace(" (", "(").replace(", ", ",")}
        facts["nullable"] = "yes"
        self._columns[column] = facts
        self._constraints(column)

    def _constraints(self, column: str) -> None:
        name = ""
        while self._next() != _STOP:
            if self._skip("constraint"):
                name = self._take().text
                continue
            self._constraint(column, name)
            name = ""

    def _constraint(self, column: str, name: str) -> None:
        own, facts = [column], self._columns.get(column, {})
        if self._skip("primary"):
            self._skip("key")
            self._primary_key(column, name)
        elif self._skip("unique"):
            columns = quoted(column) if column else self._bracket_columns()
            self._add("unique", name, {"columns": columns} | self._conflict())
        elif self._skip("check"):
            said = {"expression": self._bracket()}
            self._add("check", name, said | self._conflict())
        elif self._skip("foreign"):
            self._skip("key")
            own = self._bracket_names()
            self._skip("references")
            self._reference(own, name)
        elif self._skip("references"):
            self._reference(own, name)
        elif self._skip("not"):
            self._skip("null")
            facts["nullable"] = "no"
            conflict = self._conflict().get("on conflict", "")
            facts["null on conflict"] = conflict
        elif self._skip("default"):
            facts["default"] = self._default()
        elif self._skip("collate"):
            collation = self._take().text.lower()
            facts["collation"] = "" if collation == "binary" else collation
        elif self._skip("generated", "always"):
            pass
        elif self._skip("as"):
            computed = self._bracket()
            kind = "stored" if self._skip("stored") else "virtual"
            self._skip("virtual")
            facts["generated"] = f"{computed} {kind}"
        else:  # NULL, or a word of a later SQLite
            self._at += 1
            self._conflict()

    def _primary_key(self, column: str, name: str) -> None:
        if column:
            columns = quoted(column)
            self._skip("asc")
            if self._skip("desc"):
                columns += " desc"
        else:
            columns = self._bracket_columns(counted=True)
        facts = {"columns": columns, "name": name} | self._conflict()
        if self._skip("autoincrement"):
            facts["autoincrement"] = "yes"
        path = ("table", self.name, "primary key")
        self._parts.append((path, facts))

    def _reference(self, own: list[str], name: str) -> None:
        table = self._take().text
        columns = self._bracket_names() if self._next() == _OPEN else []
        facts = {
            "columns": listed(own),
            "references": referred(table, columns)
            if columns
            else quoted(table),
        }
        while True:
            if self._skip("on"):
                event = f"on {self._take().text.lower()}"
                word = self._take().text
                if word.lower() in ("set", "no"):
                    word += " " + self._take().text
                facts[event] = action(word)
            elif self._skip("match"):
                self._take()  # parsed by SQLite, and of no effect
            elif self._skip("deferrable"):
                facts["deferrable"] = "yes"
            elif self._skip("initially"):
                if self._take().says("deferred"):
                    facts["deferred"] = "yes"
            elif self._next().says("not") and self._words[self._at + 1].says(
                "deferrable"
            ):
                self._at += 2
                self._skip("initially", "deferred", "immediate")
                self._skip("initially", "deferred", "immediate")
            else:
                break
        if "deferred" not in facts:
            facts.pop("deferrable", None)  # then it is checked at once
        self._add("foreign key", name, facts)

    def _conflict(self) -> dict[str, str]:
        if self._next().says("on") and self._words[self._at + 1].says(
            "conflict"
        ):
            self._at += 2
            word = self._take().text.lower()
            return {} if word == "abort" else {"on conflict": word}
        return {}

    def _default(self) -> str:
        if self._next() == _OPEN:
            return self._bracket()
        sign = self._take()
        if sign.kind != "sign":
            return written([sign])
        return sign.text.strip("+") + written([self._take()])

    def _bracket_tokens(self) -> Sequence[Token]:
        start = self._at
        self._at = close_of(self._words, start) + 1
        return self._words[start + 1 : self._at - 1]

    def _bracket(self) -> str:
        return written(stripped(self._bracket_tokens()))

    def _bracket_names(self) -> list[str]:
        return [words[0].text for words in split(self._bracket_tokens())]

    def _bracket_columns(self, counted: bool = False) -> str:
        words = self._bracket_tokens()
        last = words[-1]
        if counted and last.says("autoincrement"):
            words = words[:-1]
        return _columns(words)

    def _add(self, kind: str, name: str, facts: dict[str, str]) -> None:
        self._parts.append(part(("table", self.name), kind, name, facts))

    def _next(self) -> Token:
        return self._words[self._at]

    def _take(self) -> Token:
        self._at += 1
        return self._words[self._at - 1]

    def _skip(self, *words: str) -> bool:
        if self._next().says(*words):
            self._at += 1
            return True
        return False


def _columns(words: Sequence[Token]) -> str:
    """Write the columns of an index; what is usual is not said."""
    said = []
    for column in split(words):
        if column[-1].says("asc"):
            column = column[:-1]
        if len(column) == 1 and column[0].kind != "number":
            name = column[0].text.strip("'")
            said.append(name if plain(name) else quoted(name))
        else:
            said.append(written(column))
    return ", ".join(said)
