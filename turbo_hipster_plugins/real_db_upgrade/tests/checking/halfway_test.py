"""A step that is killed half-way can be run again, or a finding says so."""

import pytest

from turbo_hipster import model
from turbo_hipster_databases.model import Direction, Migration, Ran
from turbo_hipster_real_db_upgrade.checking.halfway.points import points

functional = [pytest.mark.functional, pytest.mark.timeout(300)]

SERVERS = "seed: {mariadb: seed.sql, postgresql: seed.sql}\n"
TWO = [
    "ALTER TABLE orders ADD COLUMN total INTEGER",
    "CREATE INDEX i ON orders (state)",
]
ONE = ["ALTER TABLE orders ADD COLUMN total INTEGER"]
INDEX = ["CREATE INDEX IF NOT EXISTS i ON orders (state)",
         "CREATE INDEX IF NOT EXISTS j ON orders (state, id)"]  # fmt: skip
TWICE = """
for lower in (0, 1000):
    op.execute(
        "UPDATE orders SET state = state || '!'"
        f" WHERE id > {lower} AND id <= {lower + 1000}"
    )
    op.execute("COMMIT")
"""
"""Batches that are committed one by one, and do not know which were done."""
BATCHES = TWICE.replace("= state || '!'", "= 'new'")
MOMENT = """
op.execute("CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY, at REAL)")
op.execute("INSERT INTO log SELECT id, random() FROM orders"
           " WHERE id NOT IN (SELECT id FROM log)")
"""


@pytest.fixture
def killing(shop, only):
    """Commit steps, each of them (name, code); judge them at once."""
    only("kill half-way")

    def killing(*steps, servers=False, **options):
        folder = shop.dataset()
        if servers:
            path = folder / "dataset.yaml"
            text = path.read_text()
            text = text.replace("engine: sqlite\nseed: seed.sql\n", SERVERS)
            path.write_text(text)
        parent = "two"
        for name, code in steps:
            if not isinstance(code, str):
                code = "\n".join(f"op.execute({one!r})" for one in code)
            shop.step(name, parent, code)
            parent = name
        outcome = shop.judge(probe="off", **options)
        assert {one.id for one in outcome.findings} <= {"TH-R302"}
        return outcome

    return killing


def marks(outcome):
    """Return what the table says of each step."""
    return {
        row["revision"]: row["kill half-way"]
        for row in outcome.tables["migrations"].rows
    }


class TestOnSQLite:
    pytestmark = functional

    def test_statements_that_cannot_be_done_twice_are_found(self, killing):
        outcome = killing(("half", TWO))
        [finding] = outcome.findings
        assert finding.message == (
            "user_001/sqlite: two->half killed half-way cannot be run again: "
            "duplicate column name: total (SQLITE_ERROR)"
        )
        assert finding.measured.startswith("killed after statement 1 of 3")
        assert "+ column orders.total" in finding.detail
        assert marks(outcome) == {"half": "fails"}
        assert outcome.verdict is model.Verdict.FAILURE

    def test_what_bears_to_be_run_again_is_no_fault(self, killing):
        # given a step that looks what is there, batches, and random values
        outcome = killing(
            ("looks", INDEX), ("batches", BATCHES), ("moment", MOMENT)
        )
        assert outcome.findings == () and outcome.not_checked == ()
        assert marks(outcome) == dict.fromkeys(
            ("looks", "batches", "moment"), "ok"
        )

    def test_a_step_that_is_one_statement_is_never_half_done(self, killing):
        outcome = killing(("single", ONE))
        assert outcome.findings == ()
        assert marks(outcome) == {"single": "note by hand"}

    def test_values_that_are_changed_twice_are_counted(self, killing):
        outcome = killing(("twice", TWICE))
        [finding] = outcome.findings
        assert finding.message == (
            "user_001/sqlite: two->twice killed half-way ends in other data "
            "when it is run again: 1,000 values of orders.state"
        )

    def test_what_takes_too_long_for_the_budget_is_said(self, killing):
        outcome = killing(
            ("slow", 'op.execute("SELECT 1")\ntime.sleep(2)'),
            budget_seconds="3",
        )
        assert outcome.findings == ()
        [gap] = outcome.not_checked
        assert gap.why.startswith("each point takes about ")
        assert gap.why.endswith("of the budget of 3 s are left")
        assert marks(outcome) == {"slow": "not checked"}


class TestOnServers:
    pytestmark = functional

    def test_mariadb_keeps_a_half_and_postgresql_takes_it_back(self, killing):
        outcome = killing(("half", TWO), servers=True)
        [finding] = outcome.findings
        assert finding.where["engine"] == "mariadb"
        assert "Duplicate column name 'total' (1060)" in finding.message
        assert [
            (row["engine"], row["kill half-way"])
            for row in outcome.tables["migrations"].rows
        ] == [("mariadb", "fails"), ("postgresql", "ok")]

    @pytest.mark.parametrize("engine", ["mariadb", "postgresql"])
    def test_numbers_that_are_not_given_again_are_no_harm(
        self, killing, engine
    ):
        # given rows whose numbers the engine gives out, in a transaction
        number = {
            "mariadb": "INTEGER AUTO_INCREMENT PRIMARY KEY",
            "postgresql": "INTEGER GENERATED BY DEFAULT AS IDENTITY"
            " PRIMARY KEY",
        }[engine]
        outcome = killing(
            ("made", [f"CREATE TABLE bills (id {number}, of_order INTEGER)"]),
            ("filled", ["INSERT INTO bills (of_order) SELECT id FROM orders",
                        "UPDATE bills SET of_order = -of_order"]),
            servers=True,
            engines=engine,
        )  # fmt: skip
        assert outcome.findings == ()
        assert marks(outcome)["filled"] == "ok"


def test_a_tool_without_statements_is_killed_by_the_clock():
    migration = Migration("new")
    slow = Ran(migration, Direction.UP, 8.0)
    assert [one.how for one in points(slow, False)] == [
        {"kill_at": 2.0}, {"kill_at": 4.0}, {"kill_at": 6.0},
    ]  # fmt: skip
    assert points(Ran(migration, Direction.UP, 0.04), False) == []


@pytest.mark.parametrize(
    "count, numbers", [(0, []), (1, [1]), (2, [1, 2]), (9, [1, 5, 9])]
)
def test_the_first_the_middle_and_the_last_statement_are_taken(count, numbers):
    ran = Ran(Migration("new"), Direction.UP, 8.0, ("SELECT 1",) * count)
    found = [one.how["die_after"] for one in points(ran, True)]
    assert found == numbers
