"""TH-R204: the rows that break a constraint are counted, and named by key."""

import contextlib

import pytest

from turbo_hipster_real_db_upgrade.checking.data.breaking.offenders import (
    broken,
)

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

MADE = (
    "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(60))",
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, owner INTEGER,"
    " state VARCHAR(20))",
    "CREATE TABLE strict (id INTEGER PRIMARY KEY, word VARCHAR(20) NOT NULL,"
    " CONSTRAINT short CHECK (length(word) < 9))",
    "INSERT INTO users VALUES (1, 'a'), (2, 'b'), (3, 'a'), (4, NULL),"
    " (5, NULL)",
    "INSERT INTO orders VALUES (1, 1, 'new'), (2, 9, NULL), (3, NULL, 'old'),"
    " (4, 9, 'enormously')",
)
COMMON = {
    "CREATE UNIQUE INDEX once ON users (email)": (
        "2 rows of users share their values of email with others (once)",
        ("1", "3"),
    ),
    "INSERT INTO strict (id, word) SELECT id, state FROM orders WHERE id < 4":
        ("1 row of strict have no value in word", ("2",)),
    "INSERT INTO strict SELECT id, state FROM orders WHERE state IS NOT NULL":
        ("1 row of strict do not meet the check (short)", ("4",)),
    "INSERT INTO strict (word) SELECT state FROM orders WHERE id < 3":
        ("1 row of strict have no value in word", ()),
    "UPDATE users SET email = 'a'": None,
    "SELECT nonsense": None,
}  # fmt: skip
ADDED = {
    "ALTER TABLE users ADD CONSTRAINT once UNIQUE (email)": (
        "2 rows of users share their values of email with others (once)",
        ("1", "3"),
    ),
    "ALTER TABLE orders ADD CONSTRAINT owned FOREIGN KEY (owner) REFERENCES"
    " users (id) ON DELETE CASCADE": (
        "2 rows of orders name in owner what is not in users (owned)",
        ("2", "4"),
    ),
    "ALTER TABLE orders ADD CONSTRAINT few CHECK (id < 3)": (
        "2 rows of orders do not meet the check (few)", ("3", "4"),
    ),
    "ALTER TABLE orders ADD PRIMARY KEY (owner)": (
        "2 rows of orders share their values of owner with others",
        ("2", "4"),
    ),
}  # fmt: skip
UNKNOWN = ("1 row of orders have no value in state", ("2",))
CASES = {
    "sqlite": {
        **COMMON,
        "CREATE UNIQUE INDEX once ON users (email) WHERE id > 1": None,
        "CREATE UNIQUE INDEX IF NOT EXISTS once ON users (length(email))": (
            "3 rows of users share their values of length(email) with others"
            " (once)",
            ("1", "2", "3"),
        ),
    },
    "mariadb": {
        **COMMON,
        **ADDED,
        "ALTER TABLE orders MODIFY state VARCHAR(20) NOT NULL": UNKNOWN,
        "ALTER TABLE `users` ADD UNIQUE INDEX `once` (`email`)": (
            "2 rows of users share their values of email with others (once)",
            ("1", "3"),
        ),
    },
    "postgresql": {
        **COMMON,
        **ADDED,
        "ALTER TABLE orders ALTER COLUMN state SET NOT NULL": UNKNOWN,
        "ALTER TABLE ONLY public.orders ADD COLUMN kind integer NOT NULL": (
            "4 rows of orders get no value in kind", ("1", "2", "3", "4"),
        ),
        "ALTER TABLE orders ADD COLUMN kind integer NOT NULL DEFAULT 1": None,
    },
}  # fmt: skip


@pytest.mark.parametrize("engine", CASES)
def test_offending_rows_are_counted_and_named_by_key(on, execute, engine):
    found = {}

    def body(server):
        made = server()
        execute(made, *MADE)
        for statement in CASES[engine]:
            with contextlib.closing(made.connect()) as connection:
                found[statement] = broken(engine, connection, statement)

    on(engine, body)
    told = {
        statement: one and (str(one), one.first)
        for statement, one in found.items()
    }
    assert told == CASES[engine]


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_build_names_them_after_what_the_step_did_before(
    change, sql, engine
):
    # given a step that makes some values alike, and then wants them apart
    code = sql(
        "UPDATE orders SET note = 'note 1' WHERE id IN (7, 5)",
        "CREATE UNIQUE INDEX once ON orders (note)",
    )

    # when it is judged
    got = change({"apart": code}, engine, probe="off")

    # then all of them are counted; no value is told
    [one] = got.found["apart"]
    assert (one.id, one.severity, one.table) == ("TH-R204", "fail", "orders")
    assert one.says == (
        "breaks a constraint on this data: 3 rows of orders share their"
        " values of note with others (once)"
    )
    assert one.measured == 3
    assert "The first keys: 1, 5, 7" in one.detail


def test_what_cannot_be_done_again_is_told_by_the_engine_alone(change):
    # given statements with parameters, which nobody else can run again
    code = """
    import sqlalchemy as sa
    op.get_bind().execute(
        sa.text("UPDATE orders SET note = :n WHERE id IN (5, 7)"),
        {"n": "note 1"},
    )
    op.execute("CREATE UNIQUE INDEX once ON orders (note)")
    """
    got = change({"apart": code}, "postgresql", probe="off")
    [one] = got.found["apart"]
    assert one.id == "TH-R204" and one.measured is None
    assert 'could not create unique index "once"' in one.says
