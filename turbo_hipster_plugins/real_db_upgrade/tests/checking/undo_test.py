"""Each step is undone on its data: in time, and without a loss."""

import pytest

from turbo_hipster import model

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

SERVERS = "seed: {mariadb: seed.sql, postgresql: seed.sql}\n"
SECRET = "ann@example.org"


@pytest.fixture
def undoing(shop, only):
    """A shop of whose steps only the undoing is checked."""
    only("undo")
    return shop


@pytest.fixture
def chain(undoing):
    """Commit steps, each of them (name, up, down); judge them at once.

    Returns what is said of each, by severity.
    """

    def chain(*steps, more="", servers=False, **options):
        folder = undoing.dataset(more=more)
        if servers:
            path = folder / "dataset.yaml"
            text = path.read_text()
            text = text.replace("engine: sqlite\nseed: seed.sql\n", SERVERS)
            path.write_text(text)
        parent = "two"
        for name, up, down in steps:
            undoing.step(name, parent, _code(up), _code(down))
            parent = name
        outcome = undoing.judge(**options)
        assert {one.id for one in outcome.findings} <= {"TH-R301"}
        said = {}
        for one in outcome.findings:
            key = (one.where["engine"], one.where["revision"])
            said.setdefault(key, []).append((one.severity.value, one.message))
        return outcome, said

    return chain


def _code(statements):
    if isinstance(statements, str):
        return statements
    return "\n".join(f"op.execute({one!r})" for one in statements)


ADD = (
    "added",
    ["ALTER TABLE orders ADD COLUMN total INTEGER",
     "UPDATE orders SET total = id"],
    ["ALTER TABLE orders DROP COLUMN total"],
)  # fmt: skip
MOVE = (
    "moved",
    ["CREATE TABLE states (id INTEGER PRIMARY KEY, state VARCHAR(20))",
     "INSERT INTO states SELECT id, state FROM orders",
     "ALTER TABLE orders DROP COLUMN state"],
    ["ALTER TABLE orders ADD COLUMN state VARCHAR(20)",
     "UPDATE orders SET state = (SELECT s.state FROM states s"
     " WHERE s.id = orders.id)",
     "DROP TABLE states"],
)  # fmt: skip
FILL = (
    "filled",
    ["UPDATE orders SET state = 'none' WHERE state IS NULL"],
    "pass",
)
MAKE = (
    "made",
    ["CREATE TABLE shops (id INTEGER PRIMARY KEY)",
     "INSERT INTO shops VALUES (1)"],
    ["DROP TABLE shops"],
)  # fmt: skip
DROP = (
    "dropped",
    ["ALTER TABLE orders DROP COLUMN state"],
    ["ALTER TABLE orders ADD COLUMN state VARCHAR(20)"],
)
DELETES = ("deletes", ["SELECT 1"], ["DELETE FROM orders WHERE id <= 7"])


def test_what_comes_back_whole_is_no_fault(chain, remembered):
    outcome, said = chain(ADD, MOVE, MAKE)
    assert said == {}
    assert outcome.verdict is model.Verdict.SUCCESS

    # and each way back is measured, told and remembered
    rows = outcome.tables["migrations"].rows
    assert [(row["revision"], row["direction"]) for row in rows] == [
        ("added", "up"), ("added", "down"), ("moved", "up"),
        ("moved", "down"), ("made", "up"), ("made", "down"),
    ]  # fmt: skip
    down = rows[1]
    assert down["seconds"] > 0 and down["write_stall"] is not None
    assert [row["undo"] for row in rows] == ["ok", ""] * 3
    assert outcome.sentences[0].startswith("3 migrations judged")
    assert remembered(
        "SELECT step FROM steps WHERE direction = 'down' ORDER BY id"
    ) == [("added->two",), ("moved->added",), ("made->moved",)]


def test_a_column_that_comes_back_empty_is_lost(chain):
    outcome, said = chain(DROP)
    [(severity, message)] = said["sqlite", "dropped"]
    assert severity == "fail"
    assert message == (
        "user_001/sqlite: two->dropped loses data when it is undone: "
        "1,999 values of orders.state"
    )
    assert outcome.findings[0].measured == 1999
    assert outcome.findings[0].where["table"] == "orders"
    assert outcome.tables["migrations"].rows[0]["undo"] == "fails"


