"""TH-M301: killed half-way, and run again."""

import pytest

from turbo_hipster_databases.model import Direction, Migration, Ran
from turbo_hipster_db_migration.checks.halfway import points


def test_a_step_that_cannot_be_run_again_is_found(judge, step):
    judged = judge(step("one", ("make a", "make b"), ("drop b", "drop a")))

    assert judged.ids() == ["TH-M301"]
    finding = judged.finding
    assert "one cannot be run again: table a exists" in finding.message
    assert "after statement 1 of 2; after statement 2 of 2" in finding.measured
    assert "+ table a" in finding.detail


def test_an_engine_that_rolls_back_passes_the_same_step(judge, step):
    judged = judge(
        step("one", ("make a", "make b"), ("drop b", "drop a")),
        transactional=True,
    )

    assert judged.ids() == []
    assert judged.cells()["TH-M301"] == "ok"


def test_a_step_that_bears_to_be_run_again_passes(judge, step):
    judged = judge(
        step("one", ("need a", "fill a", "need b"), ("drop b", "drop a"))
    )

    assert judged.ids() == []


def test_a_step_that_ends_in_another_schema_is_found(judge, step):
    judged = judge(step("one", ("twice a", "need b"), ("drop b", "drop a")))

    assert judged.ids() == ["TH-M301", "TH-M302"]
    halfway = judged.outcome.findings[0]
    assert (
        "one ends in another schema: table a_again is left over"
        in halfway.message
    )


def test_rows_that_are_written_twice_are_found(judge, step):
    judged = judge(
        step("one", ("need a", "row a", "need b"), ("drop b", "drop a"))
    )

    assert "TH-M301" in judged.ids()
    found = next(one for one in judged.outcome.findings if one.id == "TH-M301")
    assert "~ table a: 1 → 2 rows" in found.detail


def test_a_tool_without_statements_is_killed_by_time(judge, step):
    judged = judge(
        step("one", ("make a", "make b"), ("drop b", "drop a"), seconds=1.0),
        hook=False,
    )

    assert judged.ids() == ["TH-M301"]
    assert "at 25 % of its time" in judged.finding.measured


def test_a_step_too_short_to_be_killed_by_time_is_said(judge, step):
    judged = judge(
        step("one", ("make a",), ("drop a",), seconds=0.049), hook=False
    )

    assert judged.ids() == []
    assert judged.cells()["TH-M301"] == "not checked"
    gap = next(what for what in judged.gaps() if "TH-M301" in what)
    assert "too short" in judged.gaps()[gap]


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, []), (1, [1]), (2, [1, 2]), (3, [1, 2, 3]), (10, [1, 5, 10])],
)
def test_it_is_killed_after_the_first_the_middle_and_the_last(count, expected):
    ran = Ran(Migration("one"), Direction.UP, 1.0, ("x",) * count)

    found = points(ran, has_hook=True)

    assert [point.how["die_after"] for point in found] == expected
