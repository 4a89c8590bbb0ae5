"""Real histories with data in them: filled at an old revision, and dumped."""

import contextlib

import pytest

from theatre.histories import (
    make_history_fixture,
    run,
    state_dir_fixture,
)
from turbo_hipster_databases import plugins
from turbo_hipster_databases.migration_tool import Project as Checkout
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_real_db_upgrade.datasets.dumping import dump
from turbo_hipster_real_db_upgrade.making.filling import fill

__all__ = ["make_history_fixture", "state_dir_fixture"]


@pytest.fixture
def datasets(tmp_path):
    """Return a function that fills a history at some revisions.

    What it makes is a dataset; returns the rows of all its tables.
    """

    def make(history, engine, wanted, options, rows=0, rows_of=None):
        folder = tmp_path / "datasets" / "cloud"
        folder.mkdir(parents=True)

        def work(context):
            checkout = Checkout(
                context.workspace,
                history.environment.python,
                history.environment.drivers,
                options,
            )
            kind = plugins.engine(engine)
            with Servers(context) as servers:
                server = servers.empty(kind)
                with history.tool.open(context, checkout, server) as stepper:
                    for one in stepper.history().migrations:
                        if wanted(one):
                            assert stepper.step(one).failure is None
                with contextlib.closing(server.connect()) as connection:
                    filled = fill(engine, connection, rows, rows_of=rows_of)
                seed = dump(server, folder)
                return seed.name, sum(filled.values())

        seed, made = run(history.state_dir, history.project.path, work)
        (folder / "dataset.yaml").write_text(
            f"project: cloud\nengine: {engine}\nseed: {seed}\n"
        )
        return folder.parent, made

    return make
