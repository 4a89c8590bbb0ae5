"""How it was before the change: what is known, and what is not told."""

import threading

import pytest

from turbo_hipster.exceptions import CannotJudge
from turbo_hipster_databases.exceptions import (
    EnvironmentFailed,
    RequirementsRefused,
    ServerFailed,
)

pytestmark = [pytest.mark.functional, pytest.mark.timeout(120)]

DEADLINE = 60.0


def test_the_base_is_walked_and_not_the_change(change, look, revisions):
    def see(stage):
        was = stage.was()
        assert revisions(was.walk) == ["one"]
        assert was.broken is None
        assert was.checkout != stage.context.workspace

    look(see, change())


def test_it_is_walked_once_however_often_it_is_asked(change, look):
    def see(stage):
        history = stage.before.history(stage.grounds[0])
        assert [one.revision for one in history.migrations] == ["one"]
        first, second = stage.was(), stage.was()
        assert first is second
        assert stage.before.history(stage.grounds[0]) is first.walk.history
        assert len(stage.opened) == 2  # to read, and to walk
        assert len(stage.surrounding.asked) == 1

    look(see, change())


def test_engines_are_walked_beside_each_other(change, look, revisions):
    def see(stage):
        threads = [
            threading.Thread(target=stage.was, args=(number,))
            for number in (0, 1)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(DEADLINE)
        assert not stage.meeting.broken
        assert [revisions(stage.was(one).walk) for one in (0, 1)] == [
            ["one"], ["one"]
        ]  # fmt: skip

    look(
        see,
        change(),
        engines=("fakesql", "other"),
        meeting=threading.Barrier(2),
    )


def test_a_history_that_was_broken_is_knowledge(change, look):
    def see(stage):
        assert stage.was().broken.kind == "cycle"
        assert stage.was().walk is None
        assert stage.before.history(stage.grounds[0]) is None

    outcome = look(see, change(old="broken a-and-b"))

    assert outcome.not_checked == ()


def test_without_a_base_nothing_is_known_and_nothing_done(change, look):
    def see(stage):
        assert stage.was().walk is stage.was().broken is None
        assert stage.before.history(stage.grounds[0]) is None
        assert stage.opened == []

    change()
    look(see, None)


def lost(*arguments):
    raise ServerFailed("no space left on device")


@pytest.mark.parametrize(
    "how",
    [
        {"fails": EnvironmentFailed("the index cannot be reached")},
        {"empty": lost},
    ],
)
def test_what_is_no_fault_of_the_base_is_not_swallowed(change, look, how):
    def see(stage):
        for _ in "twice":
            with pytest.raises(CannotJudge, match="cannot be reached|space"):
                stage.was()
        with pytest.raises(CannotJudge, match="cannot be reached|space"):
            stage.before.history(stage.grounds[0])

    look(see, change(), **how)


def test_requirements_that_could_not_be_had_then_are_said(change, look):
    def see(stage):
        for number in (0, 1):
            was = stage.was(number)
            assert was.walk is was.broken is None
            assert stage.before.history(stage.grounds[number]) is None
        assert str(stage.before.refused()) == "there is no foo==0"

    outcome = look(
        see,
        change(),
        engines=("fakesql", "other"),
        fails=RequirementsRefused("there is no foo==0"),
    )

    assert [one.what for one in outcome.not_checked] == [
        "fakesql: how it was before the change",
        "other: how it was before the change",
    ]
    assert "there is no foo==0" in outcome.not_checked[0].why


def test_a_prepare_that_failed_then_is_said(change, look):
    # the change brings the file along that prepare runs
    def see(stage):
        assert stage.was().walk is stage.was().broken is None

    outcome = look(see, change(), prepare="echo sorry; exit 3")

    (gap,) = outcome.not_checked
    assert gap.what == "fakesql: how it was before the change"
    assert "with status 3: sorry" in gap.why
