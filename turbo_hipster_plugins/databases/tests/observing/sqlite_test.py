"""What of a step on an SQLite file is visible from another process."""

import pytest

from turbo_hipster_databases.observing import sqlite as observing
from turbo_hipster_databases.observing import sqlite_locks

pytestmark = pytest.mark.functional

PAGE = 4096


@pytest.fixture
def client(sqlite, client_of):
    return client_of(sqlite)


@pytest.fixture
def observer(sqlite, observe):
    return observe(sqlite)


def test_pages_that_a_step_changed_are_counted(client, step, fill):
    # one page for each, and the first page, which counts changes
    assert step("CREATE TABLE t (id INTEGER)").log_bytes == 2 * PAGE
    assert step("INSERT INTO t VALUES (1)").log_bytes == 2 * PAGE
    assert step("PRAGMA user_version = 5").log_bytes == PAGE


def test_when_nothing_happens_there_is_silence(client, step, fill):
    fill(client, 1000)

    seen = step("SELECT count(*) FROM t")

    assert seen.log_bytes == 0
    assert seen.size_change == 0
    assert seen.locks == ()
    assert seen.rewritten == ()


def test_what_cannot_be_seen_is_none(client, step, fill):
    fill(client, 10)

    seen = step("UPDATE t SET a = 5")

    assert seen.rows_read is None
    assert seen.rows_changed is None
    assert seen.statements == ()


def test_an_index_costs_more_than_a_column(client, step, fill):
    fill(client, 50_000)

    column = step("ALTER TABLE t ADD COLUMN z INTEGER")
    index = step("CREATE INDEX i ON t (b)")

    assert column.log_bytes == PAGE
    assert column.size_change == 0
    assert index.log_bytes > 1_000_000
    assert index.size_change == index.log_bytes - PAGE


def test_what_happens_between_steps_is_no_steps(client, step, fill):
    step("CREATE TABLE t (id INTEGER)")
    client.run("CREATE TABLE u (id INTEGER)")

    assert step("SELECT 1").log_bytes == 0
    assert step("SELECT 1").size_change == 0


def test_a_large_file_is_not_compared(
    client, step, fill, observer, monkeypatch
):
    fill(client, 1000)
    monkeypatch.setattr(observing, "COMPARED", 2 * PAGE)

    seen = step("CREATE INDEX i ON t (b)")

    assert seen.log_bytes is None
    assert seen.size_change > 0
    assert step("SELECT 1").log_bytes == 0


def test_a_table_that_takes_the_place_of_another_was_written_anew(
    client, step, fill
):
    fill(client, 100)

    seen = step(
        "CREATE TABLE t2 (id INTEGER)",
        "INSERT INTO t2 SELECT id FROM t",
        "DROP TABLE t",
        "ALTER TABLE t2 RENAME TO t",
    )

    assert seen.rewritten == ("t",)
    assert step("ALTER TABLE t RENAME TO v").rewritten == ()
    assert step("ALTER TABLE v ADD COLUMN z INTEGER").rewritten == ()


def looked(observer):
    return any(look.seen for look in observer._sampler._looks)


@pytest.mark.parametrize(
    "begin, mode, blocks",
    [
        (["BEGIN IMMEDIATE"], "RESERVED", "writes"),
        (["BEGIN EXCLUSIVE"], "EXCLUSIVE", "reads and writes"),
        (["PRAGMA journal_mode = WAL", "CREATE TABLE w (id INTEGER)",
          "BEGIN IMMEDIATE"], "WRITE", "writes"),
    ],
)  # fmt: skip
def test_a_lock_that_is_held_is_seen(
    client, observer, until, begin, mode, blocks
):
    *before, last = begin
    client.run(*before)
    observer.begins()
    client.run(last)
    until(lambda: looked(observer), "a look that sees the lock")
    client.run("ROLLBACK")
    seen = observer.ends()

    lock = seen.locks[0]  # a look may have met it on its way there
    assert (lock.mode, lock.blocks) == (mode, blocks)
    assert lock.table == sqlite_locks.EVERYTHING
    assert 0 < lock.seconds <= seen.seconds


def test_a_database_left_locked_is_not_measured_and_no_failure(
    client, observer, step, fill
):
    fill(client, 10)
    observer.begins()
    client.run("BEGIN EXCLUSIVE", "UPDATE t SET a = 3")
    seen = observer.ends()

    assert seen.errors == ("not measured: database is locked",)
    assert seen.log_bytes is None

    observer.begins()
    client.run("COMMIT")
    assert observer.ends().errors == ("not measured: database is locked",)
    assert step("UPDATE t SET a = 4").log_bytes == 2 * PAGE


def test_observing_takes_no_lock_of_this_process_away(
    sqlite, client, observer, fill
):
    fill(client, 10)
    ours = sqlite.connect()
    observer.begins()
    ours.execute("BEGIN IMMEDIATE")

    observer.look()
    observer.ends()
    observer.close()

    with pytest.raises(AssertionError, match="database is locked"):
        client.run("PRAGMA busy_timeout = 0", "BEGIN IMMEDIATE")
    ours.execute("ROLLBACK")
    ours.close()


def test_pages_that_differ_are_found_one_by_one():
    before = bytes(100 * 8)
    after = bytearray(before + bytes(8))
    after[8 * 70] = 1

    differing = list(observing.differing(before, bytes(after), 8))

    assert sum(differing) == 2  # the changed one, and the new one
