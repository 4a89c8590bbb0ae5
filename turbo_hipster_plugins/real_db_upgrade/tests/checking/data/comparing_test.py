"""Two servers' tables are held together: what is the same, what differs."""

import contextlib

import pytest

from turbo_hipster_real_db_upgrade.catalogue.reading import read
from turbo_hipster_real_db_upgrade.checking.data.comparing.model import (
    Pair,
    Tables,
)
from turbo_hipster_real_db_upgrade.checking.data.stating import (
    State,
    comparing,
)

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

ENGINES = ["sqlite", "mariadb", "postgresql"]


@pytest.fixture(params=ENGINES)
def held(request, on, execute):
    """Compare the table ``t`` of two servers; give what came of it.

    ``cases`` are pairs of the statements for each side; in one build.
    """
    engine = request.param

    def held(*cases, key=("id",)):
        found = []

        def body(server):
            sides = [server(), server()]
            for case in cases:
                for side, statements in zip(sides, case, strict=True):
                    execute(side, "DROP TABLE IF EXISTS t", *statements)
                found.append(_compare(*map(State, sides), key))

        on(engine, body)
        return found

    held.engine = engine
    return held


def _compare(before, after, key):
    old, new = before.tables["t"], after.tables["t"]
    pairs = [
        Pair(column, new.columns[name])
        for name, column in old.columns.items()
        if name in new.columns
    ]
    keys = tuple(pair for pair in pairs if pair.old.name in key)
    rest = tuple(pair for pair in pairs if pair not in keys)
    tables = Tables(old, new, rest, keys)
    with comparing(before, after) as comparer:
        return comparer.compare(tables, [pair.old.name for pair in rest])


MAKE = "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(20), b INTEGER)"
FILL = "INSERT INTO t VALUES (1, 'x', 1), (2, NULL, 2), (3, 'z', NULL)"
SIDEWAYS = "INSERT INTO t VALUES (3, 'z', NULL), (1, 'x', 1), (2, NULL, 2)"


def test_what_differs_is_counted_and_its_first_keys_are_known(held):
    same, changed, swapped, empty, gone = held(
        ([MAKE, FILL], [MAKE, SIDEWAYS]),
        ([MAKE, FILL], [MAKE, FILL, "UPDATE t SET a = 'y' WHERE id > 1"]),
        ([MAKE, FILL], [MAKE, FILL, "UPDATE t SET b = 3 - b WHERE id < 3"]),
        ([MAKE, FILL], [MAKE, FILL, "UPDATE t SET a = '' WHERE id = 2"]),
        ([MAKE, FILL], [MAKE, FILL, "DELETE FROM t WHERE id = 2",
                        "INSERT INTO t VALUES (9, NULL, NULL)"]),
    )  # fmt: skip
    assert (same.before, same.after, dict(same.differs)) == (3, 3, {})
    assert changed.differs == {"a": 2} and changed.first["a"] == ("2", "3")
    assert swapped.differs == {"b": 2}
    assert empty.differs == {"a": 1}
    assert (gone.gone, gone.came, dict(gone.differs)) == (1, 1, {})
    assert gone.first[""] == ("2",)


def test_rows_without_a_key_are_compared_as_a_whole(held):
    make = "CREATE TABLE t (a VARCHAR(20), b INTEGER)"
    fill = "INSERT INTO t VALUES ('x', 1), ('x', 1), (NULL, 2), ('', NULL)"
    same, fewer, other = held(
        ([make, fill], [make, "INSERT INTO t VALUES ('', NULL), ('x', 1),"
                        " (NULL, 2), ('x', 1)"]),
        ([make, fill], [make, "INSERT INTO t VALUES ('x', 1), (NULL, 2),"
                        " ('', NULL)"]),
        ([make, fill], [make, fill, "UPDATE t SET b = 3 WHERE a IS NULL"]),
        key=(),
    )  # fmt: skip
    assert (same.gone, same.came) == (0, 0)
    assert (fewer.gone, fewer.came, fewer.after) == (1, 0, 3)
    assert (other.gone, other.came) == (1, 1)


