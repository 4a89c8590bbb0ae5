"""The past of a step, drawn."""

from pathlib import Path

from turbo_hipster_databases.model import Release
from turbo_hipster_real_db_upgrade.datasets.description import Dataset
from turbo_hipster_real_db_upgrade.judging.limits import Limit
from turbo_hipster_real_db_upgrade.past import (
    BUILDS,
    PICTURES,
    Past,
    pictures,
)
from turbo_hipster_real_db_upgrade.words import Case

CASE = Case(
    Dataset("user_001", "shop", {}, Path("dataset.yaml")),
    "sqlite",
    Release("sqlite", "3", Path("/")),
)


def test_builds_before_this_one_and_the_limit_are_drawn():
    limit = Limit(12.0, "history n=5")
    [chart] = pictures(CASE, [Past("a->b", 9.0, [8.0, 7.5, 10.0], limit)])
    assert chart.kind == "line" and chart.unit == "s"
    assert chart.title == (
        "user_001/sqlite: a->b took 9.0 s (limit 12 s, history n=5)"
    )
    before, now, most = chart.series
    assert before.points == ((-3, 8.0), (-2, 7.5), (-1, 10.0))
    assert now.points == ((0, 9.0),)
    assert most.points == ((-3, 12.0), (0, 12.0))


def test_a_limit_far_away_presses_nothing_flat():
    [chart] = pictures(CASE, [Past("a->b", 0.1, [0.1], Limit(60, "default"))])
    assert [one.name for one in chart.series] == [
        "builds before",
        "this build",
    ]
    assert "limit 60 s" in chart.title


def test_a_step_without_a_past_has_no_picture():
    assert list(pictures(CASE, [Past("a->b", 0.1, [], None)])) == []


def test_only_the_newest_builds_are_drawn():
    values = [float(n) for n in range(200)]
    [chart] = pictures(CASE, [Past("a->b", 1.0, values, None)])
    assert len(chart.series[0].points) == BUILDS
    assert chart.series[0].points[-1] == (-1, 199.0)


def test_of_many_steps_those_closest_to_their_limits_are_drawn():
    steps = [
        Past(f"{n}->{n + 1}", float(n), [1.0], Limit(100.0, "default"))
        for n in range(2 * PICTURES)
    ]
    drawn = [chart.name for chart in pictures(CASE, steps)]
    assert len(drawn) == PICTURES
    last = 2 * PICTURES - 1
    assert drawn[0] == f"history-user_001/sqlite-{last}->{last + 1}"
