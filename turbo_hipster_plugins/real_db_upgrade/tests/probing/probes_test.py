"""Clients feel what a step blocks, and change nothing."""

import time

import pytest

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

ENGINES = ("sqlite", "mariadb", "postgresql")
engines = pytest.mark.parametrize("engine", ENGINES)
servers = pytest.mark.parametrize("engine", ["mariadb", "postgresql"])

BLOCKED = 1.5
"""Seconds for which a test holds a lock."""


def kinds(traffic):
    """Return the kinds of clients that were held up, by table."""
    return {
        (one.table, one.kind)
        for one in traffic.stalls
        if one.seconds >= BLOCKED * 0.95
    }


def locked(stage, *statements):
    """Return a step that holds what the statements lock."""

    def step():
        cursor = stage.connect()
        for statement in statements:
            cursor.execute(statement)
        time.sleep(BLOCKED)
        cursor.execute("ROLLBACK")

    return step


@engines
def test_a_step_that_blocks_nobody_is_felt_by_nobody(on, engine):
    def body(stage):
        traffic = stage.during(lambda: time.sleep(BLOCKED))
        assert kinds(traffic) == set()
        assert traffic.troubles == ()
        assert traffic.calls > 20
        assert set(traffic.rows) == {"books"}

    on(engine, body)


@engines
def test_nothing_is_changed(on, engine):
    def body(stage):
        cursor = stage.connect()
        query = "SELECT * FROM books ORDER BY id"
        cursor.execute(query)
        before = cursor.fetchall()
        stage.during(lambda: time.sleep(0.2), ["books", "shelves"])
        cursor.execute(query)
        assert cursor.fetchall() == before
        if engine == "postgresql":
            cursor.execute("SELECT pg_stat_force_next_flush()")
            cursor.execute(
                "SELECT sum(n_tup_upd + n_tup_ins + n_tup_del + n_dead_tup)"
                " FROM pg_stat_user_tables WHERE relname = 'shelves'"
            )
            assert cursor.fetchone()[0] == 2  # those that we put in

    on(engine, body)


@servers
def test_a_row_that_is_changed_holds_up_writers_alone(on, engine):
    def body(stage):
        step = locked(stage, "BEGIN", "UPDATE books SET title = 'x'")
        traffic = stage.during(step, ["books", "shelves"])
        assert ("books", "write") in kinds(traffic)
        assert ("books", "read") not in kinds(traffic)
        assert ("shelves", "write") not in kinds(traffic)

    on(engine, body)


def test_an_index_of_postgresql_holds_up_writers_alone(on):
    def body(stage):
        step = locked(stage, "BEGIN", "CREATE INDEX i ON books (title)")
        found = kinds(stage.during(step))
        assert ("books", "write") in found
        assert ("books", "read") not in found

    on("postgresql", body)


@pytest.mark.parametrize(
    "engine, lock",
    [
        ("postgresql", ["BEGIN", "ALTER TABLE books ADD c INTEGER"]),
        ("mariadb", ["LOCK TABLES books WRITE"]),
        ("sqlite", ["BEGIN EXCLUSIVE"]),
    ],
)
def test_a_table_that_is_locked_holds_up_everybody(on, engine, lock):
    def body(stage):
        def step():
            cursor = stage.connect()
            for statement in lock:
                cursor.execute(statement)
            time.sleep(BLOCKED)
            cursor.execute(
                "UNLOCK TABLES" if engine == "mariadb" else "ROLLBACK"
            )

        traffic = stage.during(step)
        assert kinds(traffic) >= {("books", "read"), ("books", "write")}
        longest = traffic.longest("read")
        assert longest.table == "books"
        assert longest.at >= 0

    on(engine, body)


def test_sqlites_writer_holds_up_writers_alone(on):
    def body(stage):
        traffic = stage.during(locked(stage, "BEGIN IMMEDIATE"))
        assert kinds(traffic) == {("books", "write")}

    on("sqlite", body)


