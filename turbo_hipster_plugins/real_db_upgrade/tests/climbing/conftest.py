"""A shop with releases, a dataset of it, and changes that climb."""

import sqlite3
import subprocess
import textwrap
import threading
from types import SimpleNamespace

import pytest

from theatre.alembic_project import FILES
from turbo_hipster import model, task
from turbo_hipster.testing import Project, run_task
from turbo_hipster_databases import plugins
from turbo_hipster_databases.projects.surrounding import Surrounding
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_real_db_upgrade.climbing import ladder
from turbo_hipster_real_db_upgrade.climbing.climb import Climb
from turbo_hipster_real_db_upgrade.climbing.layers import Layers
from turbo_hipster_real_db_upgrade.climbing.rungs import Rung
from turbo_hipster_real_db_upgrade.datasets.description import Dataset
from turbo_hipster_real_db_upgrade.ground import Ground
from turbo_hipster_real_db_upgrade.words import Case

REVISION = """
from alembic import op

revision = {name!r}
down_revision = {parent!r}


def upgrade():
{up}


def downgrade():
    pass
"""


def step(name, parent, *statements):
    """Return path and text of a migration that executes SQL."""
    lines = [f"op.execute({statement!r})" for statement in statements]
    up = textwrap.indent("\n".join(lines) or "pass", "    ")
    return {
        f"migrations/versions/{name}.py": REVISION.format(
            name=name, parent=parent, up=up
        )
    }


class Shop:
    """The project, its dataset, and builds of its changes."""

    def __init__(self, folder, kept):
        self.project = Project(folder / "shop")
        self.kept = kept
        self.seed = folder / "seed.sqlite"
        connection = sqlite3.connect(self.seed)
        connection.executescript(
            "CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT);"
            "INSERT INTO books VALUES (1, 'a'), (2, 'b');"
            "CREATE TABLE alembic_version (version_num TEXT PRIMARY KEY);"
            "INSERT INTO alembic_version VALUES ('one');"
        )
        connection.close()
        self.dataset = Dataset(
            "user_001", "shop", {"sqlite": self.seed}, folder / "dataset.yaml"
        )

    def commit(self, *steps, tag=""):
        """Commit migrations; return the commit."""
        files = dict(FILES)
        for one in steps:
            files |= one
        made = self.project.commit(files)
        if tag:
            self.git("tag", tag)
        return made

    def git(self, *arguments):
        """Run git in the project."""
        subprocess.run(["git", *arguments], cwd=self.project.path, check=True)

    def climb(self, refs, judged=("new",), then=None):
        """Climb with the change that is HEAD; return what came of it."""
        seen = {}

        class Climbing(task.Task):
            def run(self, context):
                with Servers(context) as servers:
                    ground, rungs = shop.ground(context, servers, refs)
                    built = ladder.build(ground, rungs)
                    climb = Climb(
                        ground, built, lambda history: frozenset(judged)
                    )
                    seen["climbed"] = climb.to_the_top()
                    if then:
                        seen["then"] = then(ground, seen["climbed"])
                return model.Result.success()

        shop = self
        outcome = run_task(
            Climbing, project=self.project.path, state_dir=self.kept
        )
        assert outcome.left == 0
        seen["gaps"] = [gap.what for gap in outcome.not_checked]
        return SimpleNamespace(**{"then": None, **seen})

    def ground(self, context, servers, refs):
        """Return what a climb stands on, and its rungs."""
        settings = SimpleNamespace(
            requirements=["requirements.txt"],
            tool_options={"config": "alembic.ini"},
            prepare="",
            step_timeout=60.0,
        )
        engine = plugins.engine("sqlite")
        release = servers.release(engine)
        tool = plugins.tool("alembic")()
        surrounding = Surrounding(context, settings, tool, [engine])
        ground = Ground(
            context,
            settings,
            Case(self.dataset, "sqlite", release),
            engine,
            servers,
            Layers(servers, engine, release),
            tool,
            surrounding.project(context.workspace),
            threading.Event(),
        )
        rungs = [Rung(context, ref, surrounding, "alembic") for ref in refs]
        return ground, rungs


@pytest.fixture(scope="session")
def environments(tmp_path_factory):
    """What all tests of a process share: the project's environment."""
    return tmp_path_factory.mktemp("shared")


@pytest.fixture
def shop(tmp_path, environments):
    """A shop whose layers are its own, and whose environment is not."""
    kept = tmp_path / "state" / "plugins" / "test"
    kept.parent.mkdir(parents=True)
    databases = kept.with_name("databases")
    databases.mkdir()
    (databases / "environments").symlink_to(environments)
    return Shop(tmp_path, kept)


@pytest.fixture
def migration():
    return step
