import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turbo_hipster_databases.history import limits
from turbo_hipster_databases.history.words import Figure, Quantity

SECONDS, ROWS = Quantity.SECONDS, Quantity.ROWS_CHANGED


def figures(*values, calibration=None):
    return [
        Figure(value, 1000.0 + number, calibration)
        for number, value in enumerate(values)
    ]


def test_too_few_figures_say_nothing():
    assert limits.learn(SECONDS, figures(*[9.0] * (limits.FEWEST - 1))) is None
    assert limits.learn(SECONDS, figures(*[9.0] * limits.FEWEST)) is not None


def test_a_limit_explains_itself():
    learned = limits.learn(SECONDS, figures(*[100.0] * 37))
    assert learned.source == "history n=37"
    assert learned.median == 100
    assert learned.value == 100 + limits.WIDTH * 5  # machines vary by 5 %


def test_one_wild_run_moves_no_limit():
    usual = figures(98, 99, 100, 101, 102, 100, 100)
    learned = limits.learn(SECONDS, usual)
    shaken = limits.learn(SECONDS, [*usual, Figure(100_000, 9.0)])
    assert shaken.value < 1.1 * learned.value


def test_figures_that_scatter_get_a_wider_limit():
    calm = limits.learn(ROWS, figures(*[10_000] * 9))
    wild = limits.learn(ROWS, figures(*range(6_000, 15_000, 1_000)))
    assert wild.median == calm.median
    assert wild.value > 1.5 * calm.value


def test_what_is_small_has_a_floor():
    assert limits.learn(SECONDS, figures(*[0.01] * 9)).value == 1.0


def test_times_of_a_faster_machine_count_for_more():
    # given runs on a machine whose calibration took half as long as ours
    remembered = figures(*[50.0] * 9, calibration=0.2)
    learned = limits.learn(SECONDS, remembered, calibration=0.4)
    assert learned.median == pytest.approx(100)

    # but its rows are our rows
    assert limits.learn(ROWS, remembered, calibration=0.4).median == 50

    # and without a calibration on either side times are taken as they are
    assert limits.learn(SECONDS, remembered).median == 50
    unknown = figures(*[50.0] * 9)
    assert limits.learn(SECONDS, unknown, calibration=0.4).median == 50


def test_no_figure_that_is_none_counts():
    told = figures(*[5.0] * 5, math.nan, math.inf)
    assert limits.learn(SECONDS, told).count == 5


@settings(deadline=None)  # the machine may be busy
@given(
    st.lists(st.floats(-1e12, 1e12), min_size=1),
    st.floats(0.001, 1),
)
def test_a_percentile_is_what_its_name_says(values, share):
    found = limits.percentile(values, share)
    below = sum(value <= found for value in values)
    less = sum(value < found for value in values)
    assert found in values
    assert below >= share * len(values) - 1e-6
    assert less < share * len(values) + 1e-6


def test_the_99th_of_few_values_is_the_slowest_and_not_the_fastest():
    assert limits.percentile([1.0, 2.0, 3.0, 50.0], 0.99) == 50
    assert limits.percentile(range(1, 101), 0.99) == 99


@pytest.mark.parametrize("share", [0, -1, 1.1, math.nan])
def test_a_share_is_above_0_and_at_most_1(share):
    with pytest.raises(ValueError, match="no share"):
        limits.percentile([1.0], share)


def test_no_values_have_no_percentile():
    with pytest.raises(ValueError, match="no values"):
        limits.percentile([], 0.5)