@servers
def test_a_deadlock_is_told(on, engine):
    # given a step that locks a row of two tables, one after the other
    def body(stage):
        ours = []

        def step():
            cursor = stage.connect()
            deadline = time.monotonic() + 60
            while not ours and time.monotonic() < deadline:
                cursor.execute("BEGIN")
                try:
                    for table, row in (("books", 500), ("shelves", 2)):
                        began = time.monotonic()
                        cursor.execute(
                            f"SELECT 1 FROM {table} WHERE id = {row}"
                            " FOR UPDATE"
                        )
                        cursor.fetchall()
                        if time.monotonic() - began > 0.5:
                            return  # who was chosen to end it was a client
                        time.sleep(0.03)
                except Exception as error:
                    ours.append(error)
                finally:
                    cursor.execute("ROLLBACK")

        # then it is the step's error or the clients' trouble
        traffic = stage.during(step, ["books", "shelves"])
        found = {one.kind for one in traffic.troubles}
        assert found == {"deadlock"} or "eadlock" in str(ours)

    on(engine, body)


@engines
def test_a_table_that_the_step_drops_is_no_trouble(on, engine):
    def body(stage):
        def step():
            cursor = stage.connect()
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                try:
                    cursor.execute("DROP TABLE books")
                    break
                except Exception as error:
                    assert "lock" in str(error)
            time.sleep(0.1)

        assert stage.during(step).troubles == ()

    on(engine, body)


@engines
def test_a_table_without_rows_or_key_is_probed_too(on, engine):
    def body(stage):
        cursor = stage.connect()
        cursor.execute("CREATE TABLE bare (word VARCHAR(20))")
        cursor.execute("CREATE TABLE nobody (id INTEGER PRIMARY KEY)")
        traffic = stage.during(lambda: time.sleep(0.1), ["bare", "nobody"])
        assert traffic.troubles == ()
        assert set(traffic.rows) == {"bare", "nobody"}

    on(engine, body)


@engines
def test_a_name_may_be_odd(on, engine):
    odd = 'Ta"b`le é.x'
    quote = "`" if engine == "mariadb" else '"'
    quoted = quote + odd.replace(quote, quote * 2) + quote

    def body(stage):
        cursor = stage.connect()
        cursor.execute(f"CREATE TABLE {quoted} (id INTEGER PRIMARY KEY)")
        cursor.execute(f"INSERT INTO {quoted} VALUES (7)")
        traffic = stage.during(lambda: time.sleep(0.1), [odd])
        assert traffic.troubles == ()
        assert traffic.rows[odd] > 0

    on(engine, body)


@engines
def test_the_projects_own_statements_are_run_and_undone(on, engine):
    def body(stage):
        traffic = stage.during(lambda: time.sleep(0.2))
        assert traffic.troubles == ()
        assert traffic.rows["workload statement 1"] > 1
        cursor = stage.connect()
        cursor.execute("SELECT count(*) FROM books WHERE title = 'mine'")
        assert cursor.fetchone()[0] == 0

    on(engine, body, ["UPDATE books SET title = 'mine' WHERE id = 3"])


@engines
def test_a_statement_that_fails_is_trouble_with_its_code(on, engine):
    def body(stage):
        [trouble] = stage.during(lambda: time.sleep(0.1)).troubles
        assert trouble.kind == "error"
        assert trouble.count >= 1 and trouble.code

    on(engine, body, ["SELECT * FROM no_such_table"])


@servers
def test_who_is_still_waiting_in_the_end_is_counted(on, engine):
    # given a lock that outlives the step
    def body(stage):
        cursor = stage.connect()

        def step():
            cursor.execute("BEGIN")
            cursor.execute("UPDATE books SET title = 'x'")
            time.sleep(BLOCKED)

        traffic = stage.during(step)
        assert ("books", "write") in kinds(traffic)
        cursor.execute("ROLLBACK")

    on(engine, body)


@engines
def test_probes_serve_one_step_after_another(on, engine):
    def body(stage):
        first = stage.during(lambda: time.sleep(0.1), ["books"])
        second = stage.during(lambda: time.sleep(0.1), ["shelves"])
        assert set(first.rows) == {"books"}
        assert set(second.rows) == {"shelves"}

    on(engine, body)
