"""The history's own migrations are judged as those of any project."""

import subprocess
from importlib.resources import files

import pytest
import sqlalchemy as sa

from turbo_hipster import model
from turbo_hipster.testing import Project, run_task
from turbo_hipster_databases.history import migrating
from turbo_hipster_databases.history.store import History
from turbo_hipster_databases.history.tables import METADATA
from turbo_hipster_databases.history.words import (
    Quantity,
    RunRecord,
    StepRecord,
    Subject,
)
from turbo_hipster_real_db_upgrade.task import RealDbUpgrade

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

FOLDER = "turbo_hipster_databases/history"
NEEDED = ("../__init__.py", "__init__.py", "tables.py")
VERSIONS = f"{FOLDER}/migrations/versions"
FOLLOW_UP = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = {head!r}


def upgrade():
    op.add_column("runs", sa.Column("note", sa.String(100)))
    {more}


def downgrade():
    with op.batch_alter_table("runs") as runs:
        runs.drop_column("note")
"""


def own_files():
    """Return the files that the migrations need, as they are installed."""
    top = files("turbo_hipster_databases.history")
    found = {
        "requirements.txt": "alembic>=1.13\nSQLAlchemy>=2.0.30\n",
        "alembic.ini": f"[alembic]\nscript_location = {FOLDER}/migrations\n"
        "prepend_sys_path = .\n",
    }
    for name in NEEDED:
        place = f"{FOLDER}/{name}".replace("/history/..", "")
        found[place] = (top / name).read_text()
    for path in (top / "migrations").rglob("*"):
        if path.suffix in (".py", ".mako"):
            place = path.relative_to(top)
            found[f"{FOLDER}/{place}"] = path.read_text()
    return found


def head():
    """Return the newest revision that we have."""
    scripts = migrating.ScriptDirectory.from_config(migrating.configuration())
    [newest] = scripts.get_heads()
    return newest


def full(path):
    """Make a history of 200 builds of five steps each."""
    subject = Subject("openstack/nova", "user_001", "mariadb", "2 x vm")
    with History(f"sqlite:///{path}") as history:
        for number in range(200):
            steps = tuple(
                StepRecord(f"{n}->{n + 1}", {Quantity.SECONDS: n + 0.5})
                for n in range(5)
            )
            run = RunRecord(f"b{number}", subject, float(number), steps)
            assert history.add(run)


def dump(path, kind):
    """Return its tables and rows as SQL for a kind of server."""
    dialect = sa.dialects.registry.load(kind)()
    text = (
        "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY);\n"
        f"INSERT INTO alembic_version VALUES ('{head()}');\n"
    )
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        for table in METADATA.sorted_tables:
            for made in (
                sa.schema.CreateTable(table),
                *map(sa.schema.CreateIndex, table.indexes),
            ):
                text += f"{made.compile(dialect=dialect)};\n"
            for row in connection.execute(sa.select(table)).mappings():
                insert = sa.insert(table).values(dict(row))
                told = insert.compile(
                    dialect=dialect, compile_kwargs={"literal_binds": True}
                )
                text += f"{told};\n"
    engine.dispose()
    return text


@pytest.fixture
def project(tmp_path):
    """Our migrations as a project of their own."""
    made = Project(tmp_path / "ours")
    made.base = made.commit(own_files())
    return made


@pytest.fixture
def dataset(tmp_path):
    """Describe a dataset for an engine; returns the folder of datasets."""
    top = tmp_path / "datasets"

    def write(engine, text):
        folder = top / "builds"
        folder.mkdir(parents=True)
        (folder / "seed.sql").write_text(f"-- {folder}\n{text}")
        (folder / "dataset.yaml").write_text(
            f"project: ours\nengine: {engine}\nseed: seed.sql\n"
        )
        return top

    return write


@pytest.fixture
def judge(project, state_dir):
    def judge(datasets, base, **options):
        outcome = run_task(
            RealDbUpgrade,
            {
                "datasets_dir": str(datasets),
                "tool_options": "config:alembic.ini",
                "requirements": "requirements.txt",
                **options,
            },
            {"ZUUL_PROJECT": "ours"},
            project=project.path,
            base=base,
            state_dir=state_dir,
        )
        assert outcome.left == 0
        failed = {
            one.id: one.message
            for one in outcome.findings
            if one.severity is not model.Severity.NOTE
        }
        rows = outcome.tables["migrations"].rows
        ran = [row["revision"] for row in rows if row["direction"] == "up"]
        return failed, ran

    yield judge
    history = state_dir.with_name("databases") / "history.sqlite"
    history.unlink(missing_ok=True)


@pytest.mark.parametrize(
    "engine",
    ["sqlite", pytest.param("mariadb", marks=pytest.mark.heavy)],
)
def test_all_our_migrations_are_silent(project, dataset, judge, engine):
    # given a database that only had another application's table
    top = dataset(
        engine,
        "CREATE TABLE other (id INTEGER PRIMARY KEY);\n"
        "INSERT INTO other VALUES (1);\n",
    )

    # when a change brings all our migrations at once
    nothing = own_files()
    subprocess.run(
        ["git", "rm", "-qr", VERSIONS], cwd=project.path, check=True
    )
    empty = project.commit({f"{VERSIONS}/__init__.py": ""})
    project.commit(
        {name: text for name, text in nothing.items() if VERSIONS in name}
    )
    failed, ran = judge(top, empty)

    # then none of them is at fault
    assert failed == {}
    assert ran[-1] == head()


@pytest.mark.parametrize(
    "engine",
    [
        "sqlite",
        pytest.param("mariadb", marks=pytest.mark.heavy),
        pytest.param("postgresql", marks=pytest.mark.heavy),
    ],
)
def test_a_follow_up_to_our_migrations_is_judged_on_a_full_history(
    project, dataset, judge, tmp_path, engine
):
    # given the history of 200 builds, and a column more
    full(tmp_path / "history.sqlite")
    kind = {"mariadb": "mysql"}.get(engine, engine)
    top = dataset(engine, dump(tmp_path / "history.sqlite", kind))
    name = f"{VERSIONS}/r9999_note.py"
    project.commit({name: FOLLOW_UP.format(head=head(), more="")})

    # then it is silent
    assert judge(top, project.base) == ({}, ["9999"])


def test_a_bad_follow_up_is_caught(project, dataset, judge, tmp_path):
    full(tmp_path / "history.sqlite")
    top = dataset("sqlite", dump(tmp_path / "history.sqlite", "sqlite"))
    more = "op.execute(\"UPDATE runs SET machine = ''\")"
    text = FOLLOW_UP.format(head=head(), more=more)
    text = text.replace("sa.String(100)", "sa.String(100), nullable=False")
    project.commit({f"{VERSIONS}/r9999_note.py": text})
    failed, _ = judge(top, project.base)
    assert "TH-R502" in failed
