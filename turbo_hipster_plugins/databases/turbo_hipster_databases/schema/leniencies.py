"""Where engines differ and schemas are called equivalent all the same.

Each leniency stands here once, with its reason; ``equivalent`` can do without
each of LENIENCIES.
"""

from __future__ import annotations

from collections.abc import Mapping

LENIENCIES = {
    "sqlite-size": "SQLite keeps what a type says of length, precision and "
    "width, and never enforces it",
    "sqlite-typeless": "a column of SQLite needs no type",
    "tiny-width": "PostgreSQL has no integers of 8 and 24 bits; the next "
    "wider one stands for them",
    "unsigned": "only MariaDB and MySQL have integers without a sign",
    "boolean-integer": "a BOOLEAN of MariaDB is a tinyint(1), and may have "
    "been meant as a small number",
    "bit-boolean": "bit(1) is what some tools make of a boolean on MySQL",
    "json-text": "JSON of MariaDB is longtext with a check, and SQLite's is "
    "text",
    "json-kinds": "json and jsonb hold the same",
    "enum-string": "where an engine has no enum, a string stands for it, "
    "with a check or without",
    "uuid-string": "where an engine has no uuid, 32 or 36 characters or 16 "
    "bytes stand for it",
    "network-string": "only PostgreSQL and newer MariaDB have addresses",
    "array-json": "only PostgreSQL has arrays and hstore; JSON or text "
    "stands for them",
    "interval-timestamp": "only PostgreSQL has intervals; SQLAlchemy keeps "
    "them as a timestamp, Django as microseconds",
    "char-padding": "SQLite makes no difference between char and varchar",
    "float-width": "FLOAT has 32 bits on MariaDB and 64 elsewhere; the "
    "standard leaves it open",
    "text-limit": "text of MariaDB is bounded by bytes; elsewhere it is not",
    "binary-limit": "blob of MariaDB is bounded; elsewhere it is not, and "
    "only MariaDB has varbinary",
    "timestamp-zone": "only PostgreSQL has timestamps with a time zone",
    "default-expression": "engines spell the same expression differently",
    "mysql-text-default": "text and JSON of MySQL have no literal default",
    "key-not-null": "the columns of a primary key are not null; only SQLite "
    "does not say so",
    "rowid": "an INTEGER PRIMARY KEY of SQLite counts by itself, asked to "
    "or not",
    "foreign-key-index": "MariaDB makes an index for each foreign key, "
    "unless another begins with the same columns",
    "index-prefix": "MariaDB indexes the first characters of a text",
    "index-special": "gin, gist, fulltext, spatial and partial indexes and "
    "indexes on expressions have no counterpart on every engine; where they "
    "are unique they are compared",
    "restrict": "RESTRICT and NO ACTION both refuse",
    "deferrable": "MariaDB checks a foreign key at once",
    "type-check": "a check that stands for a type (enum, boolean, JSON) has "
    "no counterpart where the type itself is there",
    "partitions": "partitions are tables on PostgreSQL alone",
    "virtual": "virtual tables are SQLite's alone, with the tables in which "
    "they keep their data",
}

ALWAYS = {
    "timestamp-precision": "a time keeps whole seconds on MariaDB and "
    "microseconds on PostgreSQL, unless told",
    "unique-index": "a unique constraint and a unique index refuse the same "
    "rows",
    "index-order": "the direction of an index and of its nulls matters for "
    "speed alone, and older MariaDB ignores it",
    "checks": "checks are compared where they have a name, by this name; "
    "each engine writes expressions in its own way",
    "views": "of a view only its name is compared; a materialised one is a "
    "view elsewhere",
    "case": "names are compared without regard to case",
}
"""These cannot be turned off: nothing finer is read, or could be compared.
What is never compared has no name at all: comments, collations, storage
engines, names of keys and indexes, the order of columns, triggers,
routines, sequences that stand alone, extensions."""

PAIRS: Mapping[frozenset[str], tuple[tuple[str, ...], str]] = {
    frozenset({"boolean", "integer"}): (("mariadb",), "boolean-integer"),
    frozenset({"boolean", "bit"}): ((), "bit-boolean"),
    frozenset({"json", "text"}): (("mariadb", "sqlite"), "json-text"),
    frozenset({"enum", "string"}): ((), "enum-string"),
    frozenset({"enum", "text"}): ((), "enum-string"),
    frozenset({"enum", "char"}): ((), "enum-string"),
    frozenset({"set", "string"}): ((), "enum-string"),
    frozenset({"uuid", "string"}): ((), "uuid-string"),
    frozenset({"uuid", "char"}): ((), "uuid-string"),
    frozenset({"uuid", "binary"}): ((), "uuid-string"),
    frozenset({"network", "string"}): ((), "network-string"),
    frozenset({"network", "char"}): ((), "network-string"),
    frozenset({"network", "text"}): ((), "network-string"),
    frozenset({"array", "json"}): (("postgresql",), "array-json"),
    frozenset({"array", "text"}): (("postgresql",), "array-json"),
    frozenset({"interval", "timestamp"}): (
        ("postgresql",),
        "interval-timestamp",
    ),
    frozenset({"interval", "integer"}): (
        ("postgresql",),
        "interval-timestamp",
    ),
    frozenset({"char", "string"}): (("sqlite",), "char-padding"),
    frozenset({"char", "text"}): (("sqlite",), "char-padding"),
    frozenset({"string", "text"}): (("sqlite",), "sqlite-size"),
}
"""Two families of types that may stand for each other, the engines of which
one must be there (none: all may), and the leniency."""
