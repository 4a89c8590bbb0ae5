"""What the previous code does is tried around a change, on each engine."""

import pytest

from turbo_hipster_real_db_upgrade.catalogue.reading import read
from turbo_hipster_real_db_upgrade.checking.previous.code import code
from turbo_hipster_real_db_upgrade.checking.previous.desk import Desk
from turbo_hipster_real_db_upgrade.checking.previous.trying import (
    broken,
    tried,
)

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

SQLITE, SERVERS = ("sqlite",), ("mariadb", "postgresql")
ALL = (*SQLITE, *SERVERS)
BEFORE = (
    "CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL,"
    " mail VARCHAR(40), UNIQUE (mail))",
    "INSERT INTO people VALUES (1, 'ann', 'a@x'), (2, 'bob', 'b@x')",
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, state VARCHAR(20) NOT NULL,"
    " person INTEGER, note VARCHAR(40),"
    " FOREIGN KEY (person) REFERENCES people (id))",
    "INSERT INTO orders VALUES (1, 'paid', 1, 'x'), (2, 'open', 2, NULL)",
    "CREATE VIEW paid AS SELECT id, note FROM orders WHERE state = 'paid'",
)
FAULTS = [
    (ALL, ["ALTER TABLE people DROP COLUMN name"],
     {"people": {"SELECT", "INSERT", "UPDATE"}}),
    (ALL, ["ALTER TABLE people RENAME COLUMN name TO called"],
     {"people": {"SELECT", "INSERT", "UPDATE"}}),
    (("sqlite", "postgresql"), ["ALTER TABLE orders RENAME TO purchases"],
     {"orders": {"SELECT", "INSERT", "UPDATE", "DELETE"}}),
    # its views go by the name
    (("mariadb",), ["ALTER TABLE orders RENAME TO purchases"],
     {"orders": {"SELECT", "INSERT", "UPDATE", "DELETE"},
      "paid": {"SELECT"}}),
    (ALL, ["DROP VIEW paid"], {"paid": {"SELECT"}}),
    (SERVERS, ["ALTER TABLE people ADD COLUMN born INTEGER NOT NULL"
               " DEFAULT 0", "ALTER TABLE people ALTER born DROP DEFAULT"],
     {"people": {"INSERT"}}),
    (SQLITE, ["CREATE TABLE new (id INTEGER PRIMARY KEY, name VARCHAR(40)"
              " NOT NULL, mail VARCHAR(40), born INTEGER NOT NULL)",
              "INSERT INTO new SELECT id, name, mail, 0 FROM people",
              "DROP TABLE people", "ALTER TABLE new RENAME TO people"],
     {"people": {"INSERT"}}),
    # who left it empty cannot any more
    (("postgresql",), ["UPDATE orders SET note = ''",
                       "ALTER TABLE orders ALTER note SET NOT NULL"],
     {"orders": {"INSERT"}}),
    # a word that the previous code writes is taken away
    (SERVERS, ["UPDATE orders SET state = 'new' WHERE state = 'open'",
               "ALTER TABLE orders ADD CONSTRAINT known"
               " CHECK (state IN ('new', 'paid'))"],
     {"orders": {"INSERT"}}),
    # the rows of a new table hold fast those of an old one
    (SERVERS, ["CREATE TABLE parts (id INTEGER PRIMARY KEY, of_order INTEGER,"
               " FOREIGN KEY (of_order) REFERENCES orders (id))",
               "INSERT INTO parts SELECT id, id FROM orders"],
     {"orders": {"DELETE"}}),
]  # fmt: skip
SOUND = [
    (ALL, ["ALTER TABLE people ADD COLUMN born INTEGER"]),
    (ALL, ["ALTER TABLE people ADD COLUMN born INTEGER NOT NULL DEFAULT 7"]),
    (ALL, ["CREATE TABLE shops (id INTEGER PRIMARY KEY, name VARCHAR(9))",
           "INSERT INTO shops VALUES (1, 'here')"]),
    (ALL, ["CREATE INDEX by_name ON people (name)"]),
    (ALL, ["CREATE UNIQUE INDEX one_name ON people (name)"]),
    (ALL, ["UPDATE orders SET note = 'none' WHERE note IS NULL"]),
    (ALL, ["DELETE FROM orders WHERE id = 2"]),
    (ALL, ["UPDATE people SET mail = 'c@x' WHERE id = 1",
           "UPDATE people SET mail = 'a@x' WHERE id = 2"]),
    (("mariadb",), ["ALTER TABLE people MODIFY name VARCHAR(80) NOT NULL"]),
    (("postgresql",), ["DROP VIEW paid",
                       "ALTER TABLE orders ALTER id TYPE BIGINT",
                       "ALTER TABLE orders ALTER note TYPE TEXT",
                       "CREATE VIEW paid AS SELECT id, note FROM orders"]),
    (SERVERS, ["ALTER TABLE orders RENAME TO purchases",
               "CREATE VIEW orders AS SELECT * FROM purchases"]),
    # every row has a value there: the previous code writes one
    (("postgresql",), ["ALTER TABLE people ALTER mail SET NOT NULL"]),
    (("mariadb",), ["ALTER TABLE people MODIFY mail VARCHAR(40) NOT NULL"]),
    (SERVERS, ["ALTER TABLE orders ADD CONSTRAINT known"
               " CHECK (state IN ('open', 'paid'))"]),
    (SERVERS, ["CREATE TABLE parts (id INTEGER PRIMARY KEY, of_order INTEGER,"
               " FOREIGN KEY (of_order) REFERENCES orders (id)"
               " ON DELETE CASCADE)",
               "INSERT INTO parts SELECT id, id FROM orders"]),
]  # fmt: skip


