"""Any command line can be stepped, by templates."""

import pytest

from turbo_hipster.exceptions import InvalidJob
from turbo_hipster_databases import plugins
from turbo_hipster_databases.exceptions import HistoryBroken
from turbo_hipster_databases.model import Direction

pytestmark = pytest.mark.functional
EACH = {
    "list": "python db.py list",
    "version": "python db.py version",
    "up": "python db.py up {revision}",
    "down": "python db.py down {revision}",
    "check": "python db.py check",
}
PHASES = {
    "expand": "python db.py up one",
    "migrate": "python db.py up two",
    "contract": "python db.py up three",
    "version": "python db.py version",
}


@pytest.fixture
def walk(on_stage, specimen):
    """Return a function that calls another with a stepper and the stage."""

    def call(function, options, tool="command", **how):
        plugins.tool(tool).check(options)

        def with_stepper(stage):
            with stage.stepper() as stepper:
                return function(stepper, stage)

        return on_stage(
            with_stepper, specimen("command"), tool, options=options, **how
        )

    return call


def test_a_list_is_a_history(walk):
    history = walk(lambda one, _stage: one.history(), EACH)
    assert [str(one) for one in history.migrations] == [
        "empty->one", "one->two", "two->three"
    ]  # fmt: skip
    assert history.migrations[0].title == "makes table one"
    assert (history.heads, history.steps) == (("three",), "each")


def test_steps_go_up_and_down(walk):
    def look(stepper, _stage):
        seen = [stepper.current()]
        history = stepper.history().migrations
        for one in history:
            assert stepper.step(one).failure is None
            seen.append(stepper.current())
        for one in reversed(history):
            assert stepper.step(one, Direction.DOWN).failure is None
            seen.append(stepper.current())
        return seen

    seen = walk(look, EACH)
    up = [(), ("one",), ("two",), ("three",)]
    assert seen == [*up, ("two",), ("one",), ()]


def test_without_a_list_the_whole_command_is_one_step(walk):
    def look(stepper, stage):
        (only,) = stepper.history().migrations
        ran = stepper.step(only)
        tables = stage.rows("SELECT count(*) FROM sqlite_master")
        return stepper.history().steps, ran, stepper.current(), tables

    steps, ran, current, tables = walk(look, {"up": "python db.py sync"})
    assert steps == "whole"
    assert ran.failure is None
    assert ran.statements is None
    assert current == ("head",)
    assert tables == [(4,)]


def test_a_failed_command_is_told_with_its_last_words(walk):
    def look(stepper, _stage):
        first = stepper.history().migrations[0]
        stepper.step(first)
        return stepper.step(first).failure

    failure = walk(look, EACH)
    assert failure.kind == "command"
    assert "table one already exists" in failure.message


def test_a_question_is_a_prompt(walk):
    def look(stepper, _stage):
        return stepper.step(stepper.history().migrations[0]).failure

    assert walk(look, {"up": "python db.py ask"}).kind == "prompt"


@pytest.mark.parametrize("how", ["kill_at", "timeout"])
def test_a_command_is_ended_with_all_that_it_started(walk, how):
    def look(stepper, _stage):
        only = stepper.history().migrations[0]
        return stepper.step(only, **{how: 1.0})

    # its own child is killed with it, and counted
    ran = walk(look, {"up": "python db.py hang & wait"}, orphans=True)
    assert ran.died is (how == "kill_at")
    assert (ran.failure is not None) is (how == "timeout")
    if ran.failure:
        assert ran.failure.kind == "hang"


def test_without_a_command_to_go_down_there_is_no_way_back(walk):
    def look(stepper, _stage):
        only = stepper.history().migrations[0]
        return stepper.step(only, Direction.DOWN).failure

    failure = walk(look, {"up": "python db.py sync"})
    assert failure.kind == "not_implemented"


def test_a_list_that_fails_is_a_broken_history(walk):
    with pytest.raises(HistoryBroken, match="exit status 3"):
        walk(
            lambda one, _stage: one.history(),
            {"list": "exit 3", "up": "true {revision}"},
        )


def test_differences_are_what_the_check_prints(walk):
    found = walk(lambda one, _stage: one.differences(), EACH)
    assert found[-1] == "table four is missing"
    assert walk(lambda one, _stage: one.differences(), {"up": "true"}) is None


def test_phases_are_steps(walk):
    def look(stepper, _stage):
        seen = [stepper.current()]
        for one in stepper.history().migrations:
            assert stepper.step(one).failure is None
            seen.append(stepper.current())
        down = stepper.step(stepper.history().migrations[-1], Direction.DOWN)
        return stepper.history(), seen, down.failure

    history, seen, failure = walk(look, PHASES, "oslo")
    assert [str(one) for one in history.migrations] == [
        "empty->expand", "expand->migrate", "migrate->contract"
    ]  # fmt: skip
    assert (history.steps, history.heads) == ("phase", ("contract",))
    assert seen == [(), ("expand",), ("migrate",), ("contract",)]
    assert failure.kind == "not_implemented"


def test_a_sync_is_one_step(walk):
    def look(stepper, _stage):
        (only,) = stepper.history().migrations
        return stepper.history(), stepper.step(only).failure

    history, failure = walk(look, {"sync": "python db.py sync"}, "oslo")
    assert (history.steps, history.heads) == ("whole", ("sync",))
    assert failure is None


@pytest.mark.parametrize(
    ("tool", "options"),
    [
        ("command", {}),
        ("command", {"list": "ls", "up": "up"}),
        ("oslo", {}),
        ("oslo", {"sync": "sync", "expand": "expand"}),
    ],
)
def test_options_that_cannot_work_are_refused(tool, options):
    with pytest.raises(InvalidJob):
        plugins.tool(tool).check(options)
