"""The page for those who write tasks is true: its example is run."""

import re
import textwrap
from pathlib import Path

import pytest

from turbo_hipster.testing import Project, run_task
from turbo_hipster_databases import plugins

pytestmark = pytest.mark.functional

PAGE = Path(__file__).parents[4] / "doc/source/databases.rst"
ENV = """
import os, sqlalchemy
from alembic import context
engine = sqlalchemy.create_engine(os.environ["DATABASE_URL"])
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
STEP = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = {revision!r}, {parent!r}
def upgrade():
    {up}
def downgrade():
    {down}
"""
BOOKS = STEP.format(
    revision="1",
    parent=None,
    up='op.create_table("books", sa.Column("title", sa.String(80)))',
    down='op.drop_table("books")',
)
INDEX = {
    "revision": "2",
    "parent": "1",
    "up": 'op.create_index("by_title", "books", ["title"])',
    "down": 'op.drop_index("by_title", "books")',
}
FILES = {
    "requirements.txt": "alembic>=1.13\nSQLAlchemy>=2\n",
    "alembic.ini": "[alembic]\nscript_location = migrations\n",
    "migrations/env.py": ENV,
    "migrations/versions/1.py": BOOKS,
    "migrations/versions/2.py": STEP.format(**INDEX),
}


def block(language):
    """Return the first block of a language."""
    found = re.search(
        rf"\.\. code-block:: {language}\n(?:   :.*\n)*\n((?:(?:   .*)?\n)+)",
        PAGE.read_text(),
    )
    return textwrap.dedent(found[1]).strip() + "\n"


@pytest.fixture(scope="module")
def task():
    """The class that the page shows."""
    space = {"__name__": "page"}
    exec(compile(block("python"), str(PAGE), "exec"), space)
    return space["SchemaSteps"]


@pytest.fixture
def judge(task, tmp_path, state_dir):
    """Return a function that judges a history on an engine."""

    def run(engine, **files):
        if not plugins.engine(engine).releases():
            pytest.skip(plugins.engine(engine).advice())
        project = Project(tmp_path / "project")
        project.commit({**FILES, **files})
        return run_task(
            task,
            {"engine": engine},
            project=project.path,
            state_dir=state_dir,
        )

    return run


@pytest.mark.timeout(300)  # the project's environment is made once
@pytest.mark.parametrize("engine", ["sqlite", "mariadb", "postgresql"])
def test_the_task_shows_what_each_migration_does(judge, engine):
    told = judge(engine)

    assert told.sentences == ("Each migration can be undone.",)
    first, second = told.tables["changes"].rows
    assert (first["migration"], second["migration"]) == ("empty->1", "1->2")
    assert "+ table books" in first["changes"]
    assert "column title " in first["changes"]
    assert second["changes"] == "+ index by_title on books(title)"
    assert first["seconds"] >= 0


@pytest.mark.timeout(300)
def test_the_task_finds_what_is_not_undone(judge):
    forgets = STEP.format(**{**INDEX, "down": "pass"})

    told = judge("sqlite", **{"migrations/versions/2.py": forgets})

    (finding,) = told.findings
    assert finding.id == "TH-S002"
    assert finding.detail == block("text").strip()


@pytest.mark.timeout(300)
def test_the_task_says_which_migration_failed(judge):
    broken = STEP.format(**{**INDEX, "up": 'op.execute("SELECT nonsense")'})

    told = judge("sqlite", **{"migrations/versions/2.py": broken})

    assert told.sentences == ("1->2 failed.",)
    assert told.findings[0].detail == "SELECT nonsense"
