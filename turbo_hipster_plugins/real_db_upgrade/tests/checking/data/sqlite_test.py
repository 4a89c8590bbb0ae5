"""What steps do to the data, on SQLite: faults, and their sound twins."""

import pytest

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

NEW = (
    "CREATE TABLE new (id INTEGER PRIMARY KEY, owner INTEGER,"
    " state VARCHAR(20), note VARCHAR(40))"
)
INTO = "INSERT INTO new (id, owner, state, note) SELECT "
OVER = ("DROP TABLE orders", "ALTER TABLE new RENAME TO orders")
PLAIN = "id, owner, state, note FROM orders"
PYTHON = """
rows = op.get_bind().exec_driver_sql("SELECT id, note FROM orders").all()
raw = op.get_bind().connection.driver_connection
raw.execute("UPDATE orders SET note = 'x' WHERE id < 4")
"""

FAULTS = {
    "joined": (
        (NEW, INTO + "orders.id, owner, state, note FROM orders"
         " JOIN users ON users.id = orders.owner", *OVER),
        "TH-R201",
        "loses 4 of 200 rows of orders while it copies them to a new table",
    ),
    "ignored": (
        (NEW, "CREATE UNIQUE INDEX once ON new (owner)",
         "INSERT OR IGNORE INTO new SELECT * FROM orders", *OVER),
        "TH-R201",
        "loses 147 of 196 rows of orders while it copies them to a new table",
    ),
    "forgot": (
        (NEW, "INSERT INTO new (id, owner, state) SELECT id, owner, state"
         " FROM orders", *OVER),
        "TH-R202",
        "changes 49 values of orders.note while it copies them to a new"
        " table",
    ),
    "cut_off": (
        ("CREATE TABLE new (word INTEGER, number INTEGER)",
         "INSERT INTO new (word, number) SELECT CAST(word AS INTEGER), number"
         " FROM loose", "DROP TABLE loose", "ALTER TABLE new RENAME TO"
         " loose"),
        "TH-R202",
        "changes 100 rows of loose in what no statement of it sets"
        " (word, number)",
    ),
    "moved": (
        ("CREATE TABLE people (id INTEGER PRIMARY KEY, mail VARCHAR(60))",
         "INSERT INTO people (id, mail) SELECT users.id, users.email FROM"
         " users JOIN items ON items.id = users.id AND items.amount > 9",
         "DROP TABLE users"),
        "TH-R201",
        "loses 3 of 60 rows of users on the way to people",
    ),
    "past_the_hook": (
        PYTHON,
        "TH-R202",
        "changes 3 values of orders.note, and no statement of it sets that"
        " column",
    ),
    "emptied": (
        ("DELETE FROM loose",),
        "TH-R201",
        "loses all 100 rows of loose by a DELETE that does not say which",
    ),
}  # fmt: skip


def test_faults_are_found_each_by_its_finding(change, sql):
    # given a change with a step for each fault
    steps = {
        name: code if isinstance(code, str) else sql(*code)
        for name, (code, _, _) in FAULTS.items()
    }
    # what is not there any more cannot be forgotten
    steps["past_the_hook"] = (
        'op.execute("SELECT 1 FROM orders")\n' + steps["past_the_hook"]
    )

    # when it is judged
    got = change(steps)

    # then each fails by its finding alone
    found = {
        name: [(one.id, one.says) for one in got.found[name]
               if one.severity != "note"]
        for name in FAULTS
    }  # fmt: skip
    assert found == {
        name: [(wanted, says)] for name, (_, wanted, says) in FAULTS.items()
    }
    assert set(got.marks.values()) == {"fails"}

    # and the first keys are told where there are some
    [joined] = [one for one in got.found["joined"] if one.id == "TH-R201"]
    assert joined.detail == "The first keys: 50, 100, 150, 200"
    assert joined.measured == 4 and joined.table == "orders"

    # and the report shows rows and columns
    row = next(one for one in got.rows if one["table"] == "orders")
    assert (row["rows before"], row["rows after"]) == (200, 196)


