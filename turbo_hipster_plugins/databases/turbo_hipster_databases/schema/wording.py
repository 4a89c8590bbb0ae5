"""How the things of a schema are told in words, one line each."""

from __future__ import annotations

from collections.abc import Mapping

Path = tuple[str, ...]
Facts = Mapping[str, str]

_ORDER = ("column", "primary key", "unique", "foreign key", "index", "check")
_LEADING = {
    "column": ("type",),
    "primary key": (),
    "foreign key": ("references",),
    "sequence": ("type",),
}
_LONG = 160
_AROUND = 30


def where(path: Path, facts: Facts) -> str:
    """Name a thing: ``index users(email)``, ``column users.name``."""
    if len(path) < 3:
        return " ".join(path)
    table, kind, name = path[1], path[2], path[3] if len(path) > 3 else ""
    if kind == "column":
        return f"column {table}.{name}"
    if kind in ("primary key", "unique", "foreign key", "index", "exclusion"):
        columns = facts.get("columns", "")
        named = "" if not name or name.startswith("(") else f" {name} on"
        return f"{kind}{named} {table}({columns})"
    return f"{kind} {table}: {name}"


def said(path: Path, facts: Facts) -> str:
    """Say what matters of a thing, behind its name."""
    kind = path[2] if len(path) > 2 else path[0]
    leading = _LEADING.get(kind, ())
    words = [_arrow(name) + facts[name] for name in leading if name in facts]
    for name in sorted(facts):
        value = facts[name]
        if name in leading or name == "columns" or value == path[-1]:
            continue
        if name == "nullable":
            words += [] if value == "yes" else ["not null"]
        elif value == "yes":
            words.append(name)
        else:
            words.append(f"{name} {shortened(value)}")
    return " ".join(words)


def line(path: Path, facts: Facts) -> str:
    """Return a thing's name and what matters of it."""
    return f"{where(path, facts)} {said(path, facts)}".rstrip()


def order(path: Path) -> tuple[object, ...]:
    """Return the key that sorts things: a table, then its parts."""
    if len(path) > 2:
        rank = _ORDER.index(path[2]) if path[2] in _ORDER else len(_ORDER)
        return (path[0], path[1], rank, *path[2:])
    return (path[0], path[1] if len(path) > 1 else "", -1, *path[2:])


def outline(things: Mapping[Path, Facts]) -> list[str]:
    """Return the lines of a whole schema, parts beneath their table."""
    return [
        f"  {inner(path, things[path])}"
        if len(path) > 2 and path[:2] in things
        else line(path, things[path])
        for path in sorted(things, key=order)
    ]


def shortened(value: str, limit: int = _LONG) -> str:
    """Return a value that fits a line."""
    value = " ".join(value.split())
    return value if len(value) <= limit else value[: limit - 1] + "…"


def contrast(before: str, after: str) -> tuple[str, str]:
    """Return two long values cut down to where they differ."""
    if max(len(before), len(after)) <= _LONG:
        return shortened(before), shortened(after)
    head = _alike(before, after)
    tail = _alike(before[head:][::-1], after[head:][::-1])
    start = max(0, head - _AROUND)
    shown = []
    for value in (before, after):
        end = min(len(value), len(value) - tail + _AROUND)
        piece = shortened(value[start:end])
        piece = f"…{piece}" if start else piece
        shown.append(f"{piece}…" if end < len(value) else piece)
    return shown[0], shown[1]


def inner(path: Path, facts: Facts) -> str:
    """Return a line that need not name the table again."""
    if len(path) < 3:
        return line(path, facts)
    name = path[3] if len(path) > 3 else ""
    columns = facts.get("columns", "")
    if columns:
        name = "" if name.startswith("(") else name
        name = f"{name} ({columns})".lstrip()
    return " ".join(filter(None, [path[2], name, said(path, facts)]))


def _alike(one: str, other: str) -> int:
    """Return how many letters are the same before the first that is not."""
    for at, (here, there) in enumerate(zip(one, other, strict=False)):
        if here != there:
            return at
    return min(len(one), len(other))


def _arrow(name: str) -> str:
    return "→ " if name == "references" else ""