def test_keys_of_several_columns_and_of_text_tell_rows_apart(held):
    make = (
        "CREATE TABLE t (x VARCHAR(9), y VARCHAR(9), a INTEGER,"
        " PRIMARY KEY (x, y))"
    )
    fill = "INSERT INTO t VALUES ('a', 'bc', 1), ('ab', 'c', 2)"
    [found] = held(
        ([make, fill], [make, fill, "UPDATE t SET a = 3 - a"]),
        key=("x", "y"),
    )
    assert found.differs == {"a": 2}
    assert found.first["a"] == ("(a, bc)", "(ab, c)")


TYPES = {
    "sqlite": [
        ("INTEGER", "TEXT", "5", "'5'", "'6'"),
        ("TEXT", "INTEGER", "'05'", "5", "0"),
        ("REAL", "INTEGER", "2.0", "2", "3"),
        ("VARCHAR(9)", "VARCHAR(5)", "'abcdef'", "'abcdef'", "'abcde'"),
        ("VARCHAR(9) COLLATE NOCASE", "VARCHAR(9)", "'a'", "'a'", "'A'"),
        ("BLOB", "BLOB", "x'00ff'", "x'00ff'", "x'00'"),
    ],
    "mariadb": [
        ("INTEGER", "BIGINT", "5", "5", "6"),
        ("INTEGER", "DECIMAL(10, 2)", "5", "5", "5.5"),
        ("DECIMAL(10, 2)", "DECIMAL(12, 1)", "5.50", "5.5", "5.6"),
        ("FLOAT", "DECIMAL(10, 2)", "19.99", "19.99", "19.9"),
        ("FLOAT", "DOUBLE", "0.5", "0.5", "0.25"),
        ("FLOAT", "FLOAT", "0.1234567", "0.1234567", "0.1234569"),
        ("VARCHAR(9)", "TEXT", "'é'", "'é'", "'e'"),
        ("VARCHAR(9) CHARACTER SET latin1", "VARCHAR(9) CHARACTER SET "
         "utf8mb4", "'é'", "'é'", "'?'"),
        ("VARCHAR(9)", "VARCHAR(9) COLLATE utf8mb4_bin", "'a'", "'a'", "'A'"),
        ("VARCHAR(9)", "INTEGER", "'05'", "5", "0"),
        ("INTEGER", "VARCHAR(9)", "5", "'5'", "''"),
        ("DATETIME(6)", "DATETIME", "'2020-01-01 00:00:01'",
         "'2020-01-01 00:00:01'", "'2020-01-01'"),
        ("DATE", "DATETIME", "'2020-01-01'", "'2020-01-01'",
         "'2020-01-02'"),
        ("VARBINARY(9)", "BLOB", "x'00ff'", "x'00ff'", "x'00'"),
        ("JSON", "LONGTEXT", "'{\"a\": 1}'", "'{\"a\": 1}'", "'{}'"),
        ("ENUM('a', 'b')", "VARCHAR(3)", "'b'", "'b'", "'a'"),
        ("BIT(3)", "BIT(3)", "b'101'", "b'101'", "b'1'"),
    ],
    "postgresql": [
        ("integer", "bigint", "5", "5", "6"),
        ("integer", "numeric(12, 2)", "5", "5", "5.5"),
        ("numeric(12, 2)", "numeric(12, 4)", "5.50", "5.5", "5.51"),
        ("boolean", "integer", "true", "1", "0"),
        ("real", "double precision", "0.5", "0.5", "0.25"),
        ("double precision", "numeric(12, 2)", "19.99", "19.99", "19.9"),
        ("varchar(9)", "text", "'é'", "'é'", "'e'"),
        ("char(9)", "varchar(9)", "'a'", "'a'", "'b'"),
        ("varchar(9)", "integer", "'05'", "5", "0"),
        ("timestamp", "timestamptz", "'2020-01-01 00:00:01'",
         "'2020-01-01 00:00:01+00'", "'2020-01-01 00:00:01+01'"),
        ("timestamp", "date", "'2020-01-01'", "'2020-01-01'",
         "'2020-01-02'"),
        ("json", "jsonb", "'{\"b\":1,  \"a\":2}'", "'{\"a\":2, \"b\":1}'",
         "'{}'"),
        ("json", "json", "'{\"a\":1}'", "'{\"a\":1}'", "'{}'"),
        ("bytea", "bytea", "'\\x00ff'", "'\\x00ff'", "'\\x00'"),
        ("integer[]", "integer[]", "'{1,2}'", "'{1,2}'", "'{2,1}'"),
        ("point", "point", "'(1,2)'", "'(1,2)'", "'(2,1)'"),
        ("tsvector", "tsvector", "'a b'", "'b a'", "'a'"),
    ],
}  # fmt: skip