SOUND = {
    "copied": (NEW, INTO + PLAIN, *OVER),
    "expanded": ("ALTER TABLE users ADD COLUMN name VARCHAR(60)",
                 "CREATE INDEX of_name ON users (name)",
                 "UPDATE users SET name = lower(email)"),
    "contracted": ("ALTER TABLE users DROP COLUMN email",),
    "renamed": ("ALTER TABLE loose RENAME TO words",
                "ALTER TABLE words RENAME COLUMN word TO text"),
    "moved": ("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT)",
              "INSERT INTO people SELECT id, name FROM users",
              "DROP TABLE users"),
    "retyped": (NEW.replace("owner INTEGER", "owner TEXT"), INTO
                + "id, CAST(owner AS TEXT) AS owner, state, note FROM orders",
                *OVER),
    "filled": (NEW.replace("note VARCHAR(40)", "note TEXT NOT NULL"), INTO
               + "id, owner, coalesce(state, 'new'), note FROM orders",
               *OVER),
    "merged": ("INSERT INTO words SELECT note, id FROM orders WHERE id > 190",
               "DELETE FROM orders WHERE id > 190"),
    "swapped": ("UPDATE items SET amount = -amount",),
    "grown": ("INSERT INTO people (id, name) VALUES (999, 'new')",),
    "looked": ("SELECT count(*) FROM people",),
}  # fmt: skip
NOTES = {
    "contracted": "drops 60 values of users.email",
    "merged": "deletes 10 of 200 rows of orders",
}


def test_sound_steps_pass_in_silence_but_for_what_goes(change, sql):
    got = change({name: sql(*code) for name, code in SOUND.items()})
    assert got.outcome.verdict.name == "SUCCESS"
    notes = {name: one.says for name, its in got.found.items() for one in its}
    assert notes == NOTES
    assert set(got.marks.values()) == {"ok"}
    assert got.outcome.not_checked == ()


def test_a_table_that_is_dropped_is_told_with_its_rows(change, sql):
    got = change({
        "spread": sql("CREATE TABLE a AS SELECT * FROM loose WHERE number > 3",
                      "CREATE TABLE b AS SELECT * FROM loose",
                      "DROP TABLE loose"),
        "dropped": sql("DROP TABLE items"),
        "remade": sql("DROP TABLE users",
                      "CREATE TABLE users (id INTEGER, email TEXT)"),
        "filtered": sql("DELETE FROM orders WHERE id > 0"),
    })  # fmt: skip
    told = {
        name: (one.id, one.severity, one.says)
        for name, [one] in got.found.items()
    }
    assert told == {
        "spread": ("TH-R201", "note",
                   "drops loose with 100 rows, some copied to a, b"),
        "dropped": ("TH-R201", "note", "drops items with 200 rows"),
        "remade": ("TH-R201", "warn",
                   "loses all 60 rows of users by DROP TABLE and CREATE"
                   " TABLE"),
        "filtered": ("TH-R201", "warn",
                     "loses all 200 rows of orders by a DELETE whose WHERE"
                     " holds for each"),
    }  # fmt: skip


GUARDED = """
raw = op.get_bind().connection.driver_connection
raw.commit()
raw.execute("PRAGMA foreign_keys = ON")
"""


def test_rows_that_go_with_a_copied_parent_are_lost(change, sql):
    # given SQLite's trap: to drop the old table deletes its rows
    copying = GUARDED + sql(NEW, INTO + PLAIN, *OVER)

    # and a cascade that a DELETE means to set off
    meant = GUARDED + sql("DELETE FROM orders WHERE id < 11")
    got = change({"meant": meant, "copying": copying})
    told = {
        name: [(one.severity, one.says) for one in its]
        for name, its in got.found.items()
    }
    assert told["meant"] == [
        ("note", "deletes 10 of 200 rows of orders"),
        ("warn", "loses 10 of 200 rows of items by the cascade of a foreign "
         "key"),
    ] or told["meant"] == [
        ("warn", "loses 10 of 200 rows of items by the cascade of a foreign "
         "key"),
        ("note", "deletes 10 of 200 rows of orders"),
    ]  # fmt: skip
    assert told["copying"] == [
        ("fail", "loses all 190 rows of items, and no statement of it "
         "deletes any")
    ]  # fmt: skip


def test_a_trigger_and_what_it_writes_is_a_reason(change, sql):
    trigger = (
        "CREATE TRIGGER noted AFTER UPDATE ON users BEGIN"
        " UPDATE orders SET note = 'seen' WHERE id = NEW.id; END"
    )
    got = change({
        "trigger": sql(trigger),
        "update": sql("UPDATE users SET email = upper(email)"),
    })  # fmt: skip
    assert got.found == {"trigger": [], "update": []}
    differs = [row["values changed"] for row in got.rows
               if row["revision"] == "update"]  # fmt: skip
    assert "note 60" in differs


def test_what_the_budget_cuts_off_is_said(change, sql):
    got = change({"one_step": sql("DELETE FROM loose")}, budget_seconds="0")
    assert got.marks == {"one_step": "not checked"}
    [gap] = got.outcome.not_checked
    assert "one_step, data" in gap.what and "budget" in gap.why
