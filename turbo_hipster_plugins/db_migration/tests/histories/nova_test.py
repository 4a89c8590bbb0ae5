"""nova 22.4.0: 197 steps of sqlalchemy-migrate, 216 to 412."""

import pytest

from theatre.histories import told
from theatre.nova import ENGINES, OPTIONS, TOLD, laid_out, versions
from turbo_hipster_db_migration.task import DbMigration

pytestmark = [
    pytest.mark.functional,
    pytest.mark.heavy,
    pytest.mark.histories,
    pytest.mark.timeout(900),
]


@pytest.fixture(scope="module")
def nova(make_history):
    return laid_out(make_history, versions(398, 402))


@pytest.mark.parametrize("engine", ENGINES)
def test_all_steps_of_nova_run(nova, engine):
    history, ran, current = nova.walk(engine, **OPTIONS)

    assert [one.revision for one in history.migrations] == [
        str(number) for number in range(216, 413)
    ]
    assert [one.migration for one in ran if one.failure] == []
    assert current == history.heads == ("412",)


def test_a_change_of_the_last_five_is_judged_on_all_engines(nova):
    outcome = nova.judge(DbMigration, tool_options=TOLD, checks="undo")

    assert outcome.sentences == (
        "5 migrations judged on SQLite, MariaDB, PostgreSQL",
    )
    # nova never goes down
    assert told(outcome) == [
        f"note TH-M201 {engine} {revision}"
        for engine in sorted(ENGINES)
        for revision in range(398, 403)
    ]


def test_the_last_five_killed_half_way(nova):
    outcome = nova.judge(
        DbMigration,
        tool_options=TOLD,
        engines="sqlite, mariadb",
        checks="halfway",
    )

    assert told(outcome) == []
