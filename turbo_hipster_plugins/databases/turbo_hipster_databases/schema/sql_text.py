"""SQL text as tokens, and one way to write it.

Two texts that differ in white space, comments, the case of keywords or
quotes that are not needed come out the same.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

KEYWORDS = frozenset(
    """
    action add after all alter always and any array as asc autoincrement
    before begin between both by call cascade case cast check close collate
    column commit conflict constraint continue create cross current
    current_date current_time current_timestamp current_user cursor database
    declare default deferrable deferred delete desc deterministic distinct
    do each else elseif end escape except exclude exists exit explain false
    fetch filter first following for foreign from full function generated
    glob group groups handler having if ignore immediate in index initially
    inner insert instead intersect interval into is isnull iterate join key
    lateral leading leave left like limit loop match materialized natural no
    not nothing notnull null nulls of off offset on only open or order out
    outer over partition plan pragma preceding primary procedure query raise
    range recursive references regexp reindex release rename repeat replace
    restrict return returning returns right rollback row rows savepoint
    schema select set similar some stored table temp temporary then ties to
    trailing transaction trigger true unbounded union unique unknown update
    using vacuum values view virtual when where while window with without
    """.split()  # noqa: SIM905 (a list of 170 strings is no easier to read)
)


class Token(NamedTuple):
    """One word of SQL.

    ``kind`` is ``word``, ``quoted`` (an identifier in quotes, which are
    taken off), ``string`` (a literal, as it stands), ``number`` or ``sign``.
    """

    kind: str
    text: str

    def says(self, *words: str) -> bool:
        """Say whether this is one of these bare words, given in lower."""
        return self.kind == "word" and self.text.lower() in words


_SPACE = r"(?P<space>\s+|--[^\n]*|/\*.*?\*/)"
_REST = (
    r"|(?P<number>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<word>[^\W\d][\w$]*)"
    r"|(?P<sign>->>|->|::|<=|>=|<>|!=|==|\|\||<<|>>|:=|.)"
)
_PATTERNS = {
    "sqlite": _SPACE
    + r"|(?P<string>[xX]?'(?:[^']|'')*')"
    + r'|(?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])'
    + _REST,
    "mariadb": _SPACE
    + r"|(?P<string>[xXbBnN]?'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.|\"\")*\")"
    + r"|(?P<quoted>`(?:[^`]|``)*`)"
    + _REST,
    "postgresql": _SPACE
    + r"|(?P<string>[eE]'(?:[^'\\]|\\.|'')*'|[xXbBnN]?'(?:[^']|'')*'"
    + r"|(?P<tag>\$(?:[^\W\d]\w*)?\$).*?(?P=tag))"
    + r'|(?P<quoted>"(?:[^"]|"")*")'
    + _REST,
}
_COMPILED = {
    engine: re.compile(pattern, re.DOTALL)
    for engine, pattern in _PATTERNS.items()
}
_COMPILED["mysql"] = _COMPILED["mariadb"]


def tokens(text: str, engine: str) -> list[Token]:
    """Cut SQL of that engine into tokens; comments and spaces are left."""
    found = []
    for match in _COMPILED[engine].finditer(text):
        kind = match.lastgroup or "sign"
        word = match.group()
        if kind == "space":
            continue
        if kind == "quoted":
            mark = "]" if word[0] == "[" else word[0]
            word = word[1:-1].replace(mark * 2, mark)
        found.append(Token("string" if kind == "tag" else kind, word))
    return found


def plain(name: str) -> bool:
    """Say whether a name needs no quotes."""
    return bool(re.fullmatch(r"[^\W\d][\w$]*", name)) and (
        name.lower() not in KEYWORDS
    )


def quoted(name: str) -> str:
    """Return a name as it is written in our texts."""
    return name if plain(name) else '"' + name.replace('"', '""') + '"'


def listed(names: Iterable[str]) -> str:
    """Return names as a list between commas."""
    return ", ".join(map(quoted, names))


def close_of(words: Sequence[Token], start: int) -> int:
    """Return where the bracket that opens at ``start`` is closed."""
    depth = 0
    for at in range(start, len(words)):
        if words[at] == ("sign", "("):
            depth += 1
        elif words[at] == ("sign", ")"):
            depth -= 1
            if not depth:
                return at
    return len(words)


def stripped(words: Sequence[Token]) -> Sequence[Token]:
    """Take off brackets around the whole."""
    while (
        words
        and words[0] == ("sign", "(")
        and close_of(words, 0) == len(words) - 1
    ):
        words = words[1:-1]
    return words


def split(words: Sequence[Token]) -> list[Sequence[Token]]:
    """Cut at the commas that stand in no bracket."""
    parts, depth, start = [], 0, 0
    for at, word in enumerate(words):
        if word.kind != "sign":
            continue
        if word.text == "(":
            depth += 1
        elif word.text == ")":
            depth -= 1
        elif word.text == "," and not depth:
            parts.append(words[start:at])
            start = at + 1
    parts.append(words[start:])
    return parts


def written(words: Sequence[Token]) -> str:
    """Write tokens in the one way."""
    text, before = "", Token("sign", "(")
    for at, word in enumerate(words):
        call = at + 1 < len(words) and words[at + 1] == ("sign", "(")
        piece = _piece(word, call)
        if text and not _close(before, word):
            text += " "
        text += piece
        before = word
    return text


@functools.lru_cache(maxsize=8192)
def tidy(text: str, engine: str) -> str:
    """Write SQL in the one way, without brackets around the whole."""
    return written(stripped(tokens(text, engine)))


def _piece(word: Token, call: bool) -> str:
    if word.kind == "quoted":
        return quoted(word.text)
    if word.kind == "word" and (call or word.text.lower() in KEYWORDS):
        return word.text.lower()
    return word.text


def _close(before: Token, word: Token) -> bool:
    """Say whether there is no space between the two."""
    if word.kind == "sign" and word.text in "),.;::[]":
        return True
    if before.kind == "sign" and before.text in "(.::[":
        return True
    return (
        word == ("sign", "(")
        and before.kind in ("word", "quoted")
        and (
            before.text.lower() not in KEYWORDS
            or before.text.lower().startswith("current_")
        )
    )
