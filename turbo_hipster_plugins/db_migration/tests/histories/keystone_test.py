"""keystone 30.0.0: Alembic through oslo.db, expand and contract branches."""

import pytest

import theatre.keystone
from theatre.histories import told
from turbo_hipster_db_migration.task import DbMigration

pytestmark = [
    pytest.mark.functional,
    pytest.mark.heavy,
    pytest.mark.histories,
    pytest.mark.timeout(900),
]

ENGINES = ("sqlite", "mariadb", "postgresql")
SYNC = "keystone-manage db_sync"
PHASES = {
    "expand": f"{SYNC} --expand",
    "contract": f"{SYNC} --contract",
    "check": f"{SYNC} --check",
    "version": "keystone-manage db_version",
    "url_variable": "OS_DATABASE__CONNECTION",
}


@pytest.fixture(scope="module")
def keystone(make_history):
    made = make_history(
        "oslo", *theatre.keystone.REQUIREMENTS, engines=ENGINES
    )
    made.lay_out(made.installed("keystone") / "common/sql", "sql")
    return made


@pytest.fixture(scope="module")
def branches(make_history):
    """The same history, stepped by Alembic."""
    return theatre.keystone.branches(make_history, ENGINES)


@pytest.mark.parametrize("engine", ENGINES)
def test_all_phases_of_keystone_run(keystone, engine):
    history, ran, _current = keystone.walk(engine, **PHASES)

    assert [one.revision for one in history.migrations] == [
        "expand",
        "contract",
    ]
    assert [one for one in ran if one.failure] == []


@pytest.mark.parametrize("engine", ENGINES)
def test_all_steps_of_both_branches_run(branches, engine):
    history, ran, current = branches.walk(engine, config="keystone.ini")

    assert [one for one in ran if one.failure] == []
    assert len(ran) == 10
    assert sorted(current) == sorted(history.heads)


def test_a_change_of_the_last_two_releases_is_judged(branches):
    outcome = branches.judge(
        DbMigration,
        tool_options="config:keystone.ini",
        heads="2",
        checks="undo",
    )

    assert outcome.sentences == (
        "2 migrations judged on SQLite, MariaDB, PostgreSQL",
    )
    # keystone never goes down
    assert told(outcome) == [
        *(
            f"note TH-M201 {engine} {revision}"
            for engine in sorted(ENGINES)
            for revision in ("742c857f1dfb", "e8725d6fa226")
        ),
        "note TH-M401 mariadb",
        "note TH-M401 postgresql",
    ]


def test_the_last_two_do_not_bear_to_be_killed_half_way(branches):
    outcome = branches.judge(
        DbMigration,
        engines="mariadb",
        tool_options="config:keystone.ini",
        heads="2",
        checks="halfway, together",
    )

    assert told(outcome) == [
        "fail TH-M301 mariadb 742c857f1dfb",
        "fail TH-M301 mariadb e8725d6fa226",
    ]


def test_after_all_phases_engines_do_not_agree_about_keys(keystone):
    outcome = keystone.judge(
        DbMigration,
        tool_options=",".join(f"{name}:{PHASES[name]}" for name in PHASES),
        judge="all",
        checks="undo",
    )

    assert told(outcome) == [
        "fail TH-M401 mariadb",
        "fail TH-M401 postgresql",
        *(
            f"note TH-M201 {engine} {phase}"
            for engine in sorted(ENGINES)
            for phase in ("contract", "expand")
        ),
    ]
    measured = [
        one.measured for one in outcome.findings if one.where.get("other")
    ]
    assert measured == ["5 differences", "1 difference"]
