"""The commands, as a person calls them."""

import contextlib
import io
import json
import sqlite3
from types import SimpleNamespace

import pytest

from turbo_hipster.command import Application
from turbo_hipster.exceptions import TurboHipsterError
from turbo_hipster_real_db_upgrade.cli.dataset_add import DatasetAdd
from turbo_hipster_real_db_upgrade.cli.dataset_check import DatasetCheck
from turbo_hipster_real_db_upgrade.cli.dataset_list import DatasetList
from turbo_hipster_real_db_upgrade.cli.dataset_make import DatasetMake
from turbo_hipster_real_db_upgrade.cli.dataset_scale import DatasetScale
from turbo_hipster_real_db_upgrade.cli.dataset_show import DatasetShow

COMMANDS = {
    "list": DatasetList,
    "check": DatasetCheck,
    "show": DatasetShow,
    "add": DatasetAdd,
    "make": DatasetMake,
    "scale": DatasetScale,
}
JOB = """
[job:real-data]
plugin = real_db_upgrade
datasets_dir = {datasets}
tool_options = config:alembic.ini
requirements = requirements.txt
"""


class Desk:
    """A folder of datasets, and a person with a command line."""

    def __init__(self, folder, state):
        self.folder = folder
        self.datasets = folder / "datasets"
        self.datasets.mkdir()
        self.config = folder / "turbo-hipster.conf"
        self.config.write_text(
            f"[DEFAULT]\nstate_dir = {state}\nenabled_jobs = real-data\n"
            + JOB.format(datasets=self.datasets)
        )

    def parser(self, name):
        """Return a command's parser."""
        app = Application(io.StringIO(), io.StringIO())
        return COMMANDS[name](app, None).get_parser(f"th dataset {name}")

    def run(self, name, *words):
        """Run a command; return how it ended, as the program would."""
        out, err = io.StringIO(), io.StringIO()
        app = Application(out, err, [str(self.config)])
        command = COMMANDS[name](app, None)
        try:
            with contextlib.redirect_stderr(err):
                parser = command.get_parser(f"th dataset {name}")
                status = command.run(parser.parse_args([*map(str, words)]))
        except TurboHipsterError as error:
            status = error.exit_status
            err.write(str(error))
        except SystemExit as error:
            status = error.code
        return SimpleNamespace(
            status=status, out=out.getvalue(), err=err.getvalue()
        )

    def rows(self, name, *words, status=0):
        """Return the rows of a command that shows some."""
        done = self.run(name, *words, "-f", "json")
        assert done.status == status, done.err
        return json.loads(done.out)

    def dump(self, name="dump.sqlite", statements=()):
        """Make an SQLite file to be added."""
        path = self.folder / name
        connection = sqlite3.connect(path)
        connection.executescript(
            "CREATE TABLE shelf (id INTEGER PRIMARY KEY, name TEXT);"
            "INSERT INTO shelf VALUES (1, 'a'), (2, 'b'), (3, 'c');"
            + ";".join(statements)
        )
        connection.close()
        return path

    def count(self, dataset, table):
        """Return the rows of a table in a dataset's SQLite file."""
        path = self.datasets / dataset / "seed.sqlite"
        connection = sqlite3.connect(path)
        try:
            query = f"SELECT COUNT(*) FROM {table}"
            return connection.execute(query).fetchone()[0]
        finally:
            connection.close()


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    folder = tmp_path / "desk"
    state = folder / "state"
    state.mkdir(parents=True)
    return Desk(folder, state)
