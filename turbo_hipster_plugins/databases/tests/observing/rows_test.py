"""Rows read and changed per table are exact."""

import pytest

pytestmark = pytest.mark.functional


def test_an_update_of_1234_rows_tells_1234(client, step, fill):
    fill(client, 5000)

    seen = step("UPDATE t SET a = a + 1 WHERE id <= 1234")

    assert seen.rows_changed == {"t": 1234}
    assert seen.statements[0].rows == 1234


def test_what_is_inserted_and_deleted_is_changed(client, step, fill):
    fill(client, 100)

    seen = step(
        "INSERT INTO t VALUES (200, 1, 'x'), (201, 1, 'x')",
        "DELETE FROM t WHERE id > 90",
    )

    assert seen.rows_changed == {"t": 2 + 12}


def test_a_scan_reads_every_row_once(client, step, fill):
    fill(client, 5000)

    seen = step("SELECT count(*) FROM t WHERE b = 'nothing'")

    assert seen.rows_read == {"t": 5000}
    assert seen.rows_changed == {}


def test_tables_are_told_apart(client, step, fill):
    fill(client, 50)
    fill(client, 70, "u")

    seen = step("UPDATE t SET a = a + 100", "UPDATE u SET a = a + 100")

    assert seen.rows_changed == {"t": 50, "u": 70}


def test_when_nothing_happens_there_is_silence(client, observer, step, fill):
    fill(client, 1000)
    step("UPDATE t SET a = 5")

    observer.begins()
    seen = observer.ends()

    assert seen.rows_changed == {}
    assert seen.rows_read == {}
    assert seen.statements == ()
    assert seen.locks == ()
    assert seen.rewritten == ()
    assert seen.errors == ()
    assert seen.size_change == 0


def test_rows_of_one_step_are_not_the_next_ones(client, step, fill):
    fill(client, 300)
    step("UPDATE t SET a = 5")

    seen = step("UPDATE t SET a = a + 1 WHERE id <= 7")

    assert seen.rows_changed == {"t": 7}


NAMES = {
    "mariadb": ("é t'x \"日本`", "`é t'x \"日本```"),
    "postgresql": ("é t'x \"日本`", '"é t\'x ""日本`"'),
}


def test_any_name_is_told_plainly(server, client, step):
    plain, quoted = NAMES[server.engine.name]
    client.run(f"CREATE TABLE {quoted} (id INTEGER)")

    seen = step(f"INSERT INTO {quoted} VALUES (1), (2)")

    assert seen.rows_changed == {plain: 2}


def test_a_table_elsewhere_is_told_with_its_schema(server, client, step):
    drop = "CASCADE" if server.engine.name == "postgresql" else ""
    client.run(
        f"DROP SCHEMA IF EXISTS other {drop}",
        "CREATE SCHEMA other",
        "CREATE TABLE other.t (id INTEGER)",
    )

    seen = step("INSERT INTO other.t VALUES (1)")

    assert seen.rows_changed == {"other.t": 1}
    client.run(f"DROP SCHEMA other {drop}")


def test_a_table_that_the_step_renames_has_its_new_name(client, step, fill):
    fill(client, 100)

    seen = step(
        "UPDATE t SET a = a + 100 WHERE id <= 60",
        "ALTER TABLE t RENAME TO u",
        "UPDATE u SET a = a + 1 WHERE id <= 5",
    )

    assert seen.rows_changed == {"u": 65}
    assert seen.rewritten == ()


def test_a_table_that_the_step_makes_and_drops_is_told(client, step):
    seen = step(
        "CREATE TABLE brief (id INTEGER)",
        "INSERT INTO brief VALUES (1), (2), (3)",
        "DROP TABLE brief",
    )

    assert seen.rows_changed == {"brief": 3}
    assert seen.rewritten == ()
    assert seen.locks == ()


def test_hundreds_of_tables_are_no_hindrance(client, step):
    for number in range(300):
        client.run(f"CREATE TABLE many_{number} (id INTEGER PRIMARY KEY)")

    seen = step("INSERT INTO many_217 VALUES (1)")

    assert seen.rows_changed == {"many_217": 1}


def test_mysql_counts_rows_in_its_own_way(mariadb, client_of, observe, fill):
    # MariaDB has the counters of MySQL, too
    import dataclasses

    client = client_of(mariadb)
    client.run("DROP TABLE IF EXISTS m")
    fill(client, 5000, "m")
    observer = observe(mariadb)
    observer.begins()
    observer.words = dataclasses.replace(
        observer.words, userstat=False, locks=False
    )

    observer.begins()
    client.run("UPDATE m SET a = a + 1 WHERE id <= 1234")
    seen = observer.ends()

    assert seen.rows_changed == {"m": 1234}
    client.run("DROP TABLE m")
