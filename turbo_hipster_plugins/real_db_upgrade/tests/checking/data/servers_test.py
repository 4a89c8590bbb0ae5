"""What steps do to the data, on servers, where sums are compared."""

import pytest

pytestmark = [
    pytest.mark.functional,
    pytest.mark.heavy,
    pytest.mark.timeout(1200),
]

NEW = (
    "CREATE TABLE fresh (id INTEGER PRIMARY KEY, owner INTEGER,"
    " state VARCHAR(20), note VARCHAR(40))"
)
OVER = ("DROP TABLE orders", "ALTER TABLE fresh RENAME TO orders")
JOINED = (
    "ALTER TABLE items DROP CONSTRAINT items_ibfk_1",
    NEW,
    "INSERT INTO fresh (id, owner, state, note) SELECT o.id, o.owner,"
    " o.state, o.note FROM orders o JOIN users u ON u.id = o.owner",
    *OVER,
)
FORGOT = (
    NEW,
    "INSERT INTO fresh (id, owner, state) SELECT id, owner, state FROM orders",
    *OVER,
)
LOOSELY = "SET SESSION sql_mode = ''"
NOTED = """
CREATE TRIGGER noted AFTER UPDATE ON users FOR EACH ROW
  UPDATE orders SET note = 'seen' WHERE id = NEW.id
"""
NOTED_BY = """
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN UPDATE orders SET note = 'seen' WHERE id = NEW.id; RETURN NEW; END $$
"""
CASCADE = (
    "warn",
    "loses 10 of 200 rows of items by the cascade of a foreign key",
)
DELETED = ("note", "deletes 10 of 200 rows of orders")

COMMON = {
    "cascaded": (
        ("DELETE FROM orders WHERE id > 190",), {CASCADE, DELETED},
    ),
    "some": (
        ("DELETE FROM loose WHERE number < 2",),
        {("note", "deletes 29 of 100 rows of loose")},
    ),
    "truncated": (
        ("TRUNCATE TABLE loose",),
        {("warn", "loses all 71 rows of loose by TRUNCATE")},
    ),
    "updated": (("UPDATE users SET email = upper(email)",), set()),
    "expanded": (
        ("ALTER TABLE users ADD COLUMN name VARCHAR(60)",
         "UPDATE users SET name = email",
         "CREATE INDEX of_name ON users (name)"),
        set(),
    ),
}  # fmt: skip
ONLY = {
    "mariadb": {
        "wide": (
            ("ALTER TABLE orders MODIFY owner BIGINT",
             "ALTER TABLE orders CONVERT TO CHARACTER SET utf8mb4 COLLATE"
             " utf8mb4_bin",
             "ALTER TABLE items MODIFY amount DECIMAL(12, 2)"),
            set(),
        ),
        "narrow": (
            (LOOSELY, "ALTER TABLE users MODIFY email VARCHAR(5)"),
            {("fail", "changes 60 values of users.email while it changes the"
              " type from varchar(60) to varchar(5)")},
        ),
        "joined": (
            JOINED,
            {("fail", "loses 3 of 190 rows of orders while it copies them to"
              " a new table")},
        ),
        "replaced": (
            ("ALTER IGNORE TABLE users ADD UNIQUE once (email)",),
            {("fail", "loses 51 of 60 rows of users, and no statement of it"
              " deletes any")},
        ),
    },
    "postgresql": {
        "wide": (
            ("ALTER TABLE orders ALTER COLUMN owner TYPE bigint,"
             " ALTER COLUMN note TYPE text",
             "ALTER TABLE items ALTER COLUMN amount TYPE numeric(12, 2)"),
            set(),
        ),
        "narrow": (
            ("ALTER TABLE items ALTER COLUMN amount TYPE numeric(12, -1)",),
            {("fail", "changes 171 values of items.amount while it changes"
              " the type from numeric(12,2) to numeric(12,-1)")},
        ),
        "told": (
            ("ALTER TABLE users ALTER COLUMN email TYPE integer USING"
             " length(email)",),
            set(),
        ),
        "triggered": (
            (NOTED_BY, "CREATE TRIGGER noted AFTER UPDATE ON users FOR EACH"
             " ROW EXECUTE FUNCTION note()",
             "UPDATE users SET name = 'x'"),
            set(),
        ),
        "joined": (
            ("DROP TABLE items", *JOINED[1:]),
            {("note", "drops items with 190 rows"),
             ("fail", "loses 3 of 190 rows of orders while it copies them to"
              " a new table")},
        ),
    },
}  # fmt: skip
FORGOTTEN = {
    ("fail", "changes 187 values of orders.note while it copies them to a"
     " new table"),
}  # fmt: skip


@pytest.mark.parametrize("engine", ["mariadb", "postgresql"])
def test_faults_are_found_and_sound_steps_are_not(change, sql, engine):
    # given a change with faults and sound steps
    steps = {**COMMON, **ONLY[engine], "forgot": (FORGOT, FORGOTTEN)}
    if engine == "mariadb":
        steps["noted"] = ((NOTED, "UPDATE users SET name = 'x'"), set())

    # when it is judged
    got = change(
        {name: sql(*code) for name, (code, _) in steps.items()},
        engine,
        probe="off",
    )

    # then each step is found to be what it is
    found = {
        name: {(one.severity, one.says) for one in got.found[name]}
        for name in steps
    }
    assert found == {name: wanted for name, (_, wanted) in steps.items()}
    for name, wanted in found.items():
        fails = any(severity == "fail" for severity, _ in wanted)
        assert got.marks[name] == ("fails" if fails else "ok")

    # and keys are told, the smallest first
    [joined] = [one for one in got.found["joined"] if one.severity == "fail"]
    assert joined.detail == "The first keys: 50, 100, 150"


def test_a_cursor_past_the_tools_hook_is_seen_by_the_server(change):
    # given an UPDATE that the tool does not show
    code = """
    raw = op.get_bind().connection.driver_connection
    with raw.cursor() as cursor:
        cursor.execute("UPDATE orders SET note = 'x' WHERE id < 4")
    """
    # when it is judged, then the server's own list is reason enough
    got = change({"raw": code}, "postgresql", probe="off")
    assert got.found == {"raw": []} and got.marks == {"raw": "ok"}
