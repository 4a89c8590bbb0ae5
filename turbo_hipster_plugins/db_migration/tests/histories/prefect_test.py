"""prefect 3.8.1: Alembic, a history for SQLite and one for PostgreSQL."""

import pytest

from theatre.histories import told
from turbo_hipster_db_migration.task import DbMigration

pytestmark = [
    pytest.mark.functional,
    pytest.mark.heavy,
    pytest.mark.histories,
    pytest.mark.timeout(900),
]

DRIVERS = {"sqlite": "aiosqlite", "postgresql": "asyncpg"}
INI = """
[alembic]
script_location = migrations
version_locations = migrations/versions/{engine}
"""
VARIABLE = "PREFECT_API_DATABASE_CONNECTION_URL"
NEEDS_A_LOOP = "run_async_from_worker_thread(apply_migrations)"
HAS_A_LOOP = "__import__('asyncio').run(apply_migrations())"
"""prefect's own commands run a loop around Alembic; plain Alembic does not."""

LAST = ("2026_0[67]*",)


def options(engine):
    return {
        "config": f"{engine}.ini",
        "driver": DRIVERS[engine],
        "url_variable": VARIABLE,
    }


@pytest.fixture(scope="module")
def prefect(make_history):
    made = make_history("alembic", "prefect==3.8.1", engines=tuple(DRIVERS))
    source = made.installed("prefect") / "server/database/_migrations"
    env = (source / "env.py").read_text()
    assert NEEDS_A_LOOP in env
    made.lay_out(
        source,
        "migrations",
        {
            "migrations/env.py": env.replace(NEEDS_A_LOOP, HAS_A_LOOP),
            **{f"{one}.ini": INI.format(engine=one) for one in DRIVERS},
        },
        changed=[f"migrations/versions/*/{one}" for one in LAST],
    )
    return made


@pytest.mark.parametrize(
    ("engine", "steps"), [("sqlite", 111), ("postgresql", 115)]
)
def test_all_steps_of_prefect_run(prefect, engine, steps):
    history, ran, current = prefect.walk(engine, **options(engine))

    assert [one for one in ran if one.failure] == []
    assert len(ran) == steps
    assert current == history.heads


def told_options(engine):
    given = options(engine).items()
    return ",".join(f"{name}:{value}" for name, value in given)


@pytest.mark.parametrize("engine", DRIVERS)
def test_a_change_of_the_last_two_is_sound_but_models_differed_before(
    prefect, engine
):
    outcome = prefect.judge(
        DbMigration,
        engines=engine,
        tool_options=told_options(engine),
        checks="undo",
    )

    assert outcome.sentences[0].startswith("2 migrations judged")
    assert told(outcome) == [f"note TH-M104 {engine}"]


def test_the_last_two_killed_half_way_and_started_twice(prefect):
    outcome = prefect.judge(
        DbMigration,
        engines="sqlite",
        tool_options=told_options("sqlite"),
        checks="halfway, together",
    )

    assert told(outcome) == ["note TH-M104 sqlite"]
