"""Names in statements: where they stand, and how they are compared."""

from __future__ import annotations

from collections.abc import Sequence

from turbo_hipster_databases.schema.sql_text import Token

END = Token("", "")
DOT, COMMA = Token("sign", "."), Token("sign", ",")
OPEN, CLOSE = Token("sign", "("), Token("sign", ")")


def bare(name: str) -> str:
    """Return a name without its schema, in lower case.

    Engines differ in which letters they tell apart; two tables that differ
    in nothing else are one for us, and both count as named.
    """
    return name.rpartition(".")[2].lower()


def at(words: Sequence[Token], place: int) -> Token:
    """Return the word at a place; END beyond the last."""
    return words[place] if 0 <= place < len(words) else END


def skip(words: Sequence[Token], place: int, *texts: str) -> int:
    """Return the place behind any of these bare words."""
    while at(words, place).says(*texts):
        place += 1
    return place


def name(words: Sequence[Token], place: int) -> tuple[str, int]:
    """Read a name, with its schema or not; return it bare, and what follows.

    Nothing is read where none stands: the name is empty then.
    """
    found = ""
    while at(words, place).kind in ("word", "quoted"):
        found = words[place].text.lower()
        place += 1
        if at(words, place) != DOT:
            break
        place += 1
    return found, place


def names(words: Sequence[Token], place: int) -> tuple[list[str], int]:
    """Read names between commas."""
    found: list[str] = []
    while True:
        one, place = name(words, place)
        if not one:
            return found, place
        found.append(one)
        if at(words, place) != COMMA:
            return found, place
        place += 1


def level(words: Sequence[Token], start: int) -> list[int]:
    """Return the places from ``start`` that are in the same bracket."""
    depth = 0
    found: list[int] = []
    for place in range(start, len(words)):
        if words[place] == OPEN:
            depth += 1
        elif words[place] == CLOSE:
            depth -= 1
            if depth < 0:
                break
        elif not depth:
            found.append(place)
    return found


def until(words: Sequence[Token], start: int, *texts: str) -> int:
    """Return where one of these words stands in the same bracket.

    Or the end of the bracket.
    """
    depth = 0
    for place in range(start, len(words)):
        if words[place] == OPEN:
            depth += 1
        elif words[place] == CLOSE:
            depth -= 1
            if depth < 0:
                return place
        elif not depth and words[place].says(*texts):
            return place
    return len(words)
