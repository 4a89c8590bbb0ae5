"""An engine that cannot go on ends the others, and what runs for them."""

import contextlib
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from turbo_hipster import model, task
from turbo_hipster.exceptions import Cancelled, CannotJudge
from turbo_hipster.testing import run_task
from turbo_hipster_db_migration.beside import beside
from turbo_hipster_db_migration.ending import Over

pytestmark = [pytest.mark.functional, pytest.mark.timeout(120)]

DEADLINE = 60.0


@pytest.fixture
def in_build():
    """Call a function with a build's context."""

    def in_build(function):
        class Works(task.Task):
            """Work."""

            def run(self, context):
                function(context)
                return model.Result.success()

        return run_task(Works)

    return in_build


def test_what_runs_ends_when_it_is_over(in_build):
    def work(context):
        over = Over()
        with over.ends(context) as lent:
            running = lent.start(["sleep", "100000"])
            threading.Thread(target=over.set).start()
            ended = running.wait(DEADLINE)
        assert ended is not None
        assert ended.status == -9

    assert in_build(work).left == 0


def test_what_is_started_afterwards_ends_at_once(in_build):
    def work(context):
        over = Over()
        over.set()
        with over.ends(context) as lent:
            ended = lent.start(["sleep", "100000"]).wait(DEADLINE)
        assert ended is not None
        assert ended.status == -9

    in_build(work)


def test_all_else_of_the_context_is_the_builds_own(in_build):
    def work(context):
        with Over().ends(context) as lent:
            assert lent.results_dir == context.results_dir
            assert lent.execute(["true"]).status == 0

    in_build(work)


def test_of_what_has_ended_nothing_is_kept(in_build):
    def work(context):
        over = Over()
        with over.ends(context) as lent:
            for _ in range(10):
                lent.start(["sleep", "100000"]).stop()
            # the last ones may be on their way out
            assert handles() < 10
        assert handles() == 0
        over.set()  # nothing is left to be killed

    in_build(work)


def handles():
    """Return how many processes this one has a handle of."""
    found = 0
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found += "pidfd" in str(entry.readlink())
    return found


def grounds(*names):
    over = Over()
    return {name: SimpleNamespace(name=name, over=over) for name in names}


def test_the_first_that_fails_ends_the_others_at_once():
    ended = []

    def work(ground):
        if ground.name == "second":
            raise CannotJudge("its server was lost")
        ended.append(ground.over.wait(DEADLINE))
        raise Cancelled

    with pytest.raises(CannotJudge, match="server was lost"):
        beside(grounds("first", "second"), 2, work)

    assert ended == [True]


def test_what_has_not_begun_is_not_begun():
    begun = []

    def work(ground):
        begun.append(ground.name)
        if ground.name == "first":
            raise CannotJudge("no")
        assert ground.over.wait(DEADLINE)
        raise Cancelled

    with pytest.raises(CannotJudge):
        beside(grounds("first", "second", "third"), 1, work)

    assert "third" not in begun


def test_what_all_give_comes_back_by_name_and_nothing_is_over():
    some = grounds("first", "second")

    done = beside(some, 1, lambda ground: ground.name.upper())

    assert done == {"first": "FIRST", "second": "SECOND"}
    assert not some["first"].over.is_set()
