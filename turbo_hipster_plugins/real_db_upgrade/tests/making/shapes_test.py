"""Tables of any shape: they are filled and thinned, or refused by name."""

import contextlib
import sqlite3

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from turbo_hipster_real_db_upgrade.making import CannotFill, fill
from turbo_hipster_real_db_upgrade.scaling import staying, thin

ROWS = 40
TYPES = ("INTEGER", "VARCHAR(3)", "BOOLEAN", "DATE", "CHAR(32)", "BLOB")


@st.composite
def schemas(draw):
    """Statements that make a few tables which refer to each other."""
    names = [f"t{place}" for place in range(draw(st.integers(1, 4)))]
    keys = {
        name: draw(st.sampled_from(["INTEGER", "VARCHAR(20)", "CHAR(36)"]))
        for name in names
    }
    return [_table(draw, name, keys) for name in names]


def _table(draw, name, keys):
    lines, columns = [f"id {keys[name]} NOT NULL PRIMARY KEY"], []
    for place in range(draw(st.integers(0, 3))):
        parent = draw(st.sampled_from(sorted(keys)))
        null = draw(st.sampled_from(["NOT NULL", ""]))
        lines.append(
            f"r{place} {keys[parent]} {null} REFERENCES {parent} (id)"
        )
        columns.append(f"r{place}")
    for place in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(TYPES))
        null = draw(st.sampled_from(["NOT NULL", ""]))
        lines.append(f"c{place} {kind} {null}")
        columns.append(f"c{place}")
    for _ in range(draw(st.integers(0, 2)) if columns else 0):
        unique = draw(
            st.lists(
                st.sampled_from(columns), min_size=1, max_size=3, unique=True
            )
        )
        lines.append(f"UNIQUE ({', '.join(unique)})")
    return f"CREATE TABLE {name} ({', '.join(lines)})"


def sound(connection):
    """Let SQLite judge."""
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    (said,) = connection.execute("PRAGMA integrity_check").fetchone()
    assert said == "ok"


def keys(connection):
    """Return all primary keys."""
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' "
        "AND name LIKE 't_'"
    ).fetchall()
    return {
        (table, key)
        for (table,) in tables
        for (key,) in connection.execute(f"SELECT id FROM {table}").fetchall()
    }


@contextlib.contextmanager
def made(schema, seed):
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for statement in schema:
            connection.execute(statement)
        yield connection, fill("sqlite", connection, ROWS, seed=seed)
    finally:
        connection.close()


@pytest.fixture
def no_table_is_small(monkeypatch):
    monkeypatch.setattr(staying, "SMALL", 1)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(schemas(), st.integers(0, 3))
def test_rows_keep_every_key_and_so_does_what_is_left_of_them(
    no_table_is_small, schema, seed
):
    try:
        with made(schema, seed) as (connection, found):
            sound(connection)
            assert set(found) == {statement.split()[2] for statement in schema}
            assert all(0 < count <= ROWS for count in found.values())
            whole = keys(connection)
            half = thin("sqlite", connection, 0.5)
            sound(connection)
            assert len(keys(connection)) == sum(half.values())
        with made(schema, seed) as (connection, _):
            thin("sqlite", connection, 0.2)
            sound(connection)
            few = keys(connection)
        with made(schema, seed) as (connection, _):
            thin("sqlite", connection, 0.5)
            assert few <= keys(connection) <= whole
    except CannotFill as error:
        event("refused")
        table = str(error).split(":")[0].split(".")[0]
        assert any(f" {table} (" in statement for statement in schema)
