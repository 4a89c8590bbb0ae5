"""Faults in a history of Alembic's are called by their names."""

import pytest

from turbo_hipster_databases.exceptions import HistoryBroken, StepperLost
from turbo_hipster_databases.model import Direction

pytestmark = pytest.mark.functional
DOWN = Direction.DOWN


@pytest.mark.parametrize(
    ("kind", "told"),
    {
        "cycle": "a1, b2, c3",
        "missing_parent": "0003_name.py follows revision not_here",
        "duplicate": "revision b2 is in two files",
        "import": "0003_name.py:1: ModuleNotFoundError",
        "syntax": "0003_name.py:5: SyntaxError",
    }.items(),
)
def test_a_broken_history_is_called_by_its_name(alembic, kind, told):
    fault = {"import": "import_error", "syntax": "syntax_error"}
    with pytest.raises(HistoryBroken, match=told) as broken:
        alembic(lambda one, _stage: one.history(), fault.get(kind, kind))
    assert broken.value.kind == kind


def test_a_dependency_that_is_not_there_is_a_missing_parent(alembic):
    with pytest.raises(HistoryBroken, match="depends on revision not_here"):
        alembic(lambda one, _stage: one.history(), "missing_dependency")


def test_a_script_that_exits_when_imported_breaks_the_history(alembic):
    with pytest.raises(HistoryBroken, match="SystemExit: not today"):
        alembic(lambda one, _stage: one.history(), "exits_on_import")


def test_no_configuration_is_no_history(alembic):
    with pytest.raises(HistoryBroken) as broken:
        alembic(
            lambda one, _stage: one.history(),
            options={"config": "elsewhere.ini"},
        )
    assert broken.value.kind == "no_history"


@pytest.mark.parametrize(
    ("fault", "kind", "told"),
    [
        ("prompts", "prompt", "asked a question"),
        ("exits", "exit", "sys.exit('enough')"),
        ("exits_hard", "exit", "exit status 7"),
        ("bad_python", "python", "KeyError: 'missing'"),
    ],
)
def test_a_step_that_fails_says_how(alembic, fault, kind, told):
    revision, failure = alembic(alembic.until_failure, fault)
    assert (revision, failure.kind) == ("c3", kind)
    assert told in failure.message


def test_a_transaction_that_a_step_leaves_open_is_found(alembic):
    def look(stepper, stage):
        found = alembic.until_failure(stepper, stage)
        return found, stage.rows("SELECT name FROM people")

    found, rows = alembic(look, "leaves_open", engine="postgresql")
    assert (found[0], found[1].kind) == ("c3", "transaction")
    assert rows == [("Ada",)]


def test_what_is_closed_again_is_no_open_transaction(alembic):
    assert alembic(alembic.until_failure, "reads_and_closes") is None


@pytest.mark.parametrize(
    ("engine", "code"),
    [
        ("sqlite", "SQLITE_ERROR"),
        ("postgresql", "42P01"),
        ("mariadb", "1146"),
    ],
)
def test_a_failed_statement_is_told_with_the_engines_code(
    alembic, engine, code
):
    def look(stepper, stage):
        return alembic.until_failure(stepper, stage)

    revision, failure = alembic(look, "bad_sql", engine=engine)
    assert (revision, failure.kind) == ("c3", "sql")
    assert failure.statement == "INSERT INTO nobody (id) VALUES (1)"
    assert failure.code == code
    assert "0003_name.py" in failure.traceback


def test_after_a_failed_step_the_walk_goes_on(alembic):
    def look(stepper, _stage):
        revision, _failure = alembic.until_failure(stepper, None)
        below = stepper.history().migrations[1]
        assert below.revision == "b2"
        undone = stepper.step(below, DOWN)
        return undone.failure, stepper.current()

    assert alembic(look, "bad_python") == (None, ("a1",))


def test_a_project_without_its_tool_is_told(alembic):
    with pytest.raises(HistoryBroken, match="No module named 'alembic'"):
        alembic(lambda one, _stage: one.history(), requirements=["sqlalchemy"])


def test_a_downgrade_that_says_there_is_none_is_told_apart(alembic):
    def look(stepper, _stage):
        alembic.climb(stepper)
        return stepper.step(stepper.history().migrations[-1], DOWN)

    failure = alembic(look, "no_downgrade").failure
    assert failure.kind == "not_implemented"
    assert "there is no way back" in failure.message
    assert alembic(look).failure is None


def test_a_downgrade_that_is_left_out_is_known_beforehand(alembic):
    def can_undo(stepper, _stage):
        return [one.can_undo for one in stepper.history().migrations]

    assert alembic(can_undo, "downgrade_left_out") == [None, None, False]
    assert alembic(can_undo) == [None, None, None]


def test_a_step_that_hangs_is_ended_and_tells_where(alembic):
    def look(stepper, stage):
        *sound, last = stepper.history().migrations
        for one in sound:
            assert stepper.step(one, timeout=60).failure is None
        ran = stepper.step(last, timeout=1)
        with pytest.raises(StepperLost):
            stepper.current()
        with stage.stepper() as another:
            return ran.failure, another.current()

    failure, current = alembic(look, "hangs")
    assert failure.kind == "hang"
    assert "0003_name.py" in failure.traceback
    assert current == ("b2",)


def test_a_step_dies_after_the_statement_that_is_named(alembic):
    def look(stepper, stage):
        first, second, _third = stepper.history().migrations
        stepper.step(first)
        ran = stepper.step(second, die_after=2)
        rows = stage.rows("SELECT * FROM people")
        with stage.stepper() as another:
            return ran, rows, another.current()

    ran, rows, current = alembic(look)
    assert ran.died
    assert ran.failure is None
    assert [one.split()[0] for one in ran.statements] == ["INSERT", "ALTER"]
    assert current == ("a1",)
    assert rows in ([], [(1, "Ada", None)])  # as the engine's DDL commits


def test_a_step_with_fewer_statements_does_not_die(alembic):
    def look(stepper, _stage):
        first = stepper.history().migrations[0]
        return stepper.step(first, die_after=100), stepper.current()

    ran, current = alembic(look)
    assert not ran.died
    assert current == ("a1",)


def test_a_step_is_killed_at_a_time(alembic):
    def look(stepper, _stage):
        *sound, last = stepper.history().migrations
        for one in sound:
            stepper.step(one)
        return stepper.step(last, kill_at=0.5)

    ran = alembic(look, "hangs")
    assert ran.died
    assert ran.failure is None


def test_a_step_that_writes_on_our_wire_is_not_believed(alembic):
    def look(stepper, stage):
        with pytest.raises(StepperLost, match="this is no message"):
            alembic.climb(stepper)
        with stage.stepper() as another:
            return another.current()

    assert alembic(look, "writes_on_the_wire") in (("b2",), ("c3",))


def test_a_step_that_ends_its_own_server_fails_by_it(alembic):
    def look(stepper, stage):
        return alembic.until_failure(stepper, stage)[1], stage

    failure, stage = alembic(look, "shuts_down", engine="mariadb")
    assert failure.kind == "sql"
    assert failure.code in ("2013", "2006", "1053", "2014")
