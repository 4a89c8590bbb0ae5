"""What an operator may say, and what is refused with the next move."""

import pytest

from turbo_hipster.exceptions import ConfigurationError, InvalidJob
from turbo_hipster.testing import run_task
from turbo_hipster_databases.projects.options import requirements
from turbo_hipster_db_migration.options import OPTIONS
from turbo_hipster_db_migration.task import DbMigration


def refusal(**options):
    with pytest.raises(InvalidJob) as caught:
        run_task(DbMigration, options)
    return str(caught.value)


def test_an_unknown_engine_is_refused_and_the_known_are_named():
    said = refusal(engines="sqlite, oracle")

    assert "'oracle'" in said
    assert "postgresql" in said


def test_an_unknown_tool_is_refused_and_the_known_are_named():
    said = refusal(tool="liquibase")

    assert "'liquibase'" in said
    assert "alembic" in said


def test_an_unknown_tool_option_is_refused_and_the_known_are_named():
    said = refusal(tool_options="confg:alembic.ini")

    assert "'confg'" in said
    assert "config" in said


def test_an_unknown_check_is_refused():
    with pytest.raises(ConfigurationError, match="halfway"):
        run_task(DbMigration, {"checks": "undo, redo"})


def test_no_engine_at_all_is_refused():
    assert "engines = sqlite" in refusal(engines=" , ")


def test_an_engine_named_twice_is_refused():
    assert "twice" in refusal(engines="sqlite, sqlite")


def test_a_nul_byte_is_refused():
    assert "NUL" in refusal(prepare="a\0b")


def test_each_option_says_what_it_does():
    for option in OPTIONS:
        assert option.help.endswith("."), option.name


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["requirements.txt"], ("requirements.txt",)),
        (["a>=1", "<2", "b"], ("a>=1,<2", "b")),
        (["a>=1", " !=1.5", "<2"], ("a>=1,!=1.5,<2",)),
        (["", "a"], ("a",)),
    ],
)
def test_a_comma_may_be_part_of_a_specifier(given, expected):
    assert requirements(given) == expected
