"""Every key is kept, whatever the shape of the tables."""

import pytest

from turbo_hipster_real_db_upgrade.making import CannotFill, fill

ROWS = 3_000


@pytest.fixture
def filled(on):
    """Fill a schema, and let SQLite judge; return what a function asks."""

    def filled(*schema, rows=ROWS, then=lambda database: None, **how):
        def check(database):
            found = fill("sqlite", database.connection, rows, **how)
            assert not database.ask("PRAGMA foreign_key_check")
            assert database.ask("PRAGMA integrity_check") == [("ok",)]
            return found, then(database)

        return on("sqlite", schema, check)

    return filled


PARENT = "CREATE TABLE p (id INTEGER PRIMARY KEY, name VARCHAR(9) UNIQUE)"


def test_a_pair_of_parents_is_made_once_and_each_parent_has_children(filled):
    found, seen = filled(
        PARENT,
        "CREATE TABLE q (code CHAR(32) PRIMARY KEY)",
        "CREATE TABLE both (p INTEGER NOT NULL REFERENCES p, "
        "q CHAR(32) NOT NULL REFERENCES q, PRIMARY KEY (p, q))",
        rows_of={"p": 60, "q": 50},
        then=lambda database: database.ask(
            "SELECT COUNT(DISTINCT p), COUNT(DISTINCT q) FROM both"
        ),
    )
    assert found == {"p": 60, "q": 50, "both": 3_000}
    assert seen == [(60, 50)]


def test_a_table_whose_keys_allow_fewer_rows_gets_those(filled):
    found, _ = filled(
        PARENT,
        "CREATE TABLE one (p INTEGER PRIMARY KEY REFERENCES p)",
        "CREATE TABLE two (p INTEGER NOT NULL REFERENCES p, "
        "flag BOOLEAN NOT NULL, UNIQUE (p, flag))",
        rows_of={"p": 100},
    )
    assert found == {"p": 100, "one": 100, "two": 200}


def test_a_unique_parent_that_may_be_missing_is_missing_then(filled):
    found, missing = filled(
        PARENT,
        "CREATE TABLE one (id INTEGER PRIMARY KEY, "
        "p INTEGER UNIQUE REFERENCES p)",
        rows_of={"p": 100},
        then=lambda database: database.one(
            "SELECT COUNT(*) FROM one WHERE p IS NULL"
        ),
    )
    assert found["one"] == ROWS
    assert missing == ROWS - 100


def test_a_tree_and_a_circle_of_tables_are_filled(filled):
    found, roots = filled(
        "CREATE TABLE tree (id INTEGER PRIMARY KEY, "
        "above INTEGER REFERENCES tree)",
        "CREATE TABLE a (id INTEGER PRIMARY KEY, "
        "b INTEGER NOT NULL REFERENCES b)",
        "CREATE TABLE b (id TEXT PRIMARY KEY, "
        "a INTEGER NOT NULL REFERENCES a)",
        then=lambda database: database.one(
            "SELECT COUNT(*) FROM tree WHERE above >= id"
        ),
    )
    assert set(found.values()) == {ROWS}
    assert roots == 0


def test_keys_that_are_made_of_keys_lead_to_the_same_row(filled):
    found, strangers = filled(
        "CREATE TABLE tenant (id INTEGER PRIMARY KEY)",
        "CREATE TABLE person (tenant INTEGER NOT NULL REFERENCES tenant, "
        "number INTEGER NOT NULL, PRIMARY KEY (tenant, number))",
        "CREATE TABLE letter (id INTEGER PRIMARY KEY, "
        "tenant INTEGER NOT NULL REFERENCES tenant, number INTEGER NOT NULL, "
        "FOREIGN KEY (tenant, number) REFERENCES person (tenant, number))",
        "CREATE TABLE stamp (letter INTEGER PRIMARY KEY REFERENCES letter)",
        rows_of={"tenant": 7},
        then=lambda database: database.one(
            "SELECT COUNT(*) FROM letter NATURAL JOIN person"
        ),
    )
    assert found == {
        "tenant": 7, "person": ROWS, "letter": ROWS, "stamp": ROWS,
    }  # fmt: skip
    assert strangers == ROWS


