"""Whether columns of different engines hold the same values."""

from __future__ import annotations

from turbo_hipster_databases.schema.families import Kind
from turbo_hipster_databases.schema.leniencies import PAIRS
from turbo_hipster_databases.schema.sides import Allows, Column
from turbo_hipster_databases.schema.spelling import MARIADB

_NEXT_WIDTH = {"8": "16", "24": "32"}


class Types:
    """Compares types under the leniencies that hold."""

    def __init__(self, engines: tuple[str, str], allows: Allows) -> None:
        self._engines, self._allows = engines, allows
        self._sqlite = "sqlite" in engines

    def differ(self, one: Column, other: Column) -> bool:
        """Say whether the types are not the same, nor may be so called."""
        if "unsigned" in one.type + other.type and not self._allows(
            "unsigned"
        ):
            return True
        if one.kind.family == other.kind.family:
            return self._sizes_differ(one.kind, other.kind) or (
                self._spelling_differs(one, other)
            )
        if "" in (one.type, other.type) and self._sqlite:
            return not self._allows("sqlite-typeless")
        pair = PAIRS.get(frozenset({one.kind.family, other.kind.family}))
        if pair is None:
            return True
        engines, leniency = pair
        if engines and not any(map(self._has, engines)):
            return True
        return not self._allows(leniency)

    def _has(self, engine: str) -> bool:
        names = MARIADB if engine == "mariadb" else (engine,)
        return any(name in names for name in self._engines)

    def _sizes_differ(self, one: Kind, other: Kind) -> bool:
        if one.size == other.size:
            return False
        if self._sqlite and self._allows("sqlite-size"):
            return False
        if one.family == "integer" and self._allows("tiny-width"):
            widths = {_NEXT_WIDTH.get(k.size, k.size) for k in (one, other)}
            return len(widths) > 1
        return True

    def _spelling_differs(self, one: Column, other: Column) -> bool:
        """Look at what a family leaves out, where one is not lenient."""
        leniency = {
            "float": "float-width",
            "text": "text-limit",
            "binary": "binary-limit",
            "json": "json-kinds",
            "timestamp": "timestamp-zone",
        }.get(one.kind.family)
        if leniency is None or self._allows(leniency):
            return False
        return one.type != other.type
