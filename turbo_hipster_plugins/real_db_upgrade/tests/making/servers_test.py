"""Rows are made on real servers, and the servers themselves judge them."""

import pytest

from turbo_hipster_real_db_upgrade.making import fill

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

ROWS = 2_000

SHOP = {
    "mariadb": (
        """CREATE TABLE `the order` (
            id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
            code CHAR(8) NOT NULL UNIQUE,
            state ENUM('new', 'paid', 'it''s') NOT NULL,
            marks SET('a', 'b'), size TINYINT NOT NULL CHECK (size > 3),
            price DECIMAL(8, 2) NOT NULL, weight FLOAT, born DATE NOT NULL,
            at TIME NOT NULL, made TIMESTAMP NOT NULL, seen DATETIME(6),
            picture BLOB, told JSON NOT NULL CHECK (JSON_VALID(told)),
            flag TINYINT(1) NOT NULL, since YEAR NOT NULL,
            bits BIT(4) NOT NULL,
            whole INT AS (size + 1) STORED,
            above INT UNSIGNED REFERENCES `the order` (id),
            KEY (state), FOREIGN KEY (above) REFERENCES `the order` (id))""",
        """CREATE TABLE line (
            order_id INT UNSIGNED NOT NULL, place SMALLINT NOT NULL,
            text LONGTEXT NOT NULL, UNIQUE (text(5)),
            PRIMARY KEY (order_id, place),
            FOREIGN KEY (order_id) REFERENCES `the order` (id)
            ON DELETE CASCADE)""",
        """CREATE TABLE log (id INT AUTO_INCREMENT PRIMARY KEY, said TEXT)""",
        """CREATE TRIGGER telling AFTER INSERT ON line FOR EACH ROW
            INSERT INTO log (said) VALUES (NEW.text)""",
    ),
    "postgresql": (
        "CREATE TYPE state AS ENUM ('new', 'paid', 'it''s')",
        "CREATE DOMAIN code AS varchar(8)",
        """CREATE TABLE "the order" (
            id serial PRIMARY KEY, code code NOT NULL UNIQUE,
            state state NOT NULL, marks text[] NOT NULL,
            size smallint NOT NULL CHECK (size > 3),
            kind varchar(9) NOT NULL CHECK (kind IN ('a', 'b')),
            price numeric(8, 2) NOT NULL, weight real, born date NOT NULL,
            at time NOT NULL, made timestamptz NOT NULL, seen timestamp,
            took interval NOT NULL, picture bytea, told jsonb NOT NULL,
            flag boolean NOT NULL, home inet NOT NULL, span int4range,
            key uuid NOT NULL UNIQUE,
            whole int GENERATED ALWAYS AS (size + 1) STORED,
            above int REFERENCES "the order")""",
        """CREATE TABLE line (
            order_id int NOT NULL REFERENCES "the order" ON DELETE CASCADE,
            place smallint NOT NULL, text text NOT NULL,
            PRIMARY KEY (order_id, place))""",
        """CREATE TABLE log (id bigint GENERATED ALWAYS AS IDENTITY
            PRIMARY KEY, said text)""",
        """CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN INSERT INTO log (said) VALUES (NEW.text); RETURN NEW; END'
        """,
        """CREATE TRIGGER telling AFTER INSERT ON line FOR EACH ROW
            EXECUTE FUNCTION tell()""",
    ),
}
QUOTE = {"mariadb": "`", "postgresql": '"'}


@pytest.fixture(params=sorted(SHOP))
def engine(request):
    return request.param


def test_rows_of_every_type_and_their_keys_are_accepted(on, engine):
    def check(database):
        # when
        found = fill(engine, database.connection, ROWS)

        # then all are there, and the trigger did not add its own
        order = f"{QUOTE[engine]}the order{QUOTE[engine]}"
        assert found == {"the order": ROWS, "line": ROWS, "log": ROWS}
        for table in (order, "line", "log"):
            assert database.one(f"SELECT COUNT(*) FROM {table}") == ROWS
        # and the server itself finds every parent
        assert not database.one(
            f"SELECT COUNT(*) FROM line WHERE order_id NOT IN "
            f"(SELECT id FROM {order})"
        )
        assert not database.one(
            f"SELECT COUNT(*) FROM {order} WHERE above IS NOT NULL AND above "
            f"NOT IN (SELECT id FROM {order})"
        )
        assert database.one(f"SELECT MIN(size) FROM {order}") > 3
        assert database.one(f"SELECT COUNT(DISTINCT state) FROM {order}") == 3
        assert database.one(f"SELECT COUNT(DISTINCT above) FROM {order}") > 99

    on(engine, SHOP[engine], check)


def test_the_application_can_go_on_inserting(on, engine):
    def check(database):
        # given
        fill(engine, database.connection, 10)
        # when a client lets the server count on, and fires the trigger
        database.run("INSERT INTO line VALUES (1, 999, 'one')")
        # then
        assert database.one("SELECT MAX(id) FROM log") == 11
        with pytest.raises(Exception, match="(?i)foreign key"):
            database.run("INSERT INTO line VALUES (999, 1, 'no parent')")

    on(engine, SHOP[engine], check)


def test_the_same_seed_makes_the_same_rows(on, engine):
    def content(seed):
        def check(database):
            fill(engine, database.connection, 200, seed=seed)
            return database.ask("SELECT * FROM line ORDER BY 1, 2")

        return on(engine, SHOP[engine], check)

    assert content(7) == content(7) != content(8)


def test_more_rows_than_one_statement_makes_have_no_gap(on, engine):
    schema = ("CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL)",)

    def check(database):
        seen = []
        fill(
            engine,
            database.connection,
            250_000,
            progress=lambda *told: seen.append(told),
        )
        assert database.ask("SELECT MIN(id), MAX(id), COUNT(*) FROM t") == [
            (1, 250_000, 250_000)
        ]
        assert seen == [
            ("t", 100_000, 250_000),
            ("t", 200_000, 250_000),
            ("t", 250_000, 250_000),
        ]

    on(engine, schema, check)
