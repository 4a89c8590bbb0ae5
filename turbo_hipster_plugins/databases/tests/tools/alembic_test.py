"""Alembic's migrations are stepped one at a time, as they are."""

import hashlib
import socket

import pytest

from turbo_hipster_databases.exceptions import HistoryBroken, StepperLost
from turbo_hipster_databases.model import Direction

pytestmark = pytest.mark.functional
DOWN = Direction.DOWN


@pytest.fixture
def walk(on_stage, specimen):
    """Return a function that calls another with a stepper and the stage."""

    def call(function, fault=None, **how):
        def with_stepper(stage):
            with stage.stepper() as stepper:
                return function(stepper, stage)

        return on_stage(
            with_stepper, specimen("alembic", fault), "alembic", **how
        )

    return call


def climb(stepper, **how):
    """Run all steps up; return how they ran."""
    return [stepper.step(one, **how) for one in stepper.history().migrations]


def climb_until_failure(stepper, _stage):
    """Run the steps up to the first that fails; return that failure."""
    for one in stepper.history().migrations:
        ran = stepper.step(one)
        if ran.failure is not None:
            return one.revision, ran.failure
    return None


def test_a_history_is_told_in_the_order_in_which_it_is_run(walk, specimen):
    def look(stepper, stage):
        return stepper.history(), stage.project.checkout

    history, checkout = walk(look)
    assert [one.revision for one in history.migrations] == ["a1", "b2", "c3"]
    assert [one.parents for one in history.migrations] == [
        (), ("a1",), ("b2",)
    ]  # fmt: skip
    assert history.migrations[1].title == "people have an address"
    assert history.heads == ("c3",)
    name = "migrations/versions/0002_email.py"
    content = (checkout / name).read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    assert history.migrations[1].files == {name: digest}


def test_each_step_does_what_it_says_and_the_database_is_where_it_says(walk):
    def look(stepper, stage):
        seen = [stepper.current()]
        for one in stepper.history().migrations:
            ran = stepper.step(one)
            assert ran.failure is None
            seen.append(stepper.current())
        return seen, stage.rows("SELECT name, email FROM people")

    seen, rows = walk(look)
    assert seen == [(), ("a1",), ("b2",), ("c3",)]
    assert rows == [("Ada", "ada@example.org")]


def test_a_step_tells_its_statements_and_no_others(walk):
    ran = walk(lambda stepper, _stage: climb(stepper)[1])
    first, second, third, last = ran.statements
    assert first.startswith("INSERT INTO people")
    assert second.startswith("ALTER TABLE people ADD")
    assert third.startswith("UPDATE people SET email")
    assert "alembic_version" in last
    assert ran.seconds > 0


def test_steps_are_undone_one_at_a_time(walk):
    def look(stepper, stage):
        climb(stepper)
        seen = []
        for one in reversed(stepper.history().migrations):
            ran = stepper.step(one, DOWN)
            assert ran.failure is None
            seen.append(stepper.current())
        return seen, stage.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        )

    seen, tables = walk(look)
    assert seen == [("b2",), ("a1",), ()]
    assert tables == [("alembic_version",)]


@pytest.mark.parametrize("engine", ["postgresql", "mariadb"])
@pytest.mark.parametrize("fault", [None, "one_transaction"])
def test_each_step_is_committed_before_the_next_is_asked_for(
    walk, engine, fault
):
    def look(stepper, stage):
        seen = []
        for one in stepper.history().migrations:
            assert stepper.step(one).failure is None
            # the walk waits inside its run: only others' eyes count
            seen += stage.rows("SELECT version_num FROM alembic_version")
        undone = stepper.step(stepper.history().migrations[-1], DOWN)
        seen += stage.rows("SELECT version_num FROM alembic_version")
        return seen, undone.failure

    seen, failure = walk(look, fault, engine=engine)
    assert seen == [("a1",), ("b2",), ("c3",), ("b2",)]
    assert failure is None


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
def test_a_broken_history_is_called_by_its_name(walk, kind, told):
    fault = {"import": "import_error", "syntax": "syntax_error"}
    with pytest.raises(HistoryBroken, match=told) as broken:
        walk(lambda one, _stage: one.history(), fault.get(kind, kind))
    assert broken.value.kind == kind


def test_a_dependency_that_is_not_there_is_a_missing_parent(walk):
    with pytest.raises(HistoryBroken, match="depends on revision not_here"):
        walk(lambda one, _stage: one.history(), "missing_dependency")


def test_a_script_that_exits_when_imported_breaks_the_history(walk):
    with pytest.raises(HistoryBroken, match="SystemExit: not today"):
        walk(lambda one, _stage: one.history(), "exits_on_import")