def test_what_the_way_back_deletes_or_leaves_over_is_told(chain):
    _, said = chain(
        DELETES,
        ("trace", ["CREATE INDEX i ON orders (state)"], "pass"),
    )
    assert said["sqlite", "deletes"] == [
        ("fail", "user_001/sqlite: two->deletes loses data when it is "
         "undone: 7 of 2,000 rows of orders")
    ]  # fmt: skip
    assert said["sqlite", "trace"] == [
        ("fail", "user_001/sqlite: deletes->trace leaves a trace when it is "
         "undone: index i on orders(state) is left over")
    ]  # fmt: skip


def test_what_a_step_means_to_change_is_a_note_where_it_stays(chain):
    # given a backfill and a merge that are not taken back
    outcome, said = chain(
        FILL,
        ("merged", ["DELETE FROM orders WHERE id > 1990"], "pass"),
    )
    assert said["sqlite", "filled"] == [
        ("note", "user_001/sqlite: two->filled is undone without what it "
         "changed: 1 value of orders.state")
    ]  # fmt: skip
    assert said["sqlite", "merged"] == [
        ("note", "user_001/sqlite: filled->merged is undone without what it "
         "changed: 10 of 2,000 rows of orders")
    ]  # fmt: skip
    assert outcome.verdict is model.Verdict.SUCCESS


def test_a_way_back_that_fails_is_a_fault_and_none_at_all_is_not(chain):
    outcome, said = chain(
        ("none", "pass", "raise NotImplementedError"),
        (
            "fails",
            ["CREATE INDEX i ON orders (state)"],
            f"""raise ValueError("{SECRET}")""",
        ),
    )
    assert said["sqlite", "none"] == [
        ("note", "user_001/sqlite: two->none has no downgrade, and says so")
    ]
    assert said["sqlite", "fails"] == [
        ("fail", "user_001/sqlite: none->fails cannot be undone: it raises "
         "ValueError")
    ]  # fmt: skip
    assert SECRET not in repr(outcome.findings)
    rows = outcome.tables["migrations"].rows
    assert [row["undo"] for row in rows if row["direction"] == "up"] == [
        "no downgrade", "fails",
    ]  # fmt: skip
    assert [row["state"] for row in rows if row["direction"] == "down"] == [
        "failed"
    ]


def test_a_way_back_over_its_limit_is_told_with_the_limits_source(chain):
    _, said = chain(
        (
            "slow",
            ["CREATE INDEX IF NOT EXISTS i ON orders (state)"],
            """
            op.execute("UPDATE orders SET state = state")
            time.sleep(0.8)
            op.execute("DROP INDEX i")
            """,
        ),
        more='limits: {write_stall: {default: 60, "slow->two": 0.4}}\n',
    )
    [(severity, message)] = said["sqlite", "slow"]
    assert severity == "fail"
    assert message.startswith(
        "user_001/sqlite: two->slow blocks writes to orders for "
    )
    assert message.endswith(
        " when it is undone (limit 400 ms, dataset user_001)"
    )


@pytest.mark.parametrize("engine", ["mariadb", "postgresql"])
def test_servers_lose_and_keep_the_same(chain, engine):
    drop = (
        "dropped",
        ["ALTER TABLE orders DROP COLUMN total"],
        ["ALTER TABLE orders ADD COLUMN total INTEGER"],
    )
    _, said = chain(
        ADD, FILL, DELETES, drop, MOVE, servers=True, engines=engine,
        probe="off",
    )  # fmt: skip
    assert {
        step: [severity for severity, _ in found]
        for (_, step), found in said.items()
    } == {"filled": ["note"], "deletes": ["fail"], "dropped": ["fail"]}
    assert "7 of 2,000 rows of orders" in said[engine, "deletes"][0][1]
    assert "2,000 values of orders.total" in said[engine, "dropped"][0][1]
