"""Fakes of the contracts of turbo_hipster_databases: a history in memory."""

import copy
import dataclasses
import threading
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from turbo_hipster import model, task
from turbo_hipster.testing import run_task
from turbo_hipster_databases.engine import Engine
from turbo_hipster_databases.migration_tool import MigrationTool, Project
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
from turbo_hipster_db_migration import lane
from turbo_hipster_db_migration.board import Board
from turbo_hipster_db_migration.checks import engines as equal
from turbo_hipster_db_migration.ground import Ground
from turbo_hipster_db_migration.options import OPTIONS


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
                    files={f"{one.revision}.py": "hash"},
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
        self.log = []
        self.lock = threading.Lock()

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

    def __init__(self, engine, database):
        self.engine, self.database = engine, database
        self.body = database

    def connect(self):
        database = self.database

        class Cursor:
            def execute(self, query):
                self.table = query.partition(" FROM ")[2].strip('"')

            def fetchone(self):
                return (database["tables"].get(self.table, 0),)

            def close(self):
                pass

        return SimpleNamespace(cursor=Cursor, close=lambda: None)

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


class FakeChange:
    base = None

    def __init__(self, only):
        self.only = only

    def judged(self, history):
        revisions = {one.revision for one in history.migrations}
        return frozenset(
            revisions if self.only is None else revisions & set(self.only)
        )


class FakeBefore:
    def __init__(self, differences, failed_at):
        self.old, self.failed = differences, failed_at

    def differences(self, ground):
        return self.old

    def failed_at(self, ground):
        return self.failed


def settings(**options):
    """Return the options of a job with their defaults."""
    values = {option.dest: option.default for option in OPTIONS}
    return SimpleNamespace(**{**values, **options})


class Judged:
    """What came of a run of all checks of one or several fake engines."""

    def __init__(self, outcome, tool, servers):
        self.outcome, self.tool, self.servers = outcome, tool, servers

    def ids(self, severity="fail"):
        return [
            one.id
            for one in self.outcome.findings
            if one.severity.value == severity
        ]

    @property
    def finding(self):
        (one,) = self.outcome.findings
        return one

    def cells(self, row=0):
        return {
            name.rpartition("(")[2].strip(")"): value
            for name, value in self.outcome.tables["checks"].rows[row].items()
        }

    def gaps(self):
        return {one.what: one.why for one in self.outcome.not_checked}


@pytest.fixture
def step():
    return Step


@pytest.fixture
def judge():
    """Run the checks of fake engines over fake steps, each on the last."""

    def judge(
        *steps, only=None, transactional=False, more=None, before=None,
        failed_before="", options=None, **facts,
    ):  # fmt: skip
        chain = []
        for one in steps:
            if chain and not one.parents:
                one = dataclasses.replace(one, parents=(chain[-1].revision,))
            chain.append(one)
        tool = FakeTool(chain, **facts)
        engines = more or {"fakesql": ()}
        made = []

        class Judge(task.Task):
            """Run the checks."""

            def run(self, context):
                board, walks = Board(context), {}
                for name, extra in engines.items():
                    engine = FakeEngine(name, transactional, extra)
                    servers = FakeServers(engine)
                    made.append(servers)
                    project = Project(context.workspace, Path("/python"))
                    ground = Ground(
                        context, settings(**(options or {})), engine,
                        engine.releases()[0], servers, servers, tool,
                        project, board, threading.Event(),
                    )  # fmt: skip
                    walks[name] = lane.run(
                        ground,
                        FakeChange(only),
                        FakeBefore(before, failed_before),
                    )
                ended = {
                    name: walk
                    for name, walk in walks.items()
                    if walk and walk.schema
                }
                titles = {name: name.title() for name in engines}
                equal.check(board, ended, titles)
                board.show(titles)
                return model.Result.success()

        outcome = run_task(Judge)
        assert [servers.lent for servers in made] == [0] * len(made)
        return Judged(outcome, tool, made)

    return judge