def _made(kind, value):
    return [
        f"CREATE TABLE t (id INTEGER PRIMARY KEY, a {kind})",
        f"INSERT INTO t VALUES (1, {value}), (2, NULL)",
    ]


def test_a_value_that_another_type_writes_otherwise_is_the_same(held):
    cases = TYPES[held.engine]
    found = held(*((_made(old, one), _made(new, same))
                   for old, new, one, same, _ in cases))  # fmt: skip
    differing = [
        (*case[:2], dict(one.differs), one.apart)
        for case, one in zip(cases, found, strict=True)
        if one.differs or one.apart
    ]
    assert differing == []


def test_a_value_that_did_not_outlast_its_new_type_is_seen(held):
    cases = TYPES[held.engine]
    found = held(*((_made(old, one), _made(new, other))
                   for old, new, one, _, other in cases))  # fmt: skip
    unseen = [
        case[:2]
        for case, one in zip(cases, found, strict=True)
        if one.differs != {"a": 1}
    ]
    assert unseen == []


def test_types_that_cannot_be_held_together_are_said(on, execute):
    found = []

    def body(server):
        sides = [server(), server()]
        for side, made in zip(
            sides, (_made("bytea", "'\\x01'"), _made("integer", "1")),
            strict=True,
        ):  # fmt: skip
            execute(side, *made)
        found.append(_compare(*map(State, sides), ("id",)))

    on("postgresql", body)
    assert found[0].apart == ("a",) and not found[0].differs


@pytest.mark.parametrize("engine", ENGINES)
def test_many_rows_are_gone_through_where_they_differ(on, execute, engine):
    series = {
        "mariadb": "SELECT seq, seq % 7, seq FROM seq_1_to_50000",
        "postgresql": "SELECT n, n % 7, n FROM generate_series(1, 50000) n",
        "sqlite": "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1"
        " FROM s WHERE n < 50000) SELECT n, n % 7, n FROM s",
    }[engine]
    make = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER)"
    found = []

    def body(server):
        before, after = server(), server()
        execute(before, make, f"INSERT INTO t {series}")
        execute(after, make, f"INSERT INTO t {series}",
                "UPDATE t SET a = -1 WHERE id % 1000 = 0",
                "DELETE FROM t WHERE id % 5000 = 1")  # fmt: skip
        found.append(_compare(State(before), State(after), ("id",)))

    on(engine, body)
    [found] = found
    assert (found.gone, found.came) == (10, 0)
    assert found.differs == {"a": 50}
    assert found.first[""] == ("1", "5001", "10001", "15001", "20001")


def test_catalogue_names_what_is_asked_of(on, execute):
    def body(server):
        made = server()
        execute(made, 'CREATE TABLE "Odd ""name" (id INTEGER PRIMARY KEY)')
        with contextlib.closing(made.connect()) as connection:
            [table] = read("sqlite", connection).values()
        with comparing(State(made), State(made)) as comparer:
            assert comparer.rows(table) == 0

    on("sqlite", body)
