"""Differences, as people read them."""

from turbo_hipster_databases.schema.comparing import compare, render
from turbo_hipster_databases.schema.model import BOOKKEEPING

USERS = {
    "table.users": {},
    "table.users.column.id": {"type": "int", "nullable": "no"},
    "table.users.column.name": {"type": "varchar(20)", "nullable": "yes"},
    "table.users.primary key": {"columns": "id"},
    "table.users.index.(email)": {"columns": "email", "unique": "yes"},
}


def test_a_person_sees_what_changed(written):
    now = {**USERS, "table.users.foreign key.(org)": {
        "columns": "org", "references": "orgs(id)", "on delete": "cascade",
    }}  # fmt: skip
    now["table.users.column.name"] = {"type": "varchar(40)", "nullable": "yes"}
    del now["table.users.index.(email)"]
    before, after = written("sqlite", USERS), written("sqlite", now)

    assert render(compare(before, after)).splitlines() == [
        "~ column users.name: type varchar(20) → varchar(40)",
        "+ foreign key users(org) → orgs(id) on delete cascade",
        "- index users(email) unique",
    ]
    assert render(compare(after, before)).splitlines() == [
        "~ column users.name: type varchar(40) → varchar(20)",
        "- foreign key users(org) → orgs(id) on delete cascade",
        "+ index users(email) unique",
    ]


def test_a_change_says_what_was_and_what_is(written):
    before = written("sqlite", {"sequence.s": {"start": "1", "cycle": "yes"}})
    after = written("sqlite", {"sequence.s": {"start": "2", "cycle": "yes"}})

    (change,) = compare(before, after)

    assert change.kind == "changed"
    assert change.thing.path == ("sequence", "s")
    assert (change.before, change.after) == ({"start": "1"}, {"start": "2"})


def test_a_whole_table_stands_together(written):
    changes = compare(written("sqlite", {}), written("sqlite", USERS))

    assert render(changes).splitlines() == [
        "+ table users",
        "+   column id int not null",
        "+   column name varchar(20)",
        "+   primary key (id)",
        "+   index (email) unique",
    ]


def test_equal_schemas_have_no_difference(written):
    reordered = dict(reversed(USERS.items()))
    before, after = written("sqlite", USERS), written("sqlite", reordered)

    assert before == after
    assert str(before) == str(after)
    assert compare(before, after) == ()
    assert render(()) == ""


def test_what_is_too_much_is_counted(written):
    many = {f"table.t{number:03}": {} for number in range(100)}

    lines = render(
        compare(written("sqlite", {}), written("sqlite", many)), limit=10
    ).splitlines()

    assert lines[0] == "+ table t000"
    assert len(lines) == 11
    assert lines[-1] == "… and 90 more differences"


def test_of_long_texts_the_place_where_they_differ_is_shown(written):
    text = "select " + ", ".join(f"column_{number}" for number in range(99))
    before = written("sqlite", {"view.v": {"definition": f"{text} from t"}})
    after = written("sqlite", {"view.v": {"definition": f"{text} from u"}})

    line = render(compare(before, after))

    assert "from t → …" in line
    assert line.endswith("from u")
    assert len(line) < 160


def test_the_tables_of_the_tools_can_be_left_out(written):
    with_notes = {
        **USERS,
        "table.alembic_version": {},
        "table.alembic_version.column.version_num": {"type": "text"},
    }

    schema = written("sqlite", with_notes).without(*BOOKKEEPING)

    assert schema == written("sqlite", USERS)


def test_a_schema_prints_whole(written):
    assert render(written("sqlite", USERS)).splitlines() == [
        "sqlite",
        "table users",
        "  column id int not null",
        "  column name varchar(20)",
        "  primary key (id)",
        "  index (email) unique",
    ]
