"""Schemas of MariaDB and PostgreSQL, read from real servers."""

import pytest

from turbo_hipster_databases.schema.comparing import compare, render

pytestmark = pytest.mark.functional

PARTS = [
    "CREATE TABLE orgs (id int PRIMARY KEY, name varchar(20) NOT NULL)",
    "CREATE TABLE users (id int PRIMARY KEY, email varchar(99) UNIQUE,"
    " org int, age int CHECK (age > 0), CHECK (age < 200))",
    "CREATE TABLE notes (id int PRIMARY KEY, body text)",
]
LATER = [
    "CREATE INDEX by_name ON orgs (name)",
    "CREATE INDEX by_both ON users (org, age DESC)",
    "ALTER TABLE users ADD FOREIGN KEY (org) REFERENCES orgs (id)"
    " ON DELETE CASCADE",
    "ALTER TABLE users ADD UNIQUE (org, email)",
    "CREATE VIEW v AS SELECT id, email FROM users WHERE age > 10",
]


@pytest.fixture(params=["mariadb", "postgresql"])
def engine(request):
    return request.param


def test_the_order_of_creation_does_not_matter(database, engine):
    straight, backwards = database(engine), database(engine)

    straight.run(";\n".join([*PARTS, *LATER]))
    backwards.run(";\n".join([*reversed(PARTS), *reversed(LATER)]))

    assert render(compare(straight.read(), backwards.read())) == ""
    assert straight.read() == backwards.read()
    assert str(straight.read()) == str(backwards.read())


def test_rows_and_figures_are_no_part_of_a_schema(database, engine):
    made = "serial" if engine == "postgresql" else "int AUTO_INCREMENT"
    place = database(engine)
    place.run(f"CREATE TABLE t (id {made} PRIMARY KEY, b text)")
    before, word = place.read(), place.fingerprint()

    place.run("INSERT INTO t (b) VALUES ('x'), ('y')")
    place.run("ANALYZE" if engine == "postgresql" else "ANALYZE TABLE t")

    assert place.read() == before
    assert place.fingerprint() == word


@pytest.mark.parametrize("number", range(len(LATER)))
def test_each_change_is_seen_and_undone_without_a_trace(
    database, engine, number
):
    """The down steps are what a migration would do."""
    undo = [
        "DROP INDEX by_name" + (" ON orgs" if engine == "mariadb" else ""),
        "DROP INDEX by_both" + (" ON users" if engine == "mariadb" else ""),
        "ALTER TABLE users DROP CONSTRAINT "
        + ("users_ibfk_1, DROP KEY org" if engine == "mariadb"
           else "users_org_fkey"),
        "ALTER TABLE users DROP CONSTRAINT "
        + ("org" if engine == "mariadb" else "users_org_email_key"),
        "DROP VIEW v",
    ]  # fmt: skip
    place = database(engine).run(";\n".join(PARTS))
    before, word = place.read(), place.fingerprint()

    place.run(LATER[number])
    assert compare(before, place.read())
    assert place.fingerprint() != word
    place.run(undo[number])

    assert render(compare(before, place.read())) == ""


def test_the_index_that_a_foreign_key_left_is_a_trace(database):
    place = database("mariadb").run(";\n".join(PARTS))
    before = place.read()

    place.run(LATER[2])
    place.run("ALTER TABLE users DROP FOREIGN KEY users_ibfk_1")

    assert render(compare(before, place.read())) == "+ index users(org)"


def test_the_fingerprint_of_what_is_left_alone_stays(database, engine):
    place = database(engine).run(";\n".join(PARTS))

    word = place.fingerprint()
    place.read()

    assert place.fingerprint() == word


def test_a_schema_is_read_in_few_questions(database, engine):
    """However many tables there are."""
    place = database(engine)
    asked = []
    connection = place.connection
    few = len(_questions(place, asked))
    place.run(";\n".join(
        f"CREATE TABLE t{n} (id int PRIMARY KEY)" for n in range(30)
    ))  # fmt: skip

    assert place.connection is connection
    assert len(_questions(place, asked)) == few < 20


def _questions(place, asked):
    """Return what is asked of the server while it is read."""
    asked.clear()
    real = place.connection

    class Spy:
        def __init__(self, inner):
            self._inner = inner

        def __getattr__(self, name):
            return getattr(self._inner, name)

        def __enter__(self):
            return self

        def __exit__(self, *error):
            self._inner.close()

        def cursor(self):
            return Spy(self._inner.cursor())

        def execute(self, query, *args, **more):
            asked.append(query)
            return self._inner.execute(query, *args, **more)

    place.connection = Spy(real)
    place.read()
    place.connection = real
    return list(asked)
