"""Real servers: faults that live in one engine alone."""

import pytest

from turbo_hipster import model, task
from turbo_hipster.testing import run_task
from turbo_hipster_databases import plugins
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_db_migration import rows
from turbo_hipster_db_migration.checks import squawk

pytestmark = [pytest.mark.functional, pytest.mark.timeout(600)]

HALFWAY = (
    """
    op.create_table("pets", sa.Column("id", sa.Integer, primary_key=True))
    op.create_table("toys", sa.Column("id", sa.Integer, primary_key=True))
    """,
    'op.drop_table("toys")\nop.drop_table("pets")',
)


def test_a_step_killed_half_way_is_rolled_back_by_postgresql_only(
    change, step, ids
):
    outcome = change.judge(
        step("two", "one", *HALFWAY), engines="postgresql, mariadb"
    )

    assert ids(outcome) == ["TH-M301"]
    (finding,) = outcome.findings
    assert finding.where["engine"] == "mariadb"
    assert "+ table pets" in finding.detail
    first, second = outcome.tables["checks"].rows
    assert first["killed half-way (TH-M301)"] == "ok"
    assert second["engines agree (TH-M401)"] == "ok"
    servers = outcome.tables["servers"].rows
    assert [row["engine"] for row in servers] == ["PostgreSQL", "MariaDB"]


def test_two_starts_that_do_harm_are_caught_on_mariadb(change, step, ids):
    # what is inserted is committed by the CREATE TABLE behind it
    outcome = change.judge(
        step(
            "two",
            "one",
            """
            op.execute("CREATE TABLE IF NOT EXISTS notes (number INTEGER)")
            op.execute("INSERT INTO notes VALUES (1)")
            op.execute("CREATE TABLE IF NOT EXISTS pets (id INTEGER)")
            """,
            """
            op.execute("DROP TABLE pets")
            op.execute("DROP TABLE notes")
            """,
        ),
        engines="mariadb",
        off=["TH-M301"],
    )

    assert ids(outcome) == ["TH-M302"]
    assert "table notes: 1 → 2 rows" in outcome.findings[0].message


def test_schemas_that_are_not_equivalent_are_caught(change, step, ids):
    outcome = change.judge(
        step(
            "two",
            "one",
            """
            op.add_column("people", sa.Column("age", sa.Integer()))
            if op.get_bind().dialect.name == "postgresql":
                op.create_index("ix_age", "people", ["age"], unique=True)
            """,
            """
            if op.get_bind().dialect.name == "postgresql":
                op.drop_index("ix_age", "people")
            op.drop_column("people", "age")
            """,
        ),
        engines="sqlite, postgresql",
        off=["TH-M301"],
    )

    assert ids(outcome) == ["TH-M401"]


@pytest.mark.skipif(not squawk.program(), reason="squawk-cli is an extra")
def test_squawk_reads_what_postgresql_was_sent(change, step, ids):
    outcome = change.judge(
        step(
            "two",
            "one",
            'op.create_index("ix_name", "people", ["name"])',
            'op.drop_index("ix_name", "people")',
        ),
        engines="postgresql",
        squawk="true",
        checks="undo",
    )

    assert ids(outcome) == []
    assert ids(outcome, "warn") == ["TH-M501"]
    rules = {one.where["rule"]: one for one in outcome.findings}
    blocking = rules["require-concurrent-index-creation"]
    assert blocking.detail.startswith("CREATE INDEX ix_name")
    assert b"alembic_version" not in outcome.files["sql/two.sql"]


ODD = {
    "postgresql": (
        "CREATE SCHEMA s",
        "CREATE TABLE s.t (i int)",
        'CREATE TABLE "We ""Ird" (i int)',
        "CREATE VIEW v AS SELECT 1 AS x",
        "CREATE MATERIALIZED VIEW mv AS SELECT 1 AS x",
        "CREATE TABLE p (i int) PARTITION BY RANGE (i)",
        "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (9)",
        "INSERT INTO p VALUES (1), (2)",
        "INSERT INTO s.t VALUES (1)",
    ),
    "mariadb": (
        "CREATE TABLE `a``b c` (i int)",
        "CREATE VIEW v AS SELECT 1 AS x",
        "CREATE SEQUENCE q",
        "INSERT INTO `a``b c` VALUES (1), (2)",
    ),
    "sqlite": (
        'CREATE TABLE "a""b c" (i)',
        "CREATE VIRTUAL TABLE f USING fts5(x)",
        "CREATE VIEW v AS SELECT 1 AS x",
        "CREATE TABLE w (a PRIMARY KEY) WITHOUT ROWID",
        'INSERT INTO "a""b c" VALUES (1), (2)',
    ),
}
COUNTS = {
    "postgresql": {"s.t": 1, 'We "Ird': 0, "p": 2},
    "mariadb": {"a`b c": 2},
    "sqlite": {'a"b c': 2, "w": 0},
}


@pytest.mark.parametrize("name", ODD)
def test_rows_of_oddly_named_tables_are_counted(name, state_dir):
    counted = []

    class Count(task.Task):
        """Count rows."""

        def run(self, context):
            with Servers(context) as servers:
                server = servers.empty(plugins.engine(name))
                connection = server.connect()
                for statement in ODD[name]:
                    connection.cursor().execute(statement)
                connection.close()
                counted.append(rows.count(server))
            return model.Result.success()

    run_task(Count, state_dir=state_dir)

    expected = COUNTS[name].items()
    assert expected <= counted[0].items()
    assert "v" not in counted[0]


LOCKS = {
    "postgresql": ("BEGIN", "LOCK TABLE t"),
    "mariadb": ("LOCK TABLES t WRITE",),
    "sqlite": ("BEGIN EXCLUSIVE",),
}


@pytest.mark.parametrize("name", LOCKS)
def test_a_table_that_stays_locked_is_not_waited_for(
    name, state_dir, monkeypatch
):
    for engine, text in rows.WAITS.items():
        monkeypatch.setitem(rows.WAITS, engine, text.replace("30", "1"))

    class Count(task.Task):
        """Count rows."""

        def run(self, context):
            with Servers(context) as servers:
                server = servers.empty(plugins.engine(name))
                connection = server.connect()
                cursor = connection.cursor()
                for statement in ("CREATE TABLE t (i int)", *LOCKS[name]):
                    cursor.execute(statement)
                try:
                    with pytest.raises(rows.Unreadable, match="(?i)lock"):
                        rows.count(server)
                finally:
                    connection.close()
            return model.Result.success()

    outcome = run_task(Count, state_dir=state_dir)

    assert outcome.verdict is model.Verdict.SUCCESS
