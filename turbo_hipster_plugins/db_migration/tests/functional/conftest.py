"""Small Alembic projects to judge, and one environment for all of them."""

import re
import textwrap

import pytest

from turbo_hipster.testing import Project, run_task
from turbo_hipster_db_migration.task import DbMigration

REQUIREMENTS = (
    "alembic>=1.13\nSQLAlchemy>=2\nPyMySQL>=1.1\npsycopg[binary]>=3.2\n"
)

ENV = """
import os

import sqlalchemy
from alembic import context

try:
    from models import metadata
except ImportError:
    metadata = None

engine = sqlalchemy.create_engine(os.environ["DATABASE_URL"])
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
"""

INI = "[alembic]\nscript_location = migrations\n"

REVISION = '''"""{title}"""

import time

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {parent!r}


def upgrade():
{up}


def downgrade():
{down}
'''


def revision(name, parent, up="pass", down="pass"):
    """Return path and text of one migration."""

    def body(text):
        return textwrap.indent(textwrap.dedent(text).strip("\n"), "    ")

    text = REVISION.format(
        title=f"Step {name}",
        revision=name,
        parent=parent,
        up=body(up),
        down=body(down),
    )
    return f"migrations/versions/{name}.py", text


FIRST = revision(
    "one",
    None,
    """
    op.execute("CREATE TABLE IF NOT EXISTS people "
               "(id INTEGER PRIMARY KEY, name VARCHAR(40))")
    """,
    'op.execute("DROP TABLE IF EXISTS people")',
)
"""A first step that bears everything."""


SECOND = revision(
    "two",
    "one",
    """
    op.execute("CREATE TABLE IF NOT EXISTS pets (id INTEGER PRIMARY KEY)")
    """,
    'op.execute("DROP TABLE IF EXISTS pets")',
)
FILES = {
    "requirements.txt": REQUIREMENTS,
    "alembic.ini": INI,
    "migrations/env.py": ENV,
}


class Change:
    """A repository whose last commit is the change to judge."""

    def __init__(self, folder, state_dir):
        self.project = Project(folder / "project")
        self.state_dir = state_dir
        self.base = None

    def before(self, *steps, files=None):
        """Commit what is there before the change."""
        self.base = self._commit(steps, files or {})

    def _commit(self, steps, files):
        return self.project.commit({**FILES, **files, **dict(steps)})

    def judge(self, *steps, files=None, **options):
        """Commit the change, and judge it."""
        self._commit(steps, files or {})
        given = {
            "engines": "sqlite",
            "requirements": "requirements.txt",
            **options,
        }
        params = {
            name: given.pop(name)
            for name in ("warn", "off", "cancel_at")
            if name in given
        }
        self.outcome = run_task(
            DbMigration,
            given,
            project=self.project.path,
            base=self.base,
            state_dir=self.state_dir,
            **params,
        )
        return self.outcome


@pytest.fixture(scope="session")
def state_dir(tmp_path_factory):
    """A state directory that all tests of a process share: one environment."""
    return tmp_path_factory.mktemp("state") / "plugins" / "db_migration"


@pytest.fixture(scope="session")
def make_change(tmp_path_factory, state_dir):
    """Make a change to a project with one sound migration."""

    def make():
        made = Change(tmp_path_factory.mktemp("change"), state_dir)
        made.before(FIRST)
        return made

    return make


@pytest.fixture
def change(make_change):
    """A change to a project with one sound migration."""
    return make_change()


@pytest.fixture
def project_files():
    """The files of a project with one sound migration."""
    return {**FILES, **dict([FIRST])}


@pytest.fixture(scope="session")
def sound_step():
    """A second step in which nothing is wrong."""
    return SECOND


@pytest.fixture
def step():
    """Make one migration: path and text."""
    return revision


@pytest.fixture
def ids():
    """Return the failing ids of an outcome, or those of a severity."""

    def ids(outcome, severity="fail"):
        return sorted(
            {
                found.id
                for found in outcome.findings
                if found.severity.value == severity
            }
        )

    return ids


@pytest.fixture
def gap():
    """Return why something that matches was not checked."""

    def gap(outcome, pattern):
        return [
            one.why
            for one in outcome.not_checked
            if re.search(pattern, one.what)
        ]

    return gap
