"""Statements are told with calls, times and rows; errors with their code."""

import threading

import pytest

pytestmark = pytest.mark.functional


def test_3000_tiny_statements_are_all_counted(client, step, fill):
    fill(client, 3000)

    seen = step(
        *(f"UPDATE t SET a = 11 WHERE id = {n + 1}" for n in range(3000))
    )

    (update,) = [it for it in seen.statements if "UPDATE" in it.text.upper()]
    assert update.calls == 3000
    assert update.rows == 3000
    assert update.slowest <= update.seconds
    assert seen.rows_changed == {"t": 3000}


def test_the_longest_statement_is_first(client, step, fill):
    fill(client, 100_000)

    seen = step("SELECT 1", "CREATE INDEX i ON t (b)", "SELECT 2")

    assert "CREATE INDEX" in seen.statements[0].text.upper()
    times = [statement.seconds for statement in seen.statements]
    assert times == sorted(times, reverse=True)


def test_our_own_statements_are_not_told(observer):
    observer.begins()
    for _ in range(3):
        assert observer.ends().statements == ()
        observer.begins()


def test_statements_of_one_step_are_not_the_next_ones(step):
    step("SELECT 1, 2, 3")

    assert [it.calls for it in step("SELECT 4").statements] == [1]


CODES = {"mariadb": "1146 (42S02)", "postgresql": "42P01"}


def test_an_error_is_told_with_the_engines_code(
    server, client, observer, until
):
    observer.begins()
    with pytest.raises(Exception, match="nowhere"):
        client.run("SELECT * FROM nowhere")
    seen = observer.ends()

    (error,) = seen.errors
    assert error.startswith(CODES[server.engine.name])
    assert "nowhere" in error


def test_an_error_is_told_once(client, observer):
    observer.begins()
    with pytest.raises(Exception, match="nowhere"):
        client.run("SELECT * FROM nowhere")
    observer.ends()

    observer.begins()

    assert observer.ends().errors == ()


def test_a_statement_ran_once_is_told_in_full(mariadb, client_of, observe):
    client, observer = client_of(mariadb), observe(mariadb)
    observer.begins()
    client.run("CREATE TABLE IF NOT EXISTS full_text (id INT COMMENT 'word')")
    seen = observer.ends()

    assert "'word'" in seen.statements[0].text
    client.run("DROP TABLE full_text")


def test_measuring_tells_what_it_took_itself(step):
    seen = step("SELECT 1")

    assert seen.overhead > 0
    assert seen.seconds > 0


RUNS = (
    "SELECT 1 FROM information_schema.processlist"
    " WHERE info LIKE 'SELECT sleep%'"
)


def test_a_statement_that_still_runs_costs_no_other_its_place(
    mariadb, client_of, observe, until
):
    client, slow, observer = (
        client_of(mariadb),
        client_of(mariadb),
        observe(mariadb),
    )
    observer.begins()
    client.run("SELECT 'counted'")
    running = threading.Thread(target=slow.run, args=["SELECT sleep(0.2)"])
    running.start()
    until(lambda: client.run(RUNS), "it to run")
    seen = observer.ends()
    running.join(60)

    assert "SELECT 'counted'" in {it.text for it in seen.statements}