def test_no_configuration_is_no_history(walk):
    with pytest.raises(HistoryBroken) as broken:
        walk(
            lambda one, _stage: one.history(),
            options={"config": "elsewhere.ini"},
        )
    assert broken.value.kind == "no_history"


def test_two_heads_are_both_told(walk):
    heads = walk(lambda one, _stage: one.history().heads, "two_heads")
    assert sorted(heads) == ["c3", "d4"]


def test_merged_branches_are_walked_there_and_back(walk):
    def look(stepper, _stage):
        rans = climb(stepper)
        up = stepper.current()
        history = stepper.history()
        back = [stepper.step(one, DOWN) for one in history.migrations[::-1]]
        failures = [one.failure for one in rans + back]
        return history, up, stepper.current(), failures

    history, up, down, failures = walk(look, "merged")
    assert not any(failures)
    assert history.heads == up == ("e5",)
    assert set(history.migrations[-1].parents) == {"c3", "d4"}
    assert down == ()


def test_branches_in_several_places_depend_on_one_another(walk):
    def look(stepper, _stage):
        rans = climb(stepper)
        history = stepper.history()
        return history, [one.failure for one in rans], stepper.current()

    history, failures, current = walk(look, "branches")
    names = [one.revision for one in history.migrations]
    assert names.index("p1") > names.index("c3")
    assert "c3" in history.migrations[names.index("p1")].parents
    assert not any(failures)
    assert sorted(history.heads) == sorted(current) == ["c3", "p1"]


@pytest.mark.parametrize(
    ("fault", "kind", "told"),
    [
        ("prompts", "prompt", "asked a question"),
        ("exits", "exit", "sys.exit('enough')"),
        ("exits_hard", "exit", "exit status 7"),
        ("bad_python", "python", "KeyError: 'missing'"),
    ],
)
def test_a_step_that_fails_says_how(walk, fault, kind, told):
    revision, failure = walk(climb_until_failure, fault)
    assert (revision, failure.kind) == ("c3", kind)
    assert told in failure.message


def test_a_transaction_that_a_step_leaves_open_is_found(walk):
    def look(stepper, stage):
        found = climb_until_failure(stepper, stage)
        return found, stage.rows("SELECT name FROM people")

    found, rows = walk(look, "leaves_open", engine="postgresql")
    assert (found[0], found[1].kind) == ("c3", "transaction")
    assert rows == [("Ada",)]


def test_what_is_closed_again_is_no_open_transaction(walk):
    assert walk(climb_until_failure, "reads_and_closes") is None


@pytest.mark.parametrize(
    ("engine", "code"),
    [
        ("sqlite", "SQLITE_ERROR"),
        ("postgresql", "42P01"),
        ("mariadb", "1146"),
    ],
)
def test_a_failed_statement_is_told_with_the_engines_code(walk, engine, code):
    def look(stepper, stage):
        return climb_until_failure(stepper, stage)

    revision, failure = walk(look, "bad_sql", engine=engine)
    assert (revision, failure.kind) == ("c3", "sql")
    assert failure.statement == "INSERT INTO nobody (id) VALUES (1)"
    assert failure.code == code
    assert "0003_name.py" in failure.traceback


def test_after_a_failed_step_the_walk_goes_on(walk):
    def look(stepper, _stage):
        revision, _failure = climb_until_failure(stepper, None)
        below = stepper.history().migrations[1]
        assert below.revision == "b2"
        undone = stepper.step(below, DOWN)
        return undone.failure, stepper.current()

    assert walk(look, "bad_python") == (None, ("a1",))


def test_a_walk_that_waits_sees_what_another_did_meanwhile(walk):
    def look(stepper, stage):
        first, second, third = stepper.history().migrations
        rans = [stepper.step(first)]
        with stage.stepper() as another:
            rans.append(another.step(second))
        rans.append(stepper.step(third))
        rans.append(stepper.step(third, DOWN))
        return [one.failure for one in rans], stepper.current()

    assert walk(look) == ([None] * 4, ("b2",))


def test_a_project_without_its_tool_is_told(walk):
    with pytest.raises(HistoryBroken, match="No module named 'alembic'"):
        walk(lambda one, _stage: one.history(), requirements=["sqlalchemy"])


def test_a_downgrade_that_says_there_is_none_is_told_apart(walk):
    def look(stepper, _stage):
        climb(stepper)
        return stepper.step(stepper.history().migrations[-1], DOWN)

    failure = walk(look, "no_downgrade").failure
    assert failure.kind == "not_implemented"
    assert "there is no way back" in failure.message
    assert walk(look).failure is None


