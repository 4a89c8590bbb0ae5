"""A share of the rows stays, and every key of it still holds."""

import pytest

from turbo_hipster.exceptions import CannotJudge, RefusedInput
from turbo_hipster_real_db_upgrade.making import fill
from turbo_hipster_real_db_upgrade.scaling import thin

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

ORDERS, LINES, PRODUCTS = 10_000, 30_000, 1_500

SHOP = (
    "CREATE TABLE kind (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL)",
    "CREATE TABLE product (code VARCHAR(30) PRIMARY KEY, "
    "kind INTEGER NOT NULL, weight INTEGER, "
    "FOREIGN KEY (kind) REFERENCES kind (id))",
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, first INTEGER, "
    "number INTEGER NOT NULL UNIQUE, FOREIGN KEY (first) "
    "REFERENCES orders (id))",
    "CREATE TABLE line (orders INTEGER NOT NULL, place INTEGER NOT NULL, "
    "product VARCHAR(30) NOT NULL, PRIMARY KEY (orders, place), "
    "FOREIGN KEY (orders) REFERENCES orders (id) ON DELETE CASCADE, "
    "FOREIGN KEY (product) REFERENCES product (code))",
    "CREATE TABLE note (said VARCHAR(99) NOT NULL, orders INTEGER, "
    "FOREIGN KEY (orders) REFERENCES orders (number))",
    "CREATE INDEX line_product ON line (product)",
    "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)",
    "INSERT INTO alembic_version VALUES ('one')",
)
ORPHANS = (
    "SELECT COUNT(*) FROM line WHERE orders NOT IN (SELECT id FROM orders)",
    "SELECT COUNT(*) FROM line WHERE product NOT IN "
    "(SELECT code FROM product)",
    "SELECT COUNT(*) FROM product WHERE kind NOT IN (SELECT id FROM kind)",
    "SELECT COUNT(*) FROM orders WHERE first IS NOT NULL AND first NOT IN "
    "(SELECT id FROM orders)",
    "SELECT COUNT(*) FROM note WHERE orders IS NOT NULL AND orders NOT IN "
    "(SELECT number FROM orders)",
)


@pytest.fixture(params=["sqlite", "mariadb", "postgresql"])
def engine(request):
    return request.param


@pytest.fixture
def shop(on, engine):
    """Call a function with a filled shop."""

    def shop(function):
        def filled(database):
            fill(
                engine,
                database.connection,
                ORDERS,
                rows_of={"line": LINES, "product": PRODUCTS, "kind": 20},
            )
            return function(database)

        return on(engine, SHOP, filled)

    return shop


def test_a_share_stays_with_the_keys_held_and_the_lookups_whole(shop, engine):
    def check(database):
        # when
        left = thin(engine, database.connection, 0.1)

        # then the numbers are true
        for table, count in left.items():
            assert database.one(f"SELECT COUNT(*) FROM {table}") == count
        # and about a tenth
        assert left["orders"] == pytest.approx(ORDERS / 10, rel=0.5)
        assert left["line"] == pytest.approx(LINES / 10, rel=0.5)
        assert left["note"] == pytest.approx(ORDERS / 10, rel=0.5)
        assert left["kind"] == 20
        # and every row has its parents
        assert [database.one(query) for query in ORPHANS] == [0] * 5
        assert database.one("SELECT version_num FROM alembic_version") == "one"

    shop(check)


def test_one_per_cent_is_a_part_of_ten_and_is_always_the_same(shop, engine):
    def keys(share):
        def check(database):
            thin(engine, database.connection, share)
            return {
                table: set(database.ask(f"SELECT {columns} FROM {table}"))
                for table, columns in (
                    ("orders", "id"),
                    ("line", "orders, place"),
                    ("product", "code"),
                )
            }

        return shop(check)

    one, again, ten = keys(0.01), keys(0.01), keys(0.1)
    assert one == again
    for table, found in one.items():
        assert found < ten[table]


def test_the_schema_stays_and_children_of_what_goes_go(shop, engine):
    def tables(database):
        query = {
            "sqlite": "SELECT name, sql FROM sqlite_master "
            "WHERE name NOT LIKE 'sqlite_stat%'",
            "mariadb": "SELECT table_name, index_name, column_name "
            "FROM information_schema.statistics WHERE table_schema = "
            "DATABASE()",
            "postgresql": "SELECT tablename, indexdef FROM pg_indexes "
            "WHERE schemaname = 'public'",
        }[engine]
        return sorted(database.ask(query), key=repr)

    def check(database):
        before, whole = tables(database), set(database.ask(LINES_OF))
        thin(engine, database.connection, 0.05)
        assert tables(database) == before
        # each order that is there has all its lines, or was their product's
        left = set(database.ask(LINES_OF))
        assert left < whole
        kept = {order for order, _ in left}
        assert left == {one for one in whole if one[0] in kept}

    shop(check)


LINES_OF = "SELECT orders, place FROM line"


def test_a_share_of_all_changes_nothing_and_more_is_refused(shop, engine):
    def check(database):
        assert thin(engine, database.connection, 1)["line"] == LINES
        for share in (0, -0.1, 1.5):
            with pytest.raises(RefusedInput, match="more than 0, at most 1"):
                thin(engine, database.connection, share)

    shop(check)


def test_what_the_engine_refuses_is_said_by_its_code(on):
    def check(database):
        fill("sqlite", database.connection, 2_000)
        database.run("PRAGMA query_only = ON")
        with pytest.raises(CannotJudge, match="sqlite, which says SQLITE_"):
            thin("sqlite", database.connection, 0.5)

    on("sqlite", SHOP, check)


def test_tables_that_inherit_are_left_whole(on):
    schema = (
        "CREATE TABLE place (id int PRIMARY KEY)",
        "CREATE TABLE town (name text) INHERITS (place)",
        "CREATE TABLE person (id int PRIMARY KEY)",
        "INSERT INTO town SELECT n, n FROM generate_series(1, 2000) n",
    )

    def check(database):
        assert fill("postgresql", database.connection, 2_000) == {
            "person": 2_000
        }
        assert thin("postgresql", database.connection, 0.5)["person"] < 1_500
        assert database.one("SELECT COUNT(*) FROM place") == 2_000

    on("postgresql", schema, check)


def test_a_file_is_as_small_as_its_rows(on):
    def check(database):
        fill("sqlite", database.connection, ORDERS)
        size = "SELECT page_count FROM pragma_page_count"
        before = database.one(size)
        thin("sqlite", database.connection, 0.01)
        assert database.one(size) < before / 20
        assert database.ask("PRAGMA integrity_check") == [("ok",)]
        assert database.ask("PRAGMA foreign_key_check") == []

    on("sqlite", SHOP, check)
