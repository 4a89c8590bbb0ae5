"""PostgreSQL's sessions show rows late; we say what we know, and no more."""

import pytest

pytestmark = pytest.mark.functional


@pytest.fixture
def client(postgresql, client_of, fill):
    client = client_of(postgresql)
    client.run("DROP TABLE IF EXISTS s")
    fill(client, 500, "s")
    yield client
    client.run("DROP TABLE s")


@pytest.fixture
def observer(postgresql, observe):
    return observe(postgresql)


def silent(observer, client, statement):
    """Measure a step after which the session shows nothing."""
    observer.begins()
    client.run(statement)
    return observer.ends()


UPDATE = "UPDATE s SET a = a + 1 WHERE id <= {}"


def test_where_a_session_owes_rows_its_statements_tell_what_changed(
    client, observer
):
    seen = silent(observer, client, UPDATE.format(123))

    assert seen.rows_changed == {"s": 123}
    assert seen.rows_read is None


def test_rows_that_come_late_are_not_laid_to_a_later_step(
    client, observer, measured
):
    silent(observer, client, UPDATE.format(123))

    after = measured(observer, client, UPDATE.format(45))
    settled = measured(observer, client, UPDATE.format(6))

    assert after.rows_changed == {"s": 45}
    assert after.rows_read is None
    assert settled.rows_changed == {"s": 6}
    assert settled.rows_read is not None


def test_rows_changed_between_steps_are_no_steps(client, observer, measured):
    measured(observer, client, "SELECT 1")
    client.run(UPDATE.format(123))

    seen = measured(observer, client, UPDATE.format(45))

    assert seen.rows_changed == {"s": 45}
    assert seen.rows_read is None


def test_a_session_that_ends_owes_nothing(
    postgresql, client, client_of, observer, until
):
    client.run("SELECT pg_stat_force_next_flush()")
    observer.begins()
    other = client_of(postgresql)
    pid = other.run("SELECT pg_backend_pid()")[0][0]
    other.run(UPDATE.format(123))
    other.close()
    until(lambda: not postgresql_has(observer, pid), "the session to be gone")
    seen = observer.ends()

    assert seen.rows_changed == {"s": 123}
    assert seen.rows_read == {"s": 500} or seen.rows_read == {"s": 123}


def postgresql_has(observer, pid):
    # over the observer's desk, which nobody counts
    return observer._desk.connection.execute(
        "SELECT 1 FROM pg_stat_activity WHERE pid = %s", [pid]
    ).fetchall()


def test_a_session_that_slept_through_the_step_owes_nothing(
    postgresql, client, client_of, observer, measured
):
    measured(observer, client, "SELECT 1")
    sleeper = client_of(postgresql)
    sleeper.run("SELECT 1")

    seen = measured(observer, client, UPDATE.format(9))

    assert seen.rows_changed == {"s": 9}
    assert seen.rows_read is not None


def test_a_flush_before_the_commit_will_do(client, observer):
    observer.begins()
    client.run(
        "BEGIN",
        UPDATE.format(77),
        "SELECT pg_stat_force_next_flush()",
        "COMMIT",
    )
    seen = observer.ends()

    assert seen.rows_changed == {"s": 77}
    assert seen.rows_read is not None
    assert not [it for it in seen.statements if "flush" in it.text]


def test_a_transaction_that_is_open_owes_its_rows(client, observer):
    observer.begins()
    client.run("BEGIN", UPDATE.format(77), "SELECT pg_stat_force_next_flush()")
    seen = observer.ends()
    client.run("COMMIT")

    assert seen.rows_changed == {"s": 77}
    assert seen.rows_read is None


def test_what_was_rolled_back_was_changed_none_the_less(
    client, observer, measured
):
    seen = measured(observer, client, "BEGIN", UPDATE.format(8), "ROLLBACK")

    assert seen.rows_changed == {"s": 8}


def test_the_database_has_nothing_of_ours(client, observer):
    observer.begins()

    extensions = client.run("SELECT extname FROM pg_extension")

    assert extensions == [("plpgsql",)]
