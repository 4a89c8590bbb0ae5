"""nova with the data of a cloud: a repository and a gigabyte at version 216.

The repository has nova's own migrations, in three commits: up to 390, up to
405 and up to 412; the last one is the change.  The data are made once: an
empty database climbs to 216, two tables are filled, and what a build loads is
the dump of that.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

from benchmarks import database_builds, datasets
from benchmarks.nova import REQUIREMENTS
from turbo_hipster.task import TaskContext
from turbo_hipster.testing import Project as Repository
from turbo_hipster_databases.engine import Engine, Server
from turbo_hipster_databases.environments import Environment, with_drivers
from turbo_hipster_databases.migration_tool import Project
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_databases.tools.sqlalchemy_migrate import SQLAlchemyMigrate

FOLDER = "migrate_repo"
START, SEED = 215, 216
RUNGS = (390, 405)
LAST = 412
OPTIONS = {"repository": FOLDER, "start": str(START)}
NEEDS = (*REQUIREMENTS, "pymysql", "psycopg2-binary")

ROWS = {"mariadb": 3_300_000, "postgresql": 3_300_000, "sqlite": 3_300_000}
"""Rows of the larger table, so that the data directory has a gigabyte."""

UUID = "00000000-0000-4000-8000-"
SERIES = {
    "mariadb": "FROM seq_1_to_{0}",
    "postgresql": "FROM generate_series(1, {0}) AS s(seq)",
    "sqlite": "FROM (WITH RECURSIVE s(seq) AS (SELECT 1 UNION ALL "
    "SELECT seq + 1 FROM s WHERE seq < {0}) SELECT seq FROM s)",
}
UUIDS = {
    "mariadb": f"CONCAT('{UUID}', LPAD({{0}}, 12, '0'))",
    "postgresql": f"'{UUID}' || lpad(({{0}})::text, 12, '0')",
    "sqlite": f"'{UUID}' || printf('%012d', {{0}})",
}
KEY = {"mariadb": "`key`", "postgresql": '"key"', "sqlite": '"key"'}


class Nova(NamedTuple):
    """The repository and the environment; ``base`` is the last release."""

    repository: Path
    base: str
    environment: Environment

    def project(self, checkout: Path) -> Project:
        """Return what steppers run."""
        return Project(
            checkout,
            self.environment.python,
            self.environment.drivers,
            OPTIONS,
        )


def nova(context: TaskContext, engines: list[Engine], folder: Path) -> Nova:
    """Lay the repository out below ``folder``, with rungs as branches."""
    environment = with_drivers(
        context,
        NEEDS,
        engines,
        extra=SQLAlchemyMigrate.requirements,
        checkout=context.workspace,
    )
    lib = environment.python.parent.parent / "lib"
    (source,) = lib.glob("python3.*/site-packages/nova/db/sqlalchemy")
    files = {
        f"{FOLDER}/{path.relative_to(source / FOLDER)}": path.read_bytes()
        for path in sorted((source / FOLDER).rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }
    repository = Repository(folder)
    base = ""
    for most in (*RUNGS, LAST):
        part = {
            name: text
            for name, text in files.items()
            if version(name) <= most and (not base or version(name) > 0)
        }
        commit = repository.commit(part)
        files = {
            name: text for name, text in files.items() if name not in part
        }
        if most != LAST:
            base = commit
            branch = folder / ".git" / "refs" / "heads" / f"r{most}"
            branch.write_text(f"{commit}\n")
    return Nova(folder, base, environment)


def version(name: str) -> int:
    """Return the version that a file of the repository brings; 0: none."""
    number = name.rpartition("/")[2].partition("_")[0]
    return int(number) if number.isdecimal() else 0


def dump(engine: Engine, rows: int) -> Path:
    """Return the dump of nova at 216 with data, made if there is none."""
    folder = database_builds.KEPT / "datasets"
    folder.mkdir(parents=True, exist_ok=True)
    suffix = ".sqlite" if engine.name == "sqlite" else ".dump"
    target = folder / f"nova-{engine.name}-{rows}{suffix}"
    new = target.with_suffix(".new")

    def work(context: TaskContext) -> None:
        found = nova(context, [engine], context.workspace / "nova")
        with Servers(context, memory=datasets.MEMORY) as servers:
            server = servers.empty(engine)
            tool = SQLAlchemyMigrate()
            project = found.project(found.repository)
            with tool.open(context, project, server) as stepper:
                ran = stepper.step(stepper.history().migrations[0])
                if ran.failure:
                    raise RuntimeError(ran.failure.message)
            fill(server, rows)
            save(context, server, new)

    if not target.exists():
        database_builds.in_build(database_builds.KEPT, work)
        new.rename(target)
    return target


def fill(server: Server, rows: int) -> None:
    """Fill two tables: an instance has ten words of metadata."""
    name, few = server.engine.name, rows // 10
    uuid = UUIDS[name]
    connection = server.connect()
    try:
        cursor = connection.cursor()
        for statement in (
            "INSERT INTO instances (created_at, internal_id, user_id, "
            "project_id, host, vm_state, uuid, deleted) SELECT "
            f"'2020-01-01 00:00:00', 0, 'user', 'project', 'host', 'active', "
            f"{uuid.format('seq')}, 0 {SERIES[name].format(few)}",
            "INSERT INTO instance_system_metadata (created_at, instance_uuid, "
            f"{KEY[name]}, value, deleted) SELECT '2020-01-01 00:00:00', "
            f"{uuid.format(f'seq % {few} + 1')}, 'image_base_image_ref', "
            f"'what is known of it', 0 {SERIES[name].format(rows)}",
        ):
            cursor.execute(statement)
    finally:
        connection.close()


def save(context: TaskContext, server: Server, target: Path) -> None:
    """Write what fills an empty server of the kind."""
    if server.engine.name == "sqlite":
        server.stop(clean=True)
        (file,) = server.data().glob("*.sqlite")
        shutil.copyfile(file, target)
        return
    ended = context.execute(datasets.DUMPS[server.engine.name](server, target))
    if ended.status:
        raise RuntimeError(ended.tail)