@pytest.fixture
def rolled(on, execute):
    """Return what each change breaks, by table the kinds of statement."""

    def rolled(engine, changes, before=BEFORE):
        found = []

        def body(server):
            for change in changes:
                one = server()
                execute(one, *before)
                with Desk(one) as desk:
                    known = code(desk, engine, one.engine.schema(one))
                    was = tried(desk, known, read(engine, desk.connection))
                execute(one, *change)
                with Desk(one) as desk:
                    now = tried(desk, known, read(engine, desk.connection))
                kinds = {}
                for deed in broken(was, now):
                    kinds.setdefault(deed.table, set()).add(deed.kind)
                found.append((kinds, was, now))
                one.stop()

        on(engine, body)
        return found

    return rolled


@pytest.mark.parametrize("engine", ALL)
def test_what_the_previous_code_needs_and_is_gone_breaks_it(rolled, engine):
    cases = [one for one in FAULTS if engine in one[0]]
    found = rolled(engine, [change for _, change, _ in cases])
    assert [kinds for kinds, _, _ in found] == [
        expected for _, _, expected in cases
    ]


@pytest.mark.parametrize("engine", ALL)
def test_what_only_adds_breaks_nothing(rolled, engine):
    cases = [one for one in SOUND if engine in one[0]]
    found = rolled(engine, [change for _, change in cases])
    assert [
        (change, kinds)
        for (_, change), (kinds, _, _) in zip(cases, found, strict=True)
        if kinds
    ] == []


@pytest.mark.parametrize("engine", ALL)
def test_everything_can_be_tried_and_leaves_no_trace(rolled, engine):
    [(_, was, now)] = rolled(engine, [[]])
    # but that somebody who has orders cannot go
    assert {
        (deed.table, deed.kind) for deed in was if was[deed] is not None
    } == (set() if engine == "sqlite" else {("people", "DELETE")})
    assert was == now
    assert {deed.kind for deed in was if deed.table == "orders"} == {
        "SELECT", "INSERT", "UPDATE", "DELETE",
    }  # fmt: skip
