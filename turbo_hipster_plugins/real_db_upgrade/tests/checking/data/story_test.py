"""What statements say becomes of a table; nothing is run."""

import pytest

from turbo_hipster_real_db_upgrade.checking.data.bodies import ALL, Way
from turbo_hipster_real_db_upgrade.checking.data.fates import fate
from turbo_hipster_real_db_upgrade.checking.data.story import Story

TABLES = ("orders", "users")


@pytest.fixture
def became():
    """Tell statements; return what became of ``orders``."""

    def became(*statements, engine="postgresql", after=TABLES, **more):
        story = Story(engine, TABLES, more.get("routines"))
        for statement in statements:
            story.tell(statement)
        return fate(story, "orders", after)

    return became


@pytest.mark.parametrize(
    "statement, written",
    [
        ("SELECT state FROM orders", set()),
        ("UPDATE orders SET state = 'x', note = upper(note)",
         {"state", "note"}),
        ("UPDATE ONLY public.orders AS o SET state = 'x'", {"state"}),
        ("UPDATE orders SET (state, note) = (1, 2)", {"state", "note"}),
        ('UPDATE "orders" SET "State" = users.name FROM users', {"state"}),
        ("UPDATE users SET state = 1 WHERE id IN (SELECT id FROM orders)",
         set()),
        ("SELECT * FROM orders FOR UPDATE", set()),
        ("INSERT INTO orders (id, state) VALUES (1, 'x')", set()),
        ("INSERT INTO orders (id) VALUES (1) ON CONFLICT (id) DO UPDATE"
         " SET state = excluded.state", {"state"}),
        ("WITH gone AS (UPDATE orders SET note = 1 RETURNING id)"
         " INSERT INTO users SELECT id FROM gone", {"note"}),
        ("DO $$ BEGIN UPDATE orders SET note = 'x'; END $$", {"note"}),
        ("ALTER TABLE orders ADD COLUMN more integer", set()),
        ("CREATE INDEX i ON orders (state)", set()),
        ("MERGE INTO orders USING users ON true WHEN MATCHED THEN DELETE",
         {ALL}),
    ],
)  # fmt: skip
def test_the_columns_that_a_statement_sets_are_known(
    became, statement, written
):
    assert became(statement).written == written


@pytest.mark.parametrize(
    "statement, ways",
    [
        ("DELETE FROM orders", {Way.EVERY}),
        ("DELETE FROM orders WHERE id < 5", {Way.SOME}),
        ("DELETE FROM orders USING users WHERE true", {Way.SOME}),
        ("DELETE FROM users WHERE id IN (SELECT id FROM orders)", set()),
        ("WITH gone AS (DELETE FROM orders WHERE true RETURNING id)"
         " INSERT INTO users SELECT id FROM gone", {Way.SOME}),
        ("TRUNCATE TABLE users, orders CASCADE", {Way.TRUNCATE}),
        ("ALTER TABLE orders DETACH PARTITION old", {Way.PARTITION}),
        ("ALTER TABLE orders ADD FOREIGN KEY (a) REFERENCES users (id)"
         " ON DELETE CASCADE", set()),
        ("INSERT INTO orders VALUES (1) ON CONFLICT DO NOTHING", set()),
        ("CREATE TRIGGER t AFTER DELETE ON users FOR EACH ROW EXECUTE"
         " FUNCTION f()", set()),
    ],
)  # fmt: skip
def test_the_ways_in_which_rows_go_are_known(became, statement, ways):
    assert became(statement).ways == ways


def test_several_tables_of_one_statement_are_all_followed(became):
    found = became(
        "UPDATE users u JOIN orders o ON u.id = o.id SET o.state = 'x'",
        "DELETE o FROM orders o JOIN users u ON u.id = o.id",
        engine="mariadb",
    )
    assert found.written == {"state"}
    assert became("DELETE orders FROM orders JOIN users",
                  engine="mariadb").ways == {Way.SOME}  # fmt: skip


def test_renamed_tables_and_columns_are_the_same_rows(became):
    found = became(
        "ALTER TABLE orders RENAME TO purchases",
        "ALTER TABLE purchases RENAME COLUMN state TO status",
        "ALTER TABLE purchases DROP COLUMN note",
        "UPDATE purchases SET status = 'x'",
        after=("purchases", "users"),
    )
    assert found.now == "purchases" and not found.copied
    assert found.renamed == {"state": "status"}
    assert found.written == {"state"} and found.dropped == {"note"}


