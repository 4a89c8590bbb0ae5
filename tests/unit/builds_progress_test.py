"""News are thinned out, never reordered, and the last one is told."""

import pytest

from turbo_hipster.builds.progress import AT_ONCE, RATE, Progress


class Loop:
    """Time that passes when the test says so."""

    def __init__(self):
        self.now = 100.0
        self.timers = []

    def after(self, seconds, action):
        timer = Timer(self.now + seconds, action)
        self.timers.append(timer)
        return timer

    def pass_time(self, seconds):
        end = self.now + seconds
        while due := [one for one in self.timers if one.due <= end]:
            first = min(due, key=lambda one: one.due)
            self.timers.remove(first)
            self.now = first.due
            first.action()
        self.now = end


class Timer:
    def __init__(self, due, action):
        self.due, self.action = due, action

    def cancel(self):
        self.action = lambda: None


@pytest.fixture
def told():
    return []


@pytest.fixture
def loop():
    return Loop()


@pytest.fixture
def progress(loop, told):
    return Progress(loop, str.upper, told.append, lambda: loop.now)


def news(step, done, total):
    return {"step": step, "done": done, "total": total}


def test_what_comes_at_leisure_is_told_at_once(progress, loop, told):
    for number in range(100):
        progress.show("a", number, 100)
        assert told[-1] == news("A", number, 100)
        loop.pass_time(1.01 / RATE)
    assert len(told) == 100


def test_a_handful_at_once_is_told_in_full(progress, told):
    for number in range(AT_ONCE):
        progress.show("a", number, AT_ONCE)
    assert told == [news("A", n, AT_ONCE) for n in range(AT_ONCE)]


def test_a_flood_is_thinned_out_to_the_latest(progress, loop, told):
    # when there are a thousand in each of ten seconds
    for number in range(10_000):
        progress.show("a", number, 10_000)
        loop.pass_time(0.001)

    # then there are few, in order, and none is old
    assert len(told) <= AT_ONCE + 10 * RATE + 1
    assert len(told) > 10 * RATE - 1
    done = [one["done"] for one in told]
    assert done == sorted(set(done))
    loop.pass_time(1 / RATE)
    assert told[-1] == news("A", 9_999, 10_000)


def test_the_last_one_is_told_once_when_the_build_ends(progress, loop, told):
    for number in range(1000):
        progress.show("a", number, 999)

    progress.finish()

    assert told[-1] == news("A", 999, 999)
    before = list(told)
    progress.finish()
    loop.pass_time(10)
    assert told == before


def test_the_step_is_not_lost_to_news_without_one(progress, loop, told):
    for number in range(AT_ONCE):
        progress.show("a", number, 50)
    progress.show("b", 30, 50)
    progress.show(None, 30, 60)
    loop.pass_time(1)
    assert told[-1] == news("B", 30, 60)


def test_news_without_a_step_are_told_as_such(progress, told):
    progress.show(None, 0, 3)
    assert told == [news(None, 0, 3)]


def test_after_a_rest_a_handful_is_free_again(progress, loop, told):
    for number in range(1000):
        progress.show("a", number, 2000)
    loop.pass_time(60)
    told.clear()
    for number in range(1000, 1000 + AT_ONCE):
        progress.show("a", number, 2000)
    assert len(told) == AT_ONCE
