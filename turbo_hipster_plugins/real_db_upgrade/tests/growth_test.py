import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turbo_hipster_real_db_upgrade import growth

SIZES = (10_000, 100_000, 1_000_000)
SHAPES = {law.name: law.shape for law in growth.LAWS}


def timed(name, fixed=0.05, last=20.0, sizes=SIZES, noise=0.0, seed=0):
    """Times of a step that grows so and takes ``last`` on the most rows."""
    shape = SHAPES[name]
    dice = random.Random(seed)
    factor = (last - fixed) / (shape(sizes[-1]) or 1)
    for rows in sizes:
        seconds = fixed + factor * shape(rows)
        yield rows, seconds * (1 + dice.uniform(-noise, noise))


@pytest.mark.parametrize("name", ["linear", "n^1.5", "quadratic", "cubic"])
def test_a_law_is_found_in_times_that_follow_it(name):
    found = growth.grow(list(timed(name)))
    assert found.law.name == name
    assert found.steep == (name != "linear")
    assert found.at(1_000_000) == pytest.approx(20, rel=0.01)


def test_a_step_that_does_not_look_at_rows_is_constant():
    found = growth.grow([(rows, 0.2) for rows in SIZES])
    assert found.law.name == "constant" and not found.steep
    assert found.at(10**9) == pytest.approx(0.2)


def test_an_index_is_not_called_steep():
    found = growth.grow(list(timed("n log n")))
    assert not found.steep


@pytest.mark.parametrize("seed", range(50))
def test_noise_makes_no_linear_step_steep(seed):
    times = list(timed("linear", noise=growth.NOISE, seed=seed))
    assert not growth.grow(times).steep


@pytest.mark.parametrize("seed", range(50))
def test_noise_hides_no_quadratic_step(seed):
    times = list(timed("quadratic", noise=growth.NOISE, seed=seed))
    assert growth.grow(times).steep


def jittered(times, seed):
    """Times that are off by up to JITTER, as those of a busy machine."""
    dice = random.Random(seed)
    for rows, seconds in times:
        off = dice.uniform(-growth.JITTER, growth.JITTER)
        yield rows, max(seconds + off, 1e-4)


@pytest.mark.parametrize("last", [0.05, 0.5])
@pytest.mark.parametrize("seed", range(20))
def test_jitter_makes_no_short_linear_step_steep(seed, last):
    times = jittered(timed("linear", fixed=0.006, last=last), seed)
    assert not growth.grow(list(times)).steep


@pytest.mark.parametrize("last", [0.25, 1.0])
@pytest.mark.parametrize("seed", range(20))
def test_jitter_hides_no_short_quadratic_step(seed, last):
    times = jittered(timed("quadratic", fixed=0.006, last=last), seed)
    assert growth.grow(list(times)).steep


@settings(deadline=None)  # the machine may be busy
@given(
    st.sampled_from(["constant", "linear", "n log n"]),
    st.floats(0.05, 1000),
    st.integers(100, 10**7),
    st.integers(3, 6),
    st.randoms(use_true_random=False),
)
def test_what_grows_as_its_rows_is_never_steep(name, last, most, count, dice):
    # given some sizes up to the most, each a tenth of the next
    sizes = [max(most * 10.0**-n, 1) for n in reversed(range(count))]
    times = [
        (rows, seconds * (1 + dice.uniform(-0.1, 0.1)))
        for rows, seconds in timed(name, last / 100, last, sizes)
    ]
    found = growth.grow(times)
    assert found is None or not found.steep


@settings(deadline=None)  # the machine may be busy
@given(
    st.sampled_from(["quadratic", "cubic"]),
    st.floats(0.25, 1000),
    st.randoms(use_true_random=False),
)
def test_what_is_steep_is_never_missed(name, last, dice):
    times = [
        (rows, seconds * (1 + dice.uniform(-0.1, 0.1)))
        for rows, seconds in timed(name, last / 1000, last)
    ]
    assert growth.grow(times).steep


@pytest.mark.parametrize("seed", range(20))
def test_the_interval_holds_what_production_would_see(seed):
    # given a step of 20 s at a million rows, timed with noise
    times = list(timed("linear", noise=growth.NOISE, seed=seed))
    found = growth.grow(times)

    # then twelve million rows are foreseen within the interval
    least, most = found.interval(12_000_000)
    truth = 0.05 + (20 - 0.05) * 12
    assert least <= truth <= most
    assert least <= found.at(12_000_000) <= most
    assert most < 2 * least


@pytest.mark.parametrize(
    "times",
    [
        [],
        [(1, 1.0)],
        [(10, 1.0), (100, 2.0)],
        [(100, 1.0), (110, 1.1), (120, 1.2)],
        [(0, 1.0), (10, 0.0), (100, math.inf), (1000, 2.0)],
    ],
)
def test_too_little_tells_nothing(times):
    assert growth.grow(times) is None


@settings(deadline=None)  # the machine may be busy
@given(
    st.lists(
        st.tuples(st.integers(1, 10**10), st.floats(1e-4, 1e5)), max_size=14
    )
)
def test_no_times_are_too_odd(times):
    found = growth.grow(times)
    if found is not None:
        least, most = found.interval(10**9)
        assert 0 <= least <= most < math.inf
