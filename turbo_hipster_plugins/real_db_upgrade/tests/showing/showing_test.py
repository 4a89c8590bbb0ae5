"""What was measured, as a person reads it."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from turbo_hipster_databases.model import (
    Direction,
    Failure,
    Lock,
    Measured,
    Migration,
    Ran,
    Release,
    Statement,
)
from turbo_hipster_real_db_upgrade.datasets.description import Dataset
from turbo_hipster_real_db_upgrade.showing import statements, steps, timeline
from turbo_hipster_real_db_upgrade.words import Case, Stall, Took, Traffic

CASE = Case(
    Dataset("user_001", "shop", {}, Path("dataset.yaml")),
    "mariadb",
    Release("mariadb", "10.11", Path("/")),
)


def took(revision="b", *, began=100.0, seconds=2.0, failure=None, **more):
    """One step that was measured."""
    migration = Migration(revision, ("a",))
    stalls = more.pop("stalls", ())
    texts = more.pop("texts", None)
    way = more.pop("direction", Direction.UP)
    ran = Ran(migration, way, seconds, texts, failure)
    return Took(
        "change", migration, way, began, ran,
        Measured(seconds, **more), Traffic(tuple(stalls)), new=True,
    )  # fmt: skip


def climbed(*new, undone=(), others=(), marks=None):
    return SimpleNamespace(
        new=new, undone=list(undone), took=[*others, *new], marks=marks or {}
    )


def rows(one, usual=lambda case, step: None):
    return [
        {name: value.replace(steps.BLANK, " ") for name, value in row.items()}
        for row in steps.rows({CASE: one}, usual)
    ]


def test_a_step_is_told_in_the_units_of_people():
    one = took(
        stalls=[Stall("books", "write", 1.5, 0.1)],
        rows_read={"books": 1234567},
        log_bytes=28_000_000,
        size_change=-2048,
        locks=(Lock("books", "MDL_EXCLUSIVE", 1.4, "reads and writes"),),
        rewritten=("books",),
    )
    [row] = rows(climbed(one, marks={"b": {"data": "ok"}}))
    assert row == {
        "step": "a \u2192 b",
        "time": "2.0 s",
        "readers wait": "0 ms",
        "writers wait": "1.5 s",
        "rows read": "1,234,567",
        "size": "-2.0 KiB",
        "log": "27 MiB",
        "strongest lock": "MDL_EXCLUSIVE on books for 1.4 s",
        "it blocks": "reads and writes",
        "rewritten": "books",
        "data": "ok",
        "result": "ok",
    }


@pytest.mark.parametrize(
    "usual, said",
    [(2.1, "as ever"), (0.5, "4.0 times"), (0.1, "20 times")],
)
def test_it_is_held_against_the_usual(usual, said):
    [row] = rows(climbed(took()), lambda case, step: usual)
    assert row["against the usual"] == said


def test_the_way_back_stands_behind_its_step():
    back = took(direction=Direction.DOWN)
    failed = took("c", failure=Failure("no"))
    found = rows(climbed(took(), failed, undone=[back]))
    assert [(row["step"], row["result"]) for row in found] == [
        ("a \u2192 b", "ok"),
        ("b \u2192 a (down)", "ok"),
        ("a \u2192 c", "failed"),
    ]


def test_what_was_run_as_well_is_not_among_them():
    one = climbed(took(), others=[SimpleNamespace(
        new=False, rung="stable/1", step="x->a",
        ran=SimpleNamespace(seconds=0.04),
    )])  # fmt: skip
    assert len(rows(one)) == 1
    [row] = steps.not_judged({CASE: one})
    assert (row["rung"], row["time"]) == ("stable/1", "40 ms")


def test_steps_stalls_and_locks_stand_on_one_axis():
    # given two steps, of which the second holds up who writes
    second = took(
        "c",
        began=104.0,
        stalls=[Stall("books", "write", 1.5, 0.25)],
        locks=(Lock("books", "X", 0.5, "writes"),),
    )
    [chart] = timeline.pictures({CASE: climbed(took(), second)})
    assert chart.kind == "timeline" and chart.unit == "s"
    assert {one.name: one.points for one in chart.series} == {
        "step a->b": ((0.0, 2.0),),
        "step a->c": ((4.0, 2.0),),
        "writers wait": ((4.25, 1.5),),
        "locks against writes": ((5.5, 0.5),),
    }


def test_a_case_without_a_step_has_no_picture():
    assert list(timeline.pictures({CASE: climbed()})) == []


def test_statements_are_shown_with_their_times_the_slowest_first():
    one = took(
        statements=(
            Statement("UPDATE a SET b = ?", 3, 0.3, 0.2, 30),
            Statement("CREATE INDEX", 1, 1.5, 1.5),
        )
    )
    first, second = statements.rows({CASE: climbed(one)})
    assert first["statement"] == "CREATE INDEX" and first["total"] == "1.5 s"
    assert second["mean"] == "100 ms" and second["rows"] == "30"

    # and how many took how long
    [row] = statements.spread({CASE: climbed(one)})
    assert {name: n for name, n in row.items() if n and name != "step"} == {
        "below 100 ms": 2,
        "below 1 s": 1,
        "below 5 min": 1,
    }


def test_no_value_is_shown_of_statements_that_the_tool_tells():
    one = took(texts=("UPDATE a SET b = 'secret' WHERE id = 7",) * 2)
    [row] = statements.rows({CASE: climbed(one)})
    assert "secret" not in row["statement"] and "7" not in row["statement"]
    assert row["calls"] == "2"
