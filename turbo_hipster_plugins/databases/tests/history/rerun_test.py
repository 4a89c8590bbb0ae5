"""A history whose making was killed half-way is finished by the next."""

import pytest
import sqlalchemy as sa

from turbo_hipster_databases.history import migrating
from turbo_hipster_databases.history.tables import METADATA, RUNS


@pytest.fixture
def engine(tmp_path):
    made = sa.create_engine(f"sqlite:///{tmp_path / 'history.sqlite'}")
    yield made
    made.dispose()


def left_by_a_kill(engine, *made):
    """Make what a killed process leaves where each statement is committed."""
    with engine.begin() as connection:
        for thing in made:
            connection.execute(thing)


@pytest.mark.parametrize("indexes", [0, 1])
def test_what_is_there_already_is_left_as_it_is(engine, indexes):
    # given the first table, with or without its index, and no revision
    of_runs = [sa.schema.CreateIndex(one) for one in RUNS.indexes]
    left_by_a_kill(engine, sa.schema.CreateTable(RUNS), *of_runs[:indexes])

    # when the next build opens the history
    migrating.bring_up_to_date(engine)

    # then it is whole
    there = sa.inspect(engine)
    for table in METADATA.sorted_tables:
        assert there.has_table(table.name)
        names = {one["name"] for one in there.get_indexes(table.name)}
        assert names >= {one.name for one in table.indexes}


def test_all_but_the_revision_may_be_there(engine):
    METADATA.create_all(engine)
    migrating.bring_up_to_date(engine)
    migrating.bring_up_to_date(engine)
    assert "alembic_version" in sa.inspect(engine).get_table_names()
