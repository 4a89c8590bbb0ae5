"""What a step costs in bytes, and which tables it writes anew."""

import pytest

from turbo_hipster_databases.observing.storage import Storage

pytestmark = pytest.mark.functional

TYPE = {
    "mariadb": "ALTER TABLE t MODIFY a BIGINT",
    "postgresql": "ALTER TABLE t ALTER a TYPE BIGINT",
}


def test_a_change_of_type_writes_the_table_anew(server, client, step, fill):
    fill(client, 1000)
    fill(client, 1000, "u")

    seen = step(TYPE[server.engine.name])

    assert seen.rewritten == ("t",)


def test_an_instant_column_writes_nothing_anew(client, step, fill):
    fill(client, 1000)

    seen = step("ALTER TABLE t ADD COLUMN z INTEGER")

    assert seen.rewritten == ()


def test_an_index_costs_much_more_than_an_instant_column(client, step, fill):
    fill(client, 100_000)

    column = step("ALTER TABLE t ADD COLUMN z INTEGER")
    index = step("CREATE INDEX i ON t (a)")

    assert column.log_bytes > 0
    assert index.log_bytes > 10 * column.log_bytes
    assert index.rewritten == ()


def test_what_grows_and_what_is_dropped_shows_in_the_size(client, step, fill):
    client.run("CREATE TABLE old (id INTEGER)")
    grown = step(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b VARCHAR(50))"
    )
    fill(client, 20_000, "big")

    dropped = step("DROP TABLE big")

    assert grown.size_change > 0
    assert dropped.size_change < -500_000


def test_the_size_counts_from_the_begin(client, step, fill):
    fill(client, 20_000)

    seen = step("SELECT 1")

    assert seen.size_change == 0


def test_a_table_that_takes_the_place_of_another_was_written_anew(
    client, step, fill
):
    fill(client, 100)

    seen = step(
        "CREATE TABLE t2 AS SELECT * FROM t",
        "DROP TABLE t",
        "ALTER TABLE t2 RENAME TO t",
    )

    assert seen.rewritten == ("t",)


def test_tables_that_change_their_names_were_not_written_anew(
    client, step, fill
):
    fill(client, 100)
    fill(client, 100, "u")

    seen = step(
        "ALTER TABLE t RENAME TO x",
        "ALTER TABLE u RENAME TO t",
        "ALTER TABLE x RENAME TO u",
    )

    assert seen.rewritten == ()


def test_one_new_part_does_not_make_a_table_new():
    before = Storage.of([("t", 1, 10), ("t", 2, 10)])
    after = Storage.of([("t", 1, 10), ("t", 2, 10), ("t", 3, 10)])

    assert after.rewritten(before) == ()
    assert after.size - before.size == 10
