"""Which of turbo-hipster's rooms a plugin may enter, and which it does."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path

PUBLIC = frozenset(
    {"task", "publisher", "report", "command", "model", "exceptions"}
    | {"testing"}
)
"""What authors of plugins may import; the rest changes without notice."""


def private_imports(package: str) -> list[str]:
    """Return the imports of a package that reach behind the doors.

    Each as ``FILE:LINE imports NAME``; an import for type checkers counts.
    The package is read, not imported.
    """
    return [
        f"{file.name}:{line} imports {name}"
        for file in sources(package)
        for line, name in imports(ast.parse(file.read_bytes(), str(file)))
        if is_private(name)
    ]


def sources(package: str) -> list[Path]:
    """Return the source files of an installed package or module."""
    spec = importlib.util.find_spec(package)
    if spec is None:
        return []
    if not spec.submodule_search_locations:
        return [Path(spec.origin)] if spec.origin else []
    return [
        file
        for folder in spec.submodule_search_locations
        for file in sorted(Path(folder).rglob("*.py"))
        if "tests" not in file.relative_to(folder).parts
    ]


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and full name of everything that is imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def is_private(name: str) -> bool:
    """Say whether ``name`` lies in a room of ours that is not public."""
    house, _, rest = name.partition(".")
    room = rest.partition(".")[0]
    return (
        house == "turbo_hipster"
        and bool(room)
        and room not in PUBLIC | {"__version__"}
    )
