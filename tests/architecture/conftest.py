"""The plan of the house, and the one who walks through it with the plan.

Every import of every module is read from its syntax tree, those under
TYPE_CHECKING and within functions included.
"""

import ast
import dataclasses
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = "turbo_hipster"
EXTENSIONS = "turbo_hipster_plugins"

FLOORS = {
    "exceptions": 1,
    "model": 2,
    "conf": 2,
    "task": 3,
    "publisher": 3,
    "report": 3,
    "command": 3,
    "gearman": 3,
    "git": 3,
    "reports": 3,
    "watching": 3,
    "publishers": 3,
    "steps": 3,
    "plugins": 4,
    "builds": 4,
    "testing": 4,
    "worker": 5,
    "service": 6,
    "doctor": 6,
    "cli": 7,
    "__main__": 7,
}

NEIGHBOURS = {
    ("publishers", "publisher"): "a publisher keeps its contract",
    ("reports", "report"): "a renderer keeps its contract",
    ("__main__", "cli"): "the front door opens into the hall",
    ("builds", "plugins"): "a build loads its one plugin through their door",
    ("testing", "plugins"): "the conformance tests ask a probe",
}
"""Rooms of one floor that do know each other, and why."""

CONTRACT = {
    "task",
    "publisher",
    "report",
    "command",
    "model",
    "exceptions",
    "testing",
}
"""What the author of an extension may import of the core."""

DOORS = {
    "gear": ("gearman/",),
    "stevedore": ("plugins/",),
    "cliff": ("command.py", "cli/"),
    "jinja2": ("reports/",),
    "sqlalchemy": (),
    "alembic": (),
    "subprocess": (
        "builds/launcher.py",  # starts the fork server
        "plugins/guarded.py",  # starts a probe
        "testing/project.py",  # makes a repository for a plugin's test
        "cli/demo",  # makes one for the demonstration
    ),
    "multiprocessing": (),
}
"""The only places of the core that may speak to each stranger."""

BROAD_EXCEPTS = {
    "builds/judging.py": "a task may raise anything: it could not judge",
    "builds/publication.py": "a renderer or publisher may raise anything",
    "worker/slot.py": "one build's trouble must not cost the slot",
}
"""The only places of the core that catch everything, and why."""

LONGEST = 300
BANNED = {"util", "utils", "common", "helper", "helpers", "manager", "misc"}
BROAD = {"Exception", "BaseException"}


@dataclasses.dataclass(frozen=True)
class Import:
    """One imported name, dotted, with its line."""

    name: str
    line: int


def imports(path, package):
    """Yield what a module imports; ``package`` resolves relative ones."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package[: len(package) - node.level + 1]
                base = ".".join([*above, *filter(None, [base])])
            for alias in node.names:
                yield Import(f"{base}.{alias.name}", node.lineno)


def broad_excepts(path):
    """Yield the lines that catch everything, ``suppress`` included."""

    def broad(node):
        if isinstance(node, ast.Tuple):
            return any(map(broad, node.elts))
        if isinstance(node, ast.Attribute):
            return node.attr in BROAD
        return isinstance(node, ast.Name) and node.id in BROAD

    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ExceptHandler):
            if node.type is None or broad(node.type):
                yield node.lineno
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name == "suppress" and any(map(broad, node.args)):
                yield node.lineno


class Walk:
    """Goes through a tree and says what is not as on the plan."""

    def __init__(self, root=ROOT):
        self.root = root

    def modules(self, top):
        found = sorted((self.root / top).rglob("*.py"))
        return [path for path in found if "build" not in path.parts]

    def core(self):
        """Yield path, place below the core, room and imports of it."""
        for path in self.modules(CORE):
            place = path.relative_to(self.root / CORE)
            package = (CORE, *place.parts[:-1])
            yield path, place, place.parts[0].removesuffix(".py"), package

    def climbing(self):
        """Say which imports climb, or go to a neighbour they don't know."""
        for path, _place, room, package in self.core():
            where = path.relative_to(self.root)
            if room == "__init__":
                floor = 0
            elif room not in FLOORS:
                yield (
                    f"{where}: the room {room!r} is not on the plan; give it "
                    "a floor in tests/architecture/conftest.py"
                )
                continue
            else:
                floor = FLOORS[room]
            for one in imports(path, package):
                parts = one.name.split(".")
                if parts[0] != CORE or len(parts) < 2:
                    continue
                other = parts[1]
                there = FLOORS.get(other)
                if other == room or there is None:
                    continue
                line = f"{where}:{one.line}: {room} (floor {floor}) imports"
                if there > floor:
                    yield (
                        f"{line} {one.name}, which is above it (floor "
                        f"{there}). Imports fall: pass the value in as an "
                        f"argument, or move what both need to floor {floor} "
                        "or below"
                    )
                elif there == floor and (room, other) not in NEIGHBOURS:
                    yield (
                        f"{line} {one.name}, its neighbour. Rooms of one "
                        "floor are strangers: let somebody above pass it in"
                    )

    def doors(self):
        """Say which modules speak to a stranger without being its door."""
        for path, place, _room, package in self.core():
            for one in imports(path, package):
                doors = DOORS.get(one.name.split(".")[0])
                if doors is None or place.as_posix().startswith(doors):
                    continue
                stranger = one.name.split(".")[0]
                at = ", ".join(doors) or "an extension"
                yield (
                    f"{path.relative_to(self.root)}:{one.line}: imports "
                    f"{stranger}, whose door is {at}. Ask there for what you "
                    "need; its errors change clothes there too"
                )

    def extensions(self):
        """Say what extensions import of the core beyond the contract."""
        for path in self.modules(EXTENSIONS):
            package = path.relative_to(self.root / EXTENSIONS).parts[1:-1]
            for one in imports(path, package):
                parts = one.name.split(".")
                if parts[0] != CORE or parts[1:2] and parts[1] in CONTRACT:
                    continue
                yield (
                    f"{path.relative_to(self.root)}:{one.line}: an extension "
                    f"imports {one.name}; a third party could not rely on "
                    f"it. There are {', '.join(sorted(CONTRACT))}"
                )

    def sizes_and_names(self):
        """Say which rooms are too large, or have a name that says nothing."""
        for path in [*self.modules(CORE), *self.modules(EXTENSIONS)]:
            where = path.relative_to(self.root)
            lines = path.read_text().count("\n")
            if lines > LONGEST:
                yield (
                    f"{where} has {lines} lines; a room has about 100 and "
                    f"at most {LONGEST}. Which two subjects are in it?"
                )
            bad = {part.removesuffix(".py") for part in where.parts} & BANNED
            if bad:
                yield (
                    f"{where}: {bad.pop()!r} names no subject; call the room "
                    "by what is in it"
                )

    def broad(self):
        """Return each broad ``except`` of the core as path and line."""
        return [
            (place.as_posix(), line)
            for path, place, _room, _package in self.core()
            for line in broad_excepts(path)
        ]


@pytest.fixture(scope="session")
def plan():
    """The lists above, for those who compare."""
    return {"doors": DOORS, "broad": BROAD_EXCEPTS, "contract": CONTRACT}


@pytest.fixture(scope="session")
def house():
    """Walk through this repository."""
    return Walk()


@pytest.fixture
def specimen(tmp_path):
    """Build a house from the given modules and walk through it."""

    def build(**modules):
        for name, text in modules.items():
            place = name.replace("____init__", "/__init__")
            if "__init__" not in place:
                place = place.replace("__", "/")
            path = tmp_path / f"{place}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return Walk(tmp_path)

    return build
