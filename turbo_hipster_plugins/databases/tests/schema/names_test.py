"""Names that PostgreSQL gives to what has none."""

import pytest

from turbo_hipster_databases.schema.postgresql_names import is_made, made_name

LONG = "a_table_whose_name_takes_nearly_all_the_bytes_that_there_are"


def test_a_name_has_63_bytes_at_most():
    name = made_name(LONG, "a_column_with_a_long_name", "idx")

    assert len(name) == 63
    assert name.endswith("_idx")


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("t_a_b_idx", True),
        ("t_a_b_idx1", True),
        ("t_b_a_idx", False),
        ("idx_t", False),
        ("t_a_b_key", False),
        ("u_a_b_idx", False),
    ],
)
def test_a_made_name_is_known_from_a_given_one(name, made):
    assert is_made(name, "t", [["a", "b"]], "idx") is made


@pytest.mark.functional
def test_the_server_makes_the_names_that_we_expect(database):
    wide = ", ".join(f"a_rather_long_column_{n} int" for n in range(5))
    names = ", ".join(f"a_rather_long_column_{n}" for n in range(5))
    place = database("postgresql").run(
        f"CREATE TABLE {LONG} (id serial PRIMARY KEY, {wide},"
        f" ref int REFERENCES {LONG}, UNIQUE ({names}), CHECK (ref > 0),"
        " CHECK (id > ref), CHECK (1 > 0));\n"
        f"CREATE INDEX ON {LONG} ({names});\n"
        f"CREATE INDEX ON {LONG} ({names});\n"
        f"CREATE INDEX ON {LONG} (lower('x'), upper('y'), (ref + 1));\n"
        'CREATE TABLE "ünï" ("é" int UNIQUE);\n'
        'CREATE INDEX ON "ünï" ("é")'
    )

    paths = [path for path in place.read().things if len(path) == 4]

    given = [
        path
        for path in paths
        if path[2] not in ("column", "check") and not path[3].startswith("(")
    ]
    assert given == []
    assert {path[3] for path in paths if path[2] == "check"} == {
        "ref > 0",
        "id > ref",
        "1 > 0",
    }


@pytest.mark.functional
def test_a_renamed_column_keeps_the_names_that_were_made_of_it(database):
    place = database("postgresql").run(
        "CREATE TABLE t (a int);\nCREATE INDEX ON t (a);\n"
        "ALTER TABLE t RENAME a TO b"
    )
    fresh = database("postgresql").run(
        "CREATE TABLE t (b int);\nCREATE INDEX ON t (b)"
    )

    assert place.read() == fresh.read()