def test_a_step_that_hangs_is_ended_and_tells_where(walk):
    def look(stepper, stage):
        *sound, last = stepper.history().migrations
        for one in sound:
            assert stepper.step(one, timeout=60).failure is None
        ran = stepper.step(last, timeout=1)
        with pytest.raises(StepperLost):
            stepper.current()
        with stage.stepper() as another:
            return ran.failure, another.current()

    failure, current = walk(look, "hangs")
    assert failure.kind == "hang"
    assert "0003_name.py" in failure.traceback
    assert current == ("b2",)


def test_a_step_dies_after_the_statement_that_is_named(walk):
    def look(stepper, stage):
        first, second, _third = stepper.history().migrations
        stepper.step(first)
        ran = stepper.step(second, die_after=2)
        rows = stage.rows("SELECT * FROM people")
        with stage.stepper() as another:
            return ran, rows, another.current()

    ran, rows, current = walk(look)
    assert ran.died
    assert ran.failure is None
    assert [one.split()[0] for one in ran.statements] == ["INSERT", "ALTER"]
    assert current == ("a1",)
    assert rows in ([], [(1, "Ada", None)])  # as the engine's DDL commits


def test_a_step_with_fewer_statements_does_not_die(walk):
    def look(stepper, _stage):
        first = stepper.history().migrations[0]
        return stepper.step(first, die_after=100), stepper.current()

    ran, current = walk(look)
    assert not ran.died
    assert current == ("a1",)


def test_a_step_is_killed_at_a_time(walk):
    def look(stepper, _stage):
        *sound, last = stepper.history().migrations
        for one in sound:
            stepper.step(one)
        return stepper.step(last, kill_at=0.5)

    ran = walk(look, "hangs")
    assert ran.died
    assert ran.failure is None


def test_models_that_differ_are_told_in_lines(walk):
    def look(stepper, _stage):
        climb(stepper)
        return stepper.differences()

    assert walk(look) == ()
    assert sorted(walk(look, "models_ahead")) == [
        "add column people.phone VARCHAR(20) not null",
        "add table pets",
        "modify nullable of people.name from False to True",
        "remove index ix_people_name on people (name)",
    ]


def test_without_models_there_is_nothing_to_compare(walk):
    def look(stepper, _stage):
        climb(stepper)
        return stepper.differences()

    assert walk(look, "one_transaction") is None


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        ("by_variable", {"url_variable": "APP_DATABASE"}),
        ("by_argument", {"x": "tenant=one url={url}"}),
    ],
)
def test_the_database_is_named_in_the_ways_that_projects_want(
    walk, fault, options
):
    assert walk(climb_until_failure, fault, options=options) is None


def test_an_asynchronous_environment_is_walked_too(walk):
    def look(stepper, _stage):
        failures = [one.failure for one in climb(stepper)]
        return failures, stepper.current(), stepper.differences()

    failures, current, differences = walk(
        look,
        "asynchronous",
        requirements=["alembic", "sqlalchemy[asyncio]", "aiosqlite"],
        options={"driver": "aiosqlite"},
    )
    assert not any(failures)
    assert current == ("c3",)
    assert differences == ()


def test_an_environment_that_connects_elsewhere_is_stopped(walk):
    def look(stepper, stage):
        with pytest.raises(HistoryBroken, match=r"elsewhere\.sqlite") as told:
            climb(stepper)
        assert told.value.kind == "elsewhere"
        return stage.rows("SELECT name FROM sqlite_master")

    assert walk(look, "elsewhere") == []


@pytest.mark.parametrize("network", [False, True])
def test_a_step_without_network_reaches_nobody(walk, network):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        failed = walk(
            climb_until_failure,
            "calls_home",
            network=network,
            variables={"WHERE_TO_CALL": str(server.getsockname()[1])},
        )
        try:
            server.accept()[0].close()
            reached = True
        except BlockingIOError:
            reached = False
    assert reached is network
    assert (failed is None) is network


def test_a_step_that_writes_on_our_wire_is_not_believed(walk):
    def look(stepper, stage):
        with pytest.raises(StepperLost, match="this is no message"):
            climb(stepper)
        with stage.stepper() as another:
            return another.current()

    assert walk(look, "writes_on_the_wire") in (("b2",), ("c3",))


def test_a_step_that_ends_its_own_server_fails_by_it(walk):
    def look(stepper, stage):
        return climb_until_failure(stepper, stage)[1], stage

    failure, stage = walk(look, "shuts_down", engine="mariadb")
    assert failure.kind == "sql"
    assert failure.code in ("2013", "2006", "1053", "2014")


@pytest.mark.parametrize("python", ["3.6", "3.8", "3.13"])
def test_old_and_new_interpreters_are_stepped(walk, python, pythons):
    pythons(python)
    found = walk(climb_until_failure, requirements=["alembic"], python=python)
    assert found is None
