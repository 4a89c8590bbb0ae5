"""Each leniency holds where it is meant to, and nowhere else."""

import pytest

from turbo_hipster_databases.schema.equivalence import equivalent
from turbo_hipster_databases.schema.leniencies import LENIENCIES, PAIRS


def typed(engine, kind, **facts):
    return engine, {
        "table.t": {},
        "table.t.column.a": {"type": kind, "nullable": "yes", **facts},
    }


def having(engine, *parts, **facts):
    schema = typed(engine, {"sqlite": "text"}.get(engine, "varchar(9)"))
    things = {**schema[1], **dict(parts)}
    if facts:
        things["table.t.column.a"] = {**things["table.t.column.a"], **facts}
    return engine, things


def index(name, columns="a", **facts):
    return f"table.t.index.{name}", {"columns": columns, **facts}


def reference(**facts):
    facts = {"columns": "a", "references": "t(a)", **facts}
    return "table.t.foreign key.(a)", facts


PARTITION = {"partition of": "t", "bound": "FOR VALUES IN (1)"}
CASES = {
    "sqlite-size": (
        typed("sqlite", "varchar(20)"),
        typed("postgresql", "character varying(40)"),
    ),
    "sqlite-typeless": (typed("sqlite", ""), typed("postgresql", "date")),
    "tiny-width": (
        typed("mariadb", "mediumint"),
        typed("postgresql", "integer"),
    ),
    "unsigned": (
        typed("mariadb", "int unsigned"),
        typed("postgresql", "integer"),
    ),
    "boolean-integer": (
        typed("mariadb", "tinyint(1)"),
        typed("postgresql", "smallint"),
    ),
    "bit-boolean": (typed("mysql", "bit(1)"), typed("sqlite", "bool")),
    "json-text": (typed("mariadb", "longtext"), typed("postgresql", "jsonb")),
    "json-kinds": (typed("mysql", "json"), typed("postgresql", "jsonb")),
    "enum-string": (
        typed("mariadb", "enum('a','b')"),
        typed("sqlite", "varchar(1)"),
    ),
    "uuid-string": (typed("postgresql", "uuid"), typed("mariadb", "char(32)")),
    "network-string": (
        typed("postgresql", "inet"),
        typed("mariadb", "varchar(39)"),
    ),
    "array-json": (typed("postgresql", "text[]"), typed("sqlite", "json")),
    "interval-timestamp": (
        typed("postgresql", "interval"),
        typed("mariadb", "datetime"),
    ),
    "char-padding": (typed("sqlite", "varchar(3)"), typed("mysql", "char(3)")),
    "float-width": (
        typed("mariadb", "float"),
        typed("postgresql", "double precision"),
    ),
    "text-limit": (typed("mariadb", "longtext"), typed("postgresql", "text")),
    "binary-limit": (
        typed("mariadb", "varbinary(9)"),
        typed("postgresql", "bytea"),
    ),
    "timestamp-zone": (
        typed("mariadb", "datetime"),
        typed("postgresql", "timestamp with time zone"),
    ),
    "default-expression": (
        typed("mariadb", "datetime", default="current_timestamp() + 1"),
        typed("postgresql", "timestamp", default="now() + '1 s'::interval"),
    ),
    "mysql-text-default": (
        typed("mysql", "text"),
        typed("postgresql", "text", default="'x'::text"),
    ),
    "key-not-null": (
        having("sqlite", ("table.t.primary key", {"columns": "a"})),
        having("postgresql", ("table.t.primary key", {"columns": "a"}),
               nullable="no", type="text"),
    ),
    "rowid": (
        having("sqlite", ("table.t.primary key", {"columns": "a"}),
               type="integer"),
        having("postgresql", ("table.t.primary key", {"columns": "a"}),
               type="integer", nullable="no"),
    ),
    "foreign-key-index": (
        having("mariadb", reference(), index("(a)")),
        having("postgresql", reference()),
    ),
    "index-prefix": (
        having("mariadb", index("i", "a(5)")),
        having("postgresql", index("i", "a")),
    ),
    "index-special": (
        having("postgresql", index("i", "lower(a)")),
        having("mariadb"),
    ),
    "restrict": (
        having("postgresql", reference(**{"on delete": "restrict"})),
        having("sqlite", reference()),
    ),
    "deferrable": (
        having("postgresql", reference(deferrable="yes", deferred="yes")),
        having("mariadb", reference()),
    ),
    "type-check": (
        having("sqlite", ("table.t.check.ok", {"expression": "a in ('x')"})),
        having("mariadb", type="enum('x')"),
    ),
    "partitions": (
        having("postgresql", ("table.t_1", PARTITION)),
        having("mariadb"),
    ),
    "virtual": (
        having("sqlite", ("table.f", {"virtual": "fts5(a)"}),
               ("table.f_data", {})),
        having("mariadb"),
    ),
}  # fmt: skip