def test_conditions_of_simple_forms_are_met(filled):
    filled(
        """CREATE TABLE t (id INTEGER PRIMARY KEY CHECK (id >= 1),
            a INTEGER NOT NULL CHECK (a BETWEEN 10 AND 12 AND a <> 99),
            b VARCHAR(5) NOT NULL CHECK (length(b) = 5 OR b IS NULL),
            c VARCHAR(9) CHECK (c IN ('x', 'it''s') OR c IS NULL),
            d TEXT NOT NULL CHECK (JSON_VALID(d)),
            e NUMERIC(4, 2) NOT NULL CHECK ((e) > 0 AND 50 > e),
            f INTEGER NOT NULL CHECK (f = -3),
            CHECK (length(d) >= 2))"""
    )


def test_a_condition_that_is_not_understood_is_named(filled):
    with pytest.raises(CannotFill, match=r"^t: .*refuses.*odd.*--rows-of t=0"):
        filled(
            "CREATE TABLE t (a INTEGER, b INTEGER, "
            "CONSTRAINT odd CHECK (a * 2 = b))"
        )


def test_an_index_that_cannot_be_made_on_the_rows_leaves_none_of_them(on):
    def check(database):
        with pytest.raises(CannotFill, match="refuses the rows .*UNIQUE"):
            fill("sqlite", database.connection, 50)
        return (
            database.one("SELECT COUNT(*) FROM t"),
            database.one("SELECT COUNT(*) FROM sqlite_master"),
        )

    schema = (
        "CREATE TABLE t (a VARCHAR(50))",
        "CREATE UNIQUE INDEX i ON t (length(a))",
    )
    assert on("sqlite", schema, check) == (0, 2)


def test_a_type_without_a_value_is_named_before_a_row_is_made(on):
    def check(database):
        with pytest.raises(CannotFill, match=r"^b: no values .*\(x\) unique"):
            fill("sqlite", database.connection, 5)
        return database.one("SELECT COUNT(*) FROM a")

    schema = (
        "CREATE TABLE a (id INTEGER PRIMARY KEY)",
        "CREATE TABLE b (x VARCHAR(0) NOT NULL UNIQUE)",
    )
    assert on("sqlite", schema, check) == 0


def test_rows_that_stand_there_stay_and_are_parents(filled):
    found, seen = filled(
        PARENT,
        "INSERT INTO p VALUES (3, 'mine'), (17, 'ours')",
        "CREATE TABLE c (id INTEGER PRIMARY KEY, "
        "p TEXT NOT NULL REFERENCES p (name))",
        "INSERT INTO c VALUES (40, 'mine')",
        rows_of={"p": 0},
        then=lambda database: (
            database.ask("SELECT DISTINCT p FROM c ORDER BY p"),
            database.ask("SELECT MIN(id), COUNT(*) FROM c"),
        ),
    )
    assert found == {"p": 2, "c": ROWS}
    assert seen == ([("mine",), ("ours",)], [(40, ROWS)])


def test_indexes_triggers_and_settings_are_as_before(on):
    schema = (
        PARENT,
        "CREATE TABLE log (id INTEGER PRIMARY KEY)",
        "CREATE INDEX i ON p (name DESC) WHERE id > 5",
        "CREATE TRIGGER tell AFTER INSERT ON p BEGIN "
        "INSERT INTO log VALUES (NULL); END",
        "PRAGMA foreign_keys = ON",
    )

    def state(database):
        return (
            sorted(database.ask("SELECT type, name, sql FROM sqlite_master "
                                "WHERE name NOT LIKE 'sqlite_stat%'")),
            database.ask("PRAGMA foreign_keys"),
            database.ask("PRAGMA synchronous"),
            database.ask("PRAGMA journal_mode"),
        )  # fmt: skip

    def check(database):
        before = state(database)
        found = fill("sqlite", database.connection, 50, rows_of={"log": 0})
        assert state(database) == before
        return found

    assert on("sqlite", schema, check) == {"p": 50, "log": 0}


def test_the_tables_of_migration_tools_and_unknown_names_are_left_alone(on):
    def check(database):
        assert fill("sqlite", database.connection, 5) == {"p": 5}
        with pytest.raises(
            CannotFill, match=r"no table 'people'; there are p$"
        ):
            fill("sqlite", database.connection, 5, rows_of={"people": 9})

    on(
        "sqlite",
        (PARENT, "CREATE TABLE alembic_version (version_num TEXT)"),
        check,
    )
