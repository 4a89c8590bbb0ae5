"""A step's past is shown in the report."""

import pytest

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]


def test_the_builds_before_this_one_are_drawn(brisk):
    # given a change that was judged before
    brisk.dataset()
    brisk.step("new", "two", "pass")
    first = brisk.judge()
    assert not [one for one in first.charts if one.name.startswith("history")]

    # when it is judged again, then its past is in a picture
    again = brisk.judge()
    [chart] = [one for one in again.charts if one.name.startswith("history")]
    assert chart.name == "history-user_001/sqlite-two->new"
    assert [one.name for one in chart.series] == [
        "builds before",
        "this build",
    ]
    assert [point[0] for point in chart.series[0].points] == [-1]


def test_what_is_over_its_limit_teaches_nothing(brisk, remembered):
    # given a change that is too slow
    brisk.dataset(more="limits: {seconds: 0.2}\n")
    brisk.step("new", "two", "time.sleep(0.4)")

    # when it is judged
    brisk.judge()

    # then its time is no example for the builds to come; all else is
    assert list(brisk.found()) == ["TH-R101"]
    [(seconds, stall)] = remembered("SELECT seconds, write_stall FROM steps")
    assert seconds is None and stall is not None
