"""Locks: the strongest one per table, how long, and what waits for it."""

import collections

import pytest

pytestmark = pytest.mark.functional


def longest(seen, table="t"):
    """Return what the lock that was held longest blocks."""
    locks = [lock for lock in seen.locks if lock.table == table]
    return max(locks, key=lambda lock: lock.seconds).blocks


INDEX = {"mariadb": "schema changes", "postgresql": "writes"}
TYPE = {
    "mariadb": ("ALTER TABLE t MODIFY a BIGINT", "writes"),
    "postgresql": ("ALTER TABLE t ALTER a TYPE BIGINT", "reads and writes"),
}


def test_an_index_blocks_writes_on_postgresql_and_not_on_mariadb(
    server, client, step, fill
):
    fill(client, 200_000)

    seen = step("CREATE INDEX i ON t (b, a)")

    assert longest(seen) == INDEX[server.engine.name]


def test_a_change_of_type_blocks_writes_on_both(server, client, step, fill):
    fill(client, 200_000)
    statement, blocks = TYPE[server.engine.name]

    seen = step(statement)

    assert longest(seen) == blocks


def test_no_lock_is_held_longer_than_the_step(server, client, step, fill):
    fill(client, 100_000)

    seen = step(TYPE[server.engine.name][0], "UPDATE t SET a = 1")

    held = collections.Counter()
    for lock in seen.locks:
        held[lock.table] += lock.seconds
        assert not lock.exact
    assert 0 < held["t"] <= seen.seconds


LOCK = {
    "mariadb": (["LOCK TABLES t WRITE"], "SHARED_NO_READ_WRITE",
                "reads and writes", "UNLOCK TABLES"),
    "postgresql": (["BEGIN", "LOCK TABLE t IN SHARE MODE"], "ShareLock",
                   "writes", "COMMIT"),
}  # fmt: skip


def looked(observer, table):
    return any(look.seen for look in observer._sampler._looks)


def test_a_lock_that_is_taken_and_held_is_seen(
    server, client, observer, fill, until
):
    fill(client, 10)
    statements, mode, blocks, end = LOCK[server.engine.name]

    observer.begins()
    client.run(*statements)
    until(lambda: looked(observer, "t"), "a look that sees the lock")
    seen = observer.ends()
    client.run(end)

    (lock,) = seen.locks
    assert (lock.table, lock.mode, lock.blocks) == ("t", mode, blocks)
    assert 0 < lock.seconds <= seen.seconds


def test_locks_on_what_the_step_made_are_left_out(client, step, fill):
    fill(client, 100_000)

    seen = step("CREATE TABLE copy AS SELECT * FROM t")

    assert "copy" not in {lock.table for lock in seen.locks}


def test_an_index_that_is_built_anew_locks_its_table(
    postgresql, client_of, observe, measured, fill
):
    client, observer = client_of(postgresql), observe(postgresql)
    client.run("DROP TABLE IF EXISTS r")
    fill(client, 200_000, "r")
    client.run("CREATE INDEX again ON r (b, a)")

    seen = measured(observer, client, "REINDEX INDEX again")

    assert longest(seen, "r") == "reads and writes"
    client.run("DROP TABLE r")


def test_a_transaction_that_stays_open_is_measured_step_by_step(
    server, client, observer, fill, until
):
    fill(client, 500)
    observer.begins()
    client.run("BEGIN", "UPDATE t SET a = a + 100")
    until(lambda: looked(observer, "t"), "a look that sees the lock")
    first = observer.ends()

    observer.begins()
    until(lambda: looked(observer, "t"), "a look that sees the lock")
    second = observer.ends()
    client.run("COMMIT")

    assert first.rows_changed == {"t": 500}
    assert longest(first) == longest(second) == "schema changes"
    assert second.rows_changed == {}


def test_a_short_lock_against_reads_is_known_though_no_look_saw_it(
    postgresql, client_of, observe, measured, fill
):
    client, observer = client_of(postgresql), observe(postgresql)
    client.run("DROP TABLE IF EXISTS brief")
    fill(client, 10, "brief")

    seen = measured(observer, client, "ALTER TABLE brief ADD COLUMN z INTEGER")

    (lock,) = seen.locks
    assert lock.table == "brief"
    assert lock.mode == "AccessExclusiveLock"
    assert lock.blocks == "reads and writes"
    assert 0 <= lock.seconds <= seen.seconds

    index = measured(observer, client, "CREATE INDEX ON brief (a)")

    assert "reads and writes" not in {lock.blocks for lock in index.locks}
    client.run("DROP TABLE brief")
