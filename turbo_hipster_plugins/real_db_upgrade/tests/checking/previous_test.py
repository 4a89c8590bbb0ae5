"""The previous code on the new schema: what is found, and how it is said."""

import pytest

from turbo_hipster_real_db_upgrade.checking.previous.desk import Fault
from turbo_hipster_real_db_upgrade.checking.previous.wording import told

functional = [pytest.mark.functional, pytest.mark.timeout(300)]
NAMES = {"people", "mail", "people_mail_key"}
SECRET = "ann@example.org"


@pytest.fixture
def previous(shop, only):
    only("previous code")
    return shop


class TestTheTask:
    pytestmark = functional

    def test_a_column_that_is_dropped_is_named_with_who_needs_it(
        self, previous
    ):
        previous.dataset()
        previous.step(
            "new",
            "two",
            'op.execute("ALTER TABLE orders DROP COLUMN state")',
        )
        outcome = previous.judge()
        assert previous.found() == {
            "TH-R303": "user_001/sqlite: two->new breaks the previous code: "
            "SELECT and UPDATE on orders fail: no such column: state "
            "(SQLITE_ERROR)"
        }
        [finding] = outcome.findings
        assert finding.where["table"] == "orders"
        assert finding.measured == "SELECT, UPDATE"
        assert "one release later" in finding.advice
        assert "UPDATE of orders.state: no such column" in finding.detail
        [row] = outcome.tables["migrations"].rows
        assert row["previous code"] == "fails"

    def test_a_column_that_is_added_is_no_harm(self, previous):
        previous.dataset()
        previous.step(
            "new",
            "two",
            'op.execute("ALTER TABLE orders ADD COLUMN total INTEGER")',
        )
        outcome = previous.judge()
        assert outcome.findings == () and outcome.not_checked == ()
        [row] = outcome.tables["migrations"].rows
        assert row["previous code"] == "ok"

    def test_a_statement_of_the_workload_that_fails_is_shown_without_values(
        self, previous
    ):
        # given one that the step breaks, and one that never worked
        folder = previous.dataset(more="workload: statements.sql\n")
        (folder / "statements.sql").write_text(
            "SELECT id FROM nowhere;\n"
            f"SELECT id FROM orders INDEXED BY i WHERE state = '{SECRET}';\n"
        )
        seed = folder / "seed.sql"
        seed.write_text(
            seed.read_text() + "CREATE INDEX i ON orders (state);\n"
        )
        previous.step("new", "two", 'op.execute("DROP INDEX i")')
        outcome = previous.judge(probe="off")
        [finding] = outcome.findings
        assert finding.message == (
            "user_001/sqlite: two->new breaks statement 2 of the workload: "
            "no such index: i (SQLITE_ERROR)"
        )
        assert finding.detail == (
            "select id from orders INDEXED by i where state = ?"
        )
        assert SECRET not in repr(outcome.findings)

    def test_a_table_without_rows_is_said_to_be_checked_in_part(
        self, previous
    ):
        previous.dataset(
            text="CREATE TABLE orders (id INTEGER PRIMARY KEY, s TEXT);\n"
            "CREATE TABLE alembic_version (version_num TEXT);\n"
            "INSERT INTO alembic_version VALUES ('one');\n"
        )
        previous.step(
            "new", "two", 'op.execute("CREATE INDEX i ON orders (s)")'
        )
        outcome = previous.judge()
        assert outcome.findings == ()
        [gap] = outcome.not_checked
        assert gap.what.endswith("previous code (INSERT into orders)")
        assert "no row" in gap.why

    def test_what_does_not_fit_into_the_budget_is_said(self, previous):
        previous.dataset()
        previous.step(
            "new",
            "two",
            'op.execute("ALTER TABLE orders DROP COLUMN state")',
        )
        outcome = previous.judge(budget_seconds="0")
        assert outcome.findings == ()
        assert [gap.why for gap in outcome.not_checked] == [
            "the budget of 0 s is used up"
        ]


@pytest.mark.parametrize(
    "fault, shown",
    [
        (Fault("1062", f"Duplicate entry '{SECRET}' for key 'mail'"),
         "Duplicate entry '…' for key 'mail' (1062)"),
        (Fault("22P02", f'invalid input syntax for type integer: "{SECRET}"'),
         "invalid input syntax for type integer: '…' (22P02)"),
        (Fault("23505", "duplicate key value violates unique constraint"
               ' "people_mail_key"'),
         "duplicate key value violates unique constraint"
         ' "people_mail_key" (23505)'),
        (Fault("SQLITE_CONSTRAINT_NOTNULL",
               "NOT NULL constraint failed: people.mail"),
         "NOT NULL constraint failed: people.mail"
         " (SQLITE_CONSTRAINT_NOTNULL)"),
        (Fault("P0001", f"{SECRET} is not wanted here"),
         "a trigger refuses it (P0001)"),
        (Fault("1264", "Out of range value: 4711"),
         "Out of range value: … (1264)"),
    ],
)  # fmt: skip
def test_no_value_of_the_dataset_is_in_the_engines_words(fault, shown):
    assert told(fault, NAMES) == shown


def test_what_an_engine_quotes_is_shown_when_it_is_a_name():
    fault = Fault("1", f"column 'mail' of `shop`.`people` is no '{SECRET}'")
    assert told(fault, NAMES) == (
        "column 'mail' of '…'.`people` is no '…' (1)"
    )