@pytest.mark.parametrize(
    "statements",
    [
        ("RENAME TABLE orders TO old, users TO orders, old TO users",),
        ("ALTER TABLE orders RENAME old", "ALTER TABLE users RENAME orders",
         "ALTER TABLE old RENAME users"),
    ],
)  # fmt: skip
def test_tables_that_change_places_are_followed(became, statements):
    assert became(*statements, engine="mariadb").now == "users"


def test_a_changed_column_has_its_new_name(became):
    found = became(
        "ALTER TABLE orders CHANGE COLUMN state status VARCHAR(9),"
        " DROP INDEX i, ADD INDEX j (status)",
        engine="mariadb",
    )
    assert found.renamed == {"state": "status"} and not found.dropped


COPY = (
    'CREATE TABLE "new__orders" (id INTEGER PRIMARY KEY, state, note)',
    'INSERT INTO "new__orders" (id, state, note) SELECT {} FROM orders',
    "DROP TABLE orders",
    'ALTER TABLE "new__orders" RENAME TO "orders"',
)


@pytest.mark.parametrize(
    "items, written, renamed",
    [
        ("id, state, note", set(), {}),
        ("orders.id, CAST(orders.state AS TEXT) AS state, note", set(), {}),
        ("id, coalesce(state, 'x'), note", {"state"}, {}),
        ("id, state, NULL", {"note"}, {}),
        ("id, phase, note", set(), {"phase": "state"}),
        ("id, note, state", {"state", "note"}, {}),
    ],
)
def test_a_table_that_is_copied_is_the_same_rows(
    became, items, written, renamed
):
    statements = [one.format(items) for one in COPY]
    found = became(*statements, engine="sqlite")
    assert found.copied and found.now == "orders"
    assert found.written == written
    differing = {old: new for old, new in found.renamed.items() if old != new}
    assert differing == renamed


def test_an_alias_says_whose_a_column_is(became):
    found = became(
        "CREATE TABLE fresh (id integer, state text, note text)",
        "INSERT INTO fresh (id, state, note) SELECT o.id, o.state, u.note"
        " FROM orders o JOIN users AS u ON u.id = o.id",
        "DROP TABLE orders",
        "ALTER TABLE fresh RENAME TO orders",
    )
    assert found.written == {"note"}


def test_a_copy_by_way_of_another_table_is_followed(became):
    found = became(
        "CREATE TEMPORARY TABLE kept AS SELECT id, upper(state) AS state"
        " FROM orders",
        "DROP TABLE orders",
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, state)",
        "INSERT INTO orders SELECT * FROM kept",
        engine="sqlite",
    )
    assert found.copied and found.written == {"state"}


def test_a_table_that_is_made_anew_without_a_copy_is_said_so(became):
    found = became("DROP TABLE orders", "CREATE TABLE orders (id integer)")
    assert found.now == "orders" and Way.REMADE in found.ways


def test_rows_that_move_to_another_table_are_followed(became):
    found = became(
        "CREATE TABLE purchases (id integer, status text, extra text)",
        "INSERT INTO purchases (id, status) SELECT id, state FROM orders",
        "DROP TABLE orders",
        after=("purchases", "users"),
    )
    assert found.now == "purchases" and found.copied
    assert found.arrived == {"id", "state"}


def test_rows_that_are_spread_or_chosen_are_dropped_with_their_table(became):
    found = became(
        "CREATE TABLE small AS SELECT * FROM orders WHERE id < 9",
        "INSERT INTO users (id) SELECT id FROM orders",
        "DROP TABLE orders",
        after=("small", "users"),
    )
    assert found.now is None and found.heirs == ("small", "users")


def test_the_text_of_a_routine_is_read_when_it_is_called(became):
    routines = {"mend": "BEGIN UPDATE orders SET note = 'x'; END"}
    assert became("SELECT mend()", routines=routines).written >= {"note"}
    assert not became("SELECT other()", routines=routines).written
    assert not became("SELECT mend FROM users", routines=routines).written


def test_a_routine_that_makes_up_statements_may_do_anything(became):
    routines = {"mend": "BEGIN EXECUTE 'UPDATE ' || name; END"}
    found = became("CALL mend()", routines=routines)
    assert ALL in found.written and Way.UNSEEN in found.ways


def test_a_type_that_is_changed_by_an_expression_is_known(became):
    statement = "ALTER TABLE orders ALTER COLUMN state TYPE integer"
    assert not became(statement).converted
    found = became(f"{statement} USING length(state)")
    assert found.converted == {"state"}


def test_what_only_looks_like_a_name_is_none(became):
    found = became("UPDATE users SET name = 'orders' -- orders")
    assert found.untouched
