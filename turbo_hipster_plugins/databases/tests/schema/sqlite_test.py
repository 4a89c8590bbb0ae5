"""Schemas of SQLite: the pragmas are an independent witness."""

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turbo_hipster_databases.schema import sqlite
from turbo_hipster_databases.schema.comparing import compare, render
from turbo_hipster_databases.schema.sql_text import listed, quoted

NAMES = st.sampled_from(
    ["a", "b", "Name", "two words", "order", "check", 'qu"ote', "ü", "_x1"]
)
TYPES = st.sampled_from(
    [
        "INTEGER",
        "text",
        "VARCHAR(20)",
        "decimal(10, 2)",
        "",
        "DOUBLE PRECISION",
    ]
)
DEFAULTS = st.sampled_from(
    ["", "0", "-1.5", "'x, y'", "(1 + (2))", "CURRENT_TIMESTAMP", "NULL"]
)


@st.composite
def tables(draw, others):
    """Return a CREATE TABLE as its items, in an order of their own."""
    columns = draw(st.lists(NAMES, min_size=1, max_size=5, unique=True))
    items = []
    for name in columns:
        said = f'"{name.replace(chr(34), chr(34) * 2)}" {draw(TYPES)}'
        if draw(st.booleans()):
            said += " NOT NULL"
        if default := draw(DEFAULTS):
            said += f" DEFAULT {default}"
        if draw(st.booleans()):
            said += " CHECK (1 < (2)) COLLATE nocase"
        items.append(said)
    own = [name.replace('"', '""') for name in columns]
    if draw(st.booleans()):
        items.append(f'PRIMARY KEY ("{own[0]}")')
    if len(own) > 1 and draw(st.booleans()):
        names = ", ".join(f'"{name}"' for name in own[:2])
        items.append(f"CONSTRAINT u UNIQUE ({names})")
    if others and draw(st.booleans()):
        other = draw(st.sampled_from(others))
        items.append(
            f'FOREIGN KEY ("{own[-1]}") REFERENCES {other} (x)'
            " ON DELETE SET NULL ON UPDATE CASCADE"
        )
    return items


@st.composite
def databases(draw):
    names = draw(st.lists(st.sampled_from("pqrs"), min_size=1, unique=True))
    return {name: draw(tables(names)) for name in names}


OPENED = []


@pytest.fixture(autouse=True)
def _closed():
    """Close what a test opened: some Pythons complain of it elsewhere."""
    yield
    while OPENED:
        OPENED.pop().close()


def created(statements):
    connection = sqlite3.connect(":memory:")
    OPENED.append(connection)
    for statement in statements:
        connection.execute(statement)
    return connection


def sql(name, items, comma=", "):
    return f"CREATE TABLE {name} ({comma.join(items)})"


def ordered(items, order):
    """Return the columns in another order; constraints stay last."""
    columns = [item for item in items if item.startswith('"')]
    return order(columns) + [item for item in items if item not in columns]


@settings(deadline=None, max_examples=60)
@given(databases(), st.randoms(use_true_random=False))
def test_the_order_of_creation_does_not_matter(made, random):
    statements = [sql(name, items) for name, items in made.items()]
    shuffled = [
        sql(name, ordered(items, lambda c: random.sample(c, len(c))), "\n ,")
        for name, items in made.items()
    ]
    random.shuffle(shuffled)

    here, there = created(statements), created(shuffled)

    assert sqlite.read(here) == sqlite.read(there)
    assert str(sqlite.read(here)) == str(sqlite.read(there))


@settings(deadline=None, max_examples=60)
@given(databases())
def test_what_is_read_is_what_the_pragmas_say(made):
    connection = created(sql(name, items) for name, items in made.items())

    things = sqlite.read(connection).things

    for table in made:
        columns, keys = {}, {}
        for row in connection.execute(f"PRAGMA table_xinfo({table})"):
            _number, name, kind, required, default, key, _hidden = row
            columns[name] = (kind, required, default)
            if key:
                keys[key] = name
        of_table = [path for path in things if path[:2] == ("table", table)]
        read = {p[3]: things[p].facts for p in of_table if "column" in p[2:3]}
        assert set(read) == set(columns)
        for name, (kind, required, default) in columns.items():
            facts = read[name]
            assert facts.get("type", "") == kind.lower().replace(", ", ",")
            assert facts["nullable"] == ("no" if required else "yes")
            assert ("default" in facts) == (default is not None)
        primary = things.get(("table", table, "primary key"))
        told = listed(keys[number] for number in sorted(keys))
        assert (primary.facts["columns"] if primary else "") == told
        origins = [
            row[3] for row in connection.execute(f"PRAGMA index_list({table})")
        ]
        assert origins.count("u") == sum("unique" in p for p in of_table)
        rows = connection.execute(f"PRAGMA foreign_key_list({table})")
        told = {
            (quoted(own), f"{far}({to})", on_update, on_delete)
            for _, _, far, own, to, on_update, on_delete, _ in rows
        }
        assert told == {
            (
                facts["columns"],
                facts["references"],
                facts["on update"].upper(),
                facts["on delete"].upper(),
            )
            for path in of_table
            if path[2:3] == ("foreign key",)
            for facts in [things[path].facts]
        }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CREATE TABLE t (a int)", 'create table "t" ( [a] INT )'),
        ("CREATE TABLE t (a, CHECK (a>0))",
         "CREATE TABLE t (a CHECK((a > 0)))"),
        ("CREATE TABLE t (a UNIQUE)", "CREATE TABLE t (a, UNIQUE (a ASC))"),
        ("CREATE TABLE t (a PRIMARY KEY)",
         "CREATE TABLE t (a, PRIMARY KEY(a))"),
        (
            "CREATE TABLE t (a int REFERENCES t ON DELETE NO ACTION)",
            "CREATE TABLE t (a int, FOREIGN KEY (a) REFERENCES t)",
        ),
        (
            "CREATE TABLE t (a DEFAULT (1), b AS (a) VIRTUAL)",
            "CREATE TABLE t (a DEFAULT +1, b GENERATED ALWAYS AS ((a)))",
        ),
        (
            "CREATE TABLE t (a REFERENCES t DEFERRABLE INITIALLY IMMEDIATE)",
            "CREATE TABLE t (a REFERENCES t NOT DEFERRABLE)",
        ),
    ],
)  # fmt: skip
def test_two_ways_to_say_the_same_are_equal(one, other):
    assert sqlite.read(created([one])) == sqlite.read(created([other]))


