"""Lines of several sources stay whole, and nobody waits for long."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turbo_hipster.builds.logs import Log, turns

STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.integers(0, 2), st.text("ab\n\r", max_size=9).map(str.encode)
        ),
        st.tuples(st.just("pass"), st.sampled_from([0.0, 0.3, 0.7, 1.0])),
        st.tuples(st.just("note"), st.just(b"")),
        st.tuples(st.just("end"), st.integers(0, 2)),
    ),
    max_size=40,
)
SECRETS = st.lists(
    st.text("ab", min_size=4, max_size=5).map(str.encode), max_size=2
)


def play(log, clock, steps, watch=lambda: None):
    """Take the steps; return the text that each source was fed."""
    sources = [log.source(f"s{number}") for number in range(3)]
    fed = {0: [b""], 1: [b""], 2: [b""]}
    for what, value in steps:
        if what == "pass":
            clock.now += value
            log.tick()
        elif what == "note":
            log.heartbeat()
        elif what == "end":
            sources[value].end_line()
            fed[value].append(b"")
        else:
            sources[what].feed(value)
            fed[what][-1] += value
        watch()
    return fed


@settings(max_examples=300, deadline=None)
@given(steps=STEPS, secrets=SECRETS)
def test_every_source_can_be_read_back_whole_and_in_order(
    reference, steps, secrets
):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a")
        clock = reference.Clock()
        log = Log(path, limit=1 << 20, secrets=secrets, clock=clock)
        fed = play(log, clock, steps)
        end = log.close()
        written = path.read_bytes()
    found = reference.texts(written)
    notes = found.pop(b"heartbeat", b"")
    assert len(notes) == sum(step[0] == "note" for step in steps)
    assert end.lines == written.count(b"\n")
    for number, parts in fed.items():
        expected = b"".join(
            reference.ended(reference.hide(part, secrets)) for part in parts
        )
        assert found.pop(b"s%d" % number, b"") == expected
    assert not found


@settings(max_examples=300, deadline=None)
@given(steps=STEPS)
def test_a_second_later_everything_is_visible(reference, steps):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a")
        clock = reference.Clock()
        log = Log(path, limit=1 << 20, clock=clock)
        fed = play(log, clock, steps)
        clock.now += 1
        assert log.tick() is None
        seen = reference.texts(reference.ended(path.read_bytes()))
        for number, parts in fed.items():
            expected = b"".join(map(reference.ended, parts[:-1])) + parts[-1]
            shown = seen.get(b"s%d" % number, b"")
            assert shown in (expected, expected + b"\n")
        log.close()


@settings(max_examples=300, deadline=None)
@given(steps=STEPS)
def test_the_loop_is_told_when_to_call_again(reference, steps):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a")
        clock = reference.Clock()
        log = Log(path, limit=1 << 20, clock=clock)
        play(log, clock, steps)
        before, due = path.read_bytes(), log.tick()
        assert path.read_bytes() == before
        if due is not None:
            assert 0 < due <= 1
            clock.now += due
            log.tick()
            assert path.read_bytes() != before
        log.close()


@pytest.fixture
def log(tmp_path, clock):
    log = Log(tmp_path / "a", limit=1 << 24, clock=clock)
    yield log
    log.close()


def tags(path):
    return [
        line.split(" ", 2)[2] for line in path.read_text().split("\n")[:-1]
    ]


def test_an_open_line_is_broken_after_a_second_and_goes_on(
    log, tmp_path, clock
):
    one, two = log.source("one"), log.source("two")
    one.feed(b"Running ...")
    two.feed(b"hello\n")
    assert log.tick() == pytest.approx(1)
    clock.now += 0.9
    log.tick()
    assert "hello" not in (tmp_path / "a").read_text()
    clock.now += 0.2
    assert log.tick() is None
    one.feed(b" ok\n")
    assert tags(tmp_path / "a") == [
        "[one] Running ...",
        "[two] hello",
        "[one] [continued]  ok",
    ]


def test_who_ends_its_lines_lets_the_others_in_between(log, tmp_path, clock):
    one, two = log.source("one"), log.source("two")
    one.feed(b"1")
    two.feed(b"2\n2")
    one.feed(b"1\n1")
    two.feed(b"2\n")
    assert tags(tmp_path / "a") == ["[one] 11", "[two] 2", "[two] 22"]
    assert (tmp_path / "a").read_text().endswith("[one] 1")


def test_a_clock_that_is_set_back_holds_nothing_for_hours(
    log, tmp_path, clock
):
    log.source("one").feed(b"1")
    log.heartbeat()
    clock.now -= 3600
    assert log.tick() == 1
    clock.now += 1
    assert log.tick() is None
    assert tags(tmp_path / "a")[1] == "[heartbeat]"


def test_more_than_a_mebibyte_does_not_wait(log, tmp_path):
    log.source("one").feed(b"1")
    two = log.source("two")
    piece = b"x" * 99 + b"\n"
    for _ in range(turns.MOST // len(piece)):
        two.feed(piece)
    assert (tmp_path / "a").read_bytes().count(b"\n") > 0
    assert log.tick() is None


def test_a_line_that_never_ends_does_not_shut_out_the_others(
    log, tmp_path, clock, reference
):
    one, two = log.source("one"), log.source("two")
    for step in range(50):
        one.feed(b"." * 10)
        two.feed(b"%d\n" % step)
        clock.now += 0.1
    assert b"[two] 30" in (tmp_path / "a").read_bytes()
    log.close()
    found = reference.texts((tmp_path / "a").read_bytes())
    assert found[b"one"] == b"." * 500 + b"\n"
