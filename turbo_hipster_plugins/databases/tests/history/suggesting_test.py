"""Limits that history suggests."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from turbo_hipster_databases.history import suggesting
from turbo_hipster_databases.history.store import History
from turbo_hipster_databases.history.words import (
    Quantity,
    RunRecord,
    StepRecord,
    Subject,
)

SECONDS, STALL = Quantity.SECONDS, Quantity.WRITE_STALL
NOVA = Subject("openstack/nova", "user_001", "mariadb", "vm-2")


@pytest.fixture
def history(tmp_path):
    with History(f"sqlite:///{tmp_path}/history.sqlite") as opened:
        yield opened


@pytest.fixture
def fill(history):
    """Remember a run for each figure."""

    def add(*values, subject=NOVA, step="151->152", quantity=SECONDS):
        for number, value in enumerate(values):
            record = StepRecord(step, {quantity: float(value)})
            build = f"{subject}{step}{quantity}{number}"
            history.add(RunRecord(build, subject, float(number), (record,)))

    return add


def suggest(history, *subjects, share=0.99, by_percentile=False):
    return list(
        suggesting.suggest(
            history,
            subjects or [NOVA],
            list(Quantity),
            share,
            by_percentile=by_percentile,
        )
    )


@pytest.mark.parametrize("count", [11, 37, 99])
def test_the_99th_percentile_of_some_runs_is_the_slowest(history, fill, count):
    # given runs of 1, 2, 3 ... seconds
    fill(*range(1, count + 1))
    [found] = suggest(history, by_percentile=True)
    assert found.percentile == found.limit == count
    assert found.count == count


def test_a_limit_is_robust_unless_the_percentile_is_asked_for(history, fill):
    # given nineteen calm runs, and a wild one
    fill(*[100] * 19, 9999)
    [robust] = suggest(history)
    assert robust.limit == robust.learned == 130
    assert robust.percentile == 9999
    [half] = suggest(history, share=0.5, by_percentile=True)
    assert half.limit == 100


def test_a_step_that_ran_four_times_has_no_limit(history, fill):
    fill(1, 2, 3, 4)
    assert suggest(history, by_percentile=True) == []


def test_no_limit_is_below_what_hurts_nobody(history, fill):
    fill(*[0.0] * 9, quantity=STALL)
    [found] = suggest(history, by_percentile=True)
    assert (found.percentile, found.limit) == (0.0, 0.1)


def test_of_several_classes_of_machines_the_slowest_counts(history, fill):
    slow = Subject("openstack/nova", "user_001", "mariadb", "old")
    fill(*[10] * 5)
    fill(*[90] * 5, subject=slow)
    [found] = suggest(history, NOVA, slow)
    assert found.median == 90


@settings(deadline=None)  # the machine may be busy
@given(st.floats(1e-3, 1e17))
def test_a_limit_is_rounded_up_and_by_little(value):
    rounded = suggesting._rounded_up(value)
    assert value * (1 - 1e-9) <= rounded <= value * 1.0101


def test_the_text_is_a_file_of_limits(history, fill):
    # given steps and datasets with odd names
    other = Subject("p", 'o"dd: é', "sqlite", "")
    fill(*[100] * 9)
    fill(*[2e16] * 9, step="empty->a+b", quantity=Quantity.LOG_BYTES)
    fill(*[100] * 9, subject=other, step="#1->2")
    text = suggesting.text(suggest(history, NOVA, other))
    assert yaml.safe_load(text)["datasets"] == {
        "user_001/mariadb": {
            "seconds": {"151->152": 130},
            "log_bytes": {"empty->a+b": 2.6e16},
        },
        'o"dd: é/sqlite': {"seconds": {"#1->2": 130}},
    }
    assert "130  # n=9, median 100, 99 % took at most 100\n" in text


def test_the_text_of_nothing_is_a_file_of_limits():
    assert yaml.safe_load(suggesting.text([])) == {"datasets": {}}