def test_each_leniency_has_its_case():
    assert set(CASES) == set(LENIENCIES)
    assert {name for _engines, name in PAIRS.values()} <= set(LENIENCIES)


@pytest.mark.parametrize("name", CASES)
def test_a_leniency_is_what_makes_them_equivalent(written, name):
    one, other = (written(*side) for side in CASES[name])

    assert equivalent(one, other) == ()
    assert equivalent(other, one) == ()
    assert equivalent(one, other, strict=[name]) != ()


def test_a_leniency_that_is_none_is_refused(written):
    schema = written(*having("sqlite"))

    with pytest.raises(ValueError, match="no leniency kindness"):
        equivalent(schema, schema, strict=["kindness"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (typed("mariadb", "int"), typed("postgresql", "bigint")),
        (typed("mariadb", "varchar(20)"),
         typed("postgresql", "character varying(40)")),
        (typed("mariadb", "varchar(20)"), typed("postgresql", "text")),
        (typed("mariadb", "decimal(10,0)"), typed("postgresql", "numeric")),
        (typed("mariadb", "decimal(10,2)"),
         typed("postgresql", "numeric(12,2)")),
        (typed("mariadb", "datetime"), typed("postgresql", "date")),
        (typed("sqlite", "text"), typed("postgresql", "integer")),
        (typed("sqlite", "integer"), typed("postgresql", "boolean")),
        (typed("sqlite", "blob"), typed("postgresql", "text")),
        (typed("sqlite", "json"), typed("postgresql", "bytea")),
        (typed("mariadb", "enum('a','b')"), typed("mysql", "enum('b','a')")),
        (typed("sqlite", "text", default="'x'"), typed("mysql", "text",
                                                       default="'y'")),
        (typed("sqlite", "text"), typed("mariadb", "text", default="''")),
        (typed("sqlite", "geometry"), typed("mariadb", "polygon")),
    ],
)  # fmt: skip
def test_types_and_defaults_that_differ_are_found(written, one, other):
    for pair in ((one, other), (other, one)):
        (found,) = equivalent(*(written(*side) for side in pair))
        assert found.what == "column t.a"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0", "'0'::integer"),
        ("1.50", "1.5"),
        ("true", "1"),
        ("'it''s'", "'it''s'::character varying(20)"),
        ("current_timestamp()", "now()"),
        ("CURRENT_TIMESTAMP", "current_timestamp(6)"),
        ("NULL", "NULL::character varying"),
        ("'{}'", "'{}'::jsonb"),
        ("curdate()", "CURRENT_DATE"),
    ],
)
def test_defaults_are_the_same_however_spelt(written, one, other):
    sides = (
        typed("sqlite", "datetime", default=one),
        typed("postgresql", "timestamp without time zone", default=other),
    )

    assert equivalent(*(written(*side) for side in sides)) == ()


def test_an_index_is_missed_where_it_is_not_made(written):
    """Only MariaDB makes one for a foreign key; elsewhere it was wanted."""
    one = written(*having("postgresql", reference(), index("i")))
    other = written(*having("sqlite", reference()))

    (found,) = equivalent(one, other)

    assert str(found) == "index t(a): missing on sqlite"


def test_only_what_a_virtual_table_keeps_goes_with_it(written):
    virtual = ("table.user", {"virtual": "fts5(a)"})
    one = written(*having("sqlite", virtual, ("table.user_roles", {}),
                          ("table.user_data", {})))  # fmt: skip
    other = written(*having("mariadb"))

    (found,) = equivalent(one, other)

    assert str(found) == "table user_roles: missing on mariadb"


def test_a_foreign_key_of_mariadb_takes_an_index_that_begins_with_it(written):
    """So Django makes none there; on another engine it is missed."""
    wide = index("i", "a, b")
    one = written(*having("postgresql", reference(), index("k"), wide))

    there = written(*having("mariadb", reference(), wide))
    assert equivalent(one, there) == ()

    elsewhere = written(*having("sqlite", reference(), wide))
    (found,) = equivalent(one, elsewhere)
    assert found.what == "index t(a)"
