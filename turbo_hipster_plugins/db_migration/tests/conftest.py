"""Fakes of the contracts of turbo_hipster_databases: a history in memory."""

import copy
import dataclasses
import threading
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from turbo_hipster_databases.engine import Engine
from turbo_hipster_databases.migration_tool import MigrationTool
from turbo_hipster_databases.model import (
    Direction,
    Failure,
    History,
    Measured,
    Migration,
    Ran,
    Release,
)
from turbo_hipster_databases.schema.model import Schema, Thing


class Refused(Exception):
    """The fake database does not do that."""


def do(database, order):
    """Do one order on a database: ``make t``, ``drop t``, ``row t`` ..."""
    verb, _, table = order.partition(" ")
    tables = database["tables"]
    if verb == "kill":
        database["dead"] = True
        raise Refused("the connection was lost")
    if verb == "fail":
        raise Refused(table)
    if verb == "make" and table in tables:
        raise Refused(f"table {table} exists")
    if verb == "drop" and table not in tables:
        raise Refused(f"there is no table {table}")
    if verb in ("make", "need"):  # to need a table is to bear that it exists
        tables.setdefault(table, 0)
    elif verb == "twice":  # what it does depends on what it finds
        tables[f"{table}_again" if table in tables else table] = 0
    elif verb == "drop":
        del tables[table]
    elif verb == "row":
        tables[table] += 1
    elif verb == "fill":
        tables[table] = 1


@dataclasses.dataclass(frozen=True)
class Step:
    """A fake migration; ``down`` None says that there is no way back."""

    revision: str
    up: tuple = ()
    down: tuple | None = ()
    parents: tuple = ()
    can_undo: bool | None = None
    seconds: float = 0.1
    kind: str = "sql"


class FakeStepper:
    def __init__(self, tool, server):
        self.tool, self.server = tool, server

    def history(self):
        if self.tool.broken:
            raise self.tool.broken
        steps = self.tool.steps
        parents = {name for one in steps for name in one.parents}
        heads = tuple(
            one.revision for one in steps if one.revision not in parents
        )
        return History(
            tuple(
                Migration(
                    one.revision,
                    one.parents,
                    files=self.tool.files_of(one.revision),
                    can_undo=one.can_undo,
                )
                for one in steps
            ),
            heads,
            self.tool.fineness,
            self.tool.lines,
        )

    def current(self):
        return tuple(self.server.database["at"])

    def step(
        self, migration, direction=Direction.UP, *, die_after=None,
        kill_at=None, timeout=None,
    ):  # fmt: skip
        step = next(
            one
            for one in self.tool.steps
            if one.revision == migration.revision
        )
        orders = step.up if direction is Direction.UP else step.down
        self.tool.log.append((direction.value, step.revision))
        if orders is None:
            why = Failure("no downgrade", kind="not_implemented")
            return Ran(migration, direction, step.seconds, (), why)
        told = orders if self.tool.has_statement_hook else None
        with self.tool.lock:
            return self._run(step, migration, direction, orders, told,
                             die_after, kill_at)  # fmt: skip

    def _run(self, step, migration, direction, orders, told, die, kill_at):
        database = self.server.database
        before = copy.deepcopy(database)
        if kill_at is not None:
            die = max(1, round(len(orders) * kill_at / step.seconds))
        for number, order in enumerate(orders, 1):
            failure = None
            try:
                do(database, order)
            except Refused as error:
                failure = Failure(str(error), step.kind, order, "FK001")
            if failure or die == number:
                if self.server.engine.transactional:
                    database.clear()
                    database.update(before)
                return Ran(migration, direction, step.seconds, told, failure,
                           die == number and not failure)  # fmt: skip
        if not self.tool.forgets:
            at = set(database["at"])
            added = {step.revision}
            gone = set(step.parents)
            if direction is Direction.DOWN:
                added, gone = gone, added
            database["at"] = sorted((at - gone) | added)
        return Ran(migration, direction, step.seconds, told)

    def differences(self):
        if isinstance(self.tool.differences, Exception):
            raise self.tool.differences
        return self.tool.differences

    def close(self):
        pass


class FakeTool(MigrationTool):
    name = "fake"

    def __init__(self, steps, **facts):
        self.steps = steps
        self.differences = facts.get("differences", ())
        self.broken = facts.get("broken")
        self.forgets = facts.get("forgets", False)
        self.has_statement_hook = facts.get("hook", True)
        self.fineness = facts.get("fineness", "each")
        self.lines = facts.get("lines", 1)
        self.names_files = facts.get("names_files", True)
        self.log = []
        self.lock = threading.Lock()

    def files_of(self, revision):
        if callable(self.names_files):
            return self.names_files(revision)
        return {f"{revision}.py": "hash"} if self.names_files else {}

    @contextmanager
    def open(self, context, project, server):
        yield FakeStepper(self, server)


class FakeObserver:
    def __init__(self, server):
        self.server = server

    def begins(self):
        pass

    def ends(self):
        assert self.server.alive()
        return Measured(0.1)

    def close(self):
        pass


class FakeEngine(Engine):
    drivers = {"fake": "fake"}
    fallback = ""

    def __init__(self, name, transactional, more):
        self.name, self.title = name, name.title()
        self.transactional, self.more = transactional, more

    def schema(self, server):
        names = [*server.database["tables"], *self.more]
        paths = [("table", name) for name in names]
        return Schema(self.name, {path: Thing(path) for path in paths})

    def observer(self, server):
        return FakeObserver(server)

    def releases(self):
        return [Release(self.name, "1.0", Path("/"))]

    advice = argv = initialise = load = url = connect = None


FakeEngine.__abstractmethods__ = frozenset()


class FakeServer:
    technique = "copy"
    release = Release("fake", "1.0", Path("/"))

    def __init__(self, engine, database):
        self.engine, self.database = engine, database
        self.body = database

    def connect(self):
        database = self.database

        class Cursor:
            def execute(self, query):
                self.table = query.partition("COUNT(*) FROM ")[2]

            def fetchall(self):
                return [(name, name) for name in database["tables"]]

            def fetchone(self):  # there are no other sessions
                return (database["tables"].get(self.table, 0),)

            def close(self):
                pass

        return SimpleNamespace(cursor=Cursor, close=lambda: None)

    def url(self, scheme=""):
        return "fake:///"

    def alive(self):
        return not self.database.get("dead")

    def stop(self, *, clean=False):
        pass


class FakeServers:
    """Also the store of snapshots."""

    def __init__(self, engine):
        self.engine = engine
        self.lent = 0

    def empty(self, engine, release=None):
        self.lent += 1
        return FakeServer(engine, {"tables": {}, "at": []})

    def clone(self, snapshot):
        self.lent += 1
        return FakeServer(self.engine, copy.deepcopy(snapshot))

    def stop(self, server):
        self.lent -= 1

    def owner(self, engine, release):
        return ""

    def keep(self, manifest, body):
        return copy.deepcopy(body)


@pytest.fixture
def fakes():
    """The fakes by their names."""
    return SimpleNamespace(
        Step=Step, Tool=FakeTool, Engine=FakeEngine, Servers=FakeServers
    )
