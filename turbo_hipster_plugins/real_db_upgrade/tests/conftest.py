"""A shop with a release and a dataset of many orders; changes to it."""

import sqlite3
import textwrap

import pytest

from theatre.alembic_project import FILES
from turbo_hipster.testing import Project, run_task
from turbo_hipster_real_db_upgrade.checking import passes
from turbo_hipster_real_db_upgrade.task import RealDbUpgrade

REVISION = """
import time

from alembic import op

revision = {name!r}
down_revision = {parent!r}


def upgrade():
{up}


def downgrade():
{down}
"""
TABLES = (
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, state VARCHAR(20));\n",
    "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY);\n",
    "INSERT INTO alembic_version VALUES ('one');\n",
)
ORDERS = 2000


def sql():
    """The dump of the shop's database."""
    rows = ", ".join(f"({n}, 'paid')" for n in range(1, ORDERS))
    odd = f"({ORDERS}, NULL)"
    return "".join(TABLES) + f"INSERT INTO orders VALUES {rows}, {odd};\n"


class Shop:
    """The project, its datasets, and its changes."""

    def __init__(self, folder, state_dir):
        self.project = Project(folder / "shop")
        self.datasets = folder / "datasets"
        self.datasets.mkdir()
        self.sql = sql()
        self.state_dir = state_dir
        self.options = {}
        self.step("one", None, "pass")
        self.base = self.step("two", "one", "pass")

    def step(self, name, parent, code, down="pass"):
        """Commit a migration; return the commit."""
        text = REVISION.format(
            name=name, parent=parent, up=_body(code), down=_body(down)
        )
        files = {**FILES, f"migrations/versions/{name}.py": text}
        return self.project.commit(files)

    def dataset(self, name="user_001", engine="sqlite", more="", text=None):
        """Describe a dataset, with a seed."""
        folder = self.datasets / name
        folder.mkdir()
        # a content of its own, so that no other test's layers fit
        text = sql() if text is None else text
        (folder / "seed.sql").write_text(f"-- {folder}\n{text}")
        (folder / "dataset.yaml").write_text(
            f"project: shop\nengine: {engine}\nseed: seed.sql\n{more}"
        )
        return folder

    def judge(self, *, cancel_at=None, **options):
        """Judge the last commit against the release."""
        self.outcome = run_task(
            RealDbUpgrade,
            {
                "datasets_dir": str(self.datasets),
                "tool_options": "config:alembic.ini",
                "requirements": "requirements.txt",
                "ladder": self.base,
                **self.options,
                **options,
            },
            {"ZUUL_PROJECT": "shop"},
            project=self.project.path,
            base=self.base,
            state_dir=self.state_dir,
            cancel_at=cancel_at,
        )
        assert self.outcome.left == 0
        return self.outcome

    def found(self, severity="fail"):
        """Return the ids and messages of findings."""
        return {
            one.id: one.message
            for one in self.outcome.findings
            if one.severity.value == severity
        }


def _body(code):
    return textwrap.indent(textwrap.dedent(code).strip("\n"), "    ")


@pytest.fixture(scope="session")
def state_dir(tmp_path_factory):
    """What all tests of a process share: environments, empty servers."""
    return tmp_path_factory.mktemp("state") / "plugins" / "real_db_upgrade"


@pytest.fixture
def shop(tmp_path, state_dir):
    made = Shop(tmp_path, state_dir)
    yield made
    history = state_dir.with_name("databases") / "history.sqlite"
    history.unlink(missing_ok=True)


@pytest.fixture
def brisk(shop):
    """The shop, where nothing is done after the measured pass."""
    shop.options["budget_seconds"] = "0"
    return shop


@pytest.fixture
def only(monkeypatch):
    """Leave all later passes out but the one of that name."""

    def only(name):
        chosen = tuple(one for one in passes.PASSES if one.name == name)
        assert chosen, name
        monkeypatch.setattr(passes, "PASSES", chosen)

    return only


@pytest.fixture
def remembered(state_dir):
    """Ask the history."""

    def ask(query):
        path = state_dir.with_name("databases") / "history.sqlite"
        connection = sqlite3.connect(path)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    return ask