BASE = "CREATE TABLE t (a int, b text, c int)"


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ([BASE], [BASE, "CREATE INDEX i ON t (a)"], "+ index i on t(a)"),
        (
            [BASE, "CREATE INDEX i ON t (a, b)"],
            [BASE, "CREATE INDEX i ON t (b, a)"],
            "~ index i on t(b, a): columns a, b → b, a",
        ),
        (
            [BASE, "CREATE INDEX i ON t (a)"],
            [BASE, "CREATE INDEX i ON t (a DESC) WHERE b > 'x'"],
            "~ index i on t(a desc): columns a → a desc; "
            "where none → b > 'x'",
        ),
        ([BASE], [BASE.replace("text", "varchar(20) NOT NULL")],
         "~ column t.b: nullable yes → no; type text → varchar(20)"),
        ([BASE], [BASE.replace("c int", "c int COLLATE nocase")],
         "~ column t.c: collation none → nocase"),
        ([BASE], [BASE[:-1] + ", CHECK (a > 0))"], "+ check t: a > 0"),
        ([BASE], [BASE[:-1] + ", CONSTRAINT k CHECK (a > 0))"],
         "+ check t: k expression a > 0"),
        ([BASE], [BASE + " STRICT"], "~ table t: strict none → yes"),
        ([BASE], [BASE[:-1] + ", PRIMARY KEY (a, b))"],
         "+ primary key t(a, b)"),
        ([BASE], [BASE, "CREATE VIEW v AS SELECT a FROM t"],
         "+ view v definition select a from t"),
        ([BASE], [BASE, "CREATE TRIGGER g AFTER DELETE ON t BEGIN "
                  "DELETE FROM t; END"],
         "+ trigger t: g statement after delete on t begin delete from t; "
         "end"),
        (["CREATE TABLE t (a REFERENCES t ON DELETE CASCADE)"],
         ["CREATE TABLE t (a REFERENCES t)"],
         "~ foreign key t(a): on delete cascade → none"),
        (["CREATE TABLE t (a INTEGER PRIMARY KEY)"],
         ["CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT)"],
         "~ primary key t(a): autoincrement none → yes"),
        (["CREATE TABLE t (a, g AS (a + 1))"],
         ["CREATE TABLE t (a, g AS (a + 1) STORED)"],
         "~ column t.g: generated a + 1 virtual → a + 1 stored"),
        ([BASE], [BASE.replace("c int", "c int DEFAULT 'x'")],
         "~ column t.c: default none → 'x'"),
    ],
)  # fmt: skip
def test_what_differs_is_seen_and_said(before, after, says):
    if "STRICT" in str(after) and sqlite3.sqlite_version_info < (3, 37):
        pytest.skip("this SQLite has no strict tables")

    changes = compare(
        sqlite.read(created(before)), sqlite.read(created(after))
    )

    assert render(changes) == says


def test_what_the_engine_keeps_for_itself_is_no_part_of_a_schema():
    made = "CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT, b UNIQUE)"
    connection = created([made])
    before = sqlite.read(connection)

    connection.execute("INSERT INTO t (b) VALUES (1), (2), (3)")
    connection.execute("ANALYZE")

    assert sqlite.read(connection) == before
    assert "sqlite_" not in str(before)


def test_a_table_that_was_copied_and_renamed_is_the_same():
    """As Alembic's batch mode does."""
    connection = created(
        ["CREATE TABLE t (a int, b int CHECK (b > 0), UNIQUE (a))"]
    )
    before = sqlite.read(connection)

    connection.execute('CREATE TABLE "_tmp" (b INT CHECK (b > 0), a int, '
                       'UNIQUE ("a"))')  # fmt: skip
    connection.execute("DROP TABLE t")
    connection.execute('ALTER TABLE "_tmp" RENAME TO t')

    assert sqlite.read(connection) == before


def test_a_column_that_went_and_came_back_leaves_no_trace():
    connection = created(["CREATE TABLE t (a int, b text, c int)"])
    before = sqlite.read(connection)

    connection.execute("CREATE TABLE n (a int, c int)")
    connection.execute("DROP TABLE t")
    connection.execute("ALTER TABLE n RENAME TO t")
    connection.execute("ALTER TABLE t ADD COLUMN b text")

    assert sqlite.read(connection) == before
