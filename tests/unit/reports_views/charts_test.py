"""Charts stay inside their frame whatever the numbers."""

from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turbo_hipster import model
from turbo_hipster.reports import accepting, axes, charts, units

NUMBERS = st.none() | st.integers(-(10**9), 10**9) | st.floats()


@given(
    st.sampled_from(["line", "bar"]),
    st.lists(
        st.lists(
            st.tuples(st.text(max_size=5) | st.floats(), NUMBERS), max_size=20
        ),
        max_size=8,
    ),
)
def test_every_mark_lies_in_the_frame(kind, series):
    chart = model.Chart(
        "c",
        kind,
        "s",
        tuple(model.Series(f"s{n}", tuple(p)) for n, p in enumerate(series)),
    )
    drawing = charts.draw(chart)
    for curve in drawing.curves:
        for mark in curve.marks:
            assert 0 <= mark.x <= axes.WIDTH
            assert 0 <= mark.y <= axes.HEIGHT
            assert mark.x + mark.width <= axes.WIDTH
            assert mark.y + mark.height <= axes.HEIGHT
        assert re.fullmatch(r"([ML]-?[\d.]+ -?[\d.]+)*", curve.path)
    for tick in (*drawing.up, *drawing.across):
        assert 0 <= tick.x <= axes.WIDTH and 0 <= tick.y <= axes.HEIGHT
    assert 2 <= len(drawing.up) <= 9


def test_a_gap_lifts_the_pen():
    points = ((0, 1.0), (1, 2.0), (2, None), (3, 1.0), (4, 2.0))
    chart = model.Chart("c", "line", "s", (model.Series("a", points),))
    path = charts.draw(chart).curves[0].path
    assert re.sub(r"[^ML]", "", path) == "MLML"


def test_axes_have_round_numbers():
    points = tuple((f"{n}", float(n)) for n in (3, 14, 37))
    chart = model.Chart("c", "bar", "s", (model.Series("a", points),))
    drawing = charts.draw(chart)
    assert [tick.text for tick in drawing.up] == ["0", "10", "20", "30", "40"]
    assert drawing.says == "c: bar chart, from 3 to 37 s"


def test_the_data_is_in_the_table_and_the_rest_is_counted():
    series = tuple(
        model.Series(f"s{n}", tuple((x, float(n)) for x in range(3000)))
        for n in range(8)
    )
    drawing = charts.draw(model.Chart("c", "line", "s", series))
    assert (len(drawing.rows), drawing.more_rows) == (2000, 1000)
    assert len(drawing.names) == 8
    drawn = sum(len(curve.marks) for curve in drawing.curves)
    assert 6 * 100 <= drawn <= charts.POINTS
    assert drawing.left_out == 24_000 - drawn


def test_a_peak_among_very_many_points_is_still_drawn():
    points = [(x, 1.0) for x in range(50_000)]
    points[31_234] = (31_234, 99.0)
    for kind in ("line", "bar"):
        series = (model.Series("s", tuple(points)),)
        drawing = charts.draw(model.Chart("c", kind, "s", series))
        texts = [mark.text for mark in drawing.curves[0].marks]
        assert "31234: 99 s" in texts


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 ms"), (0.34, "340 ms"), (0.9999, "1.0 s"), (59.96, "1 min 00 s"),
     (131.4, "2 min 11 s"), (3599.7, "1 h 00 min"), (7325, "2 h 02 min"),
     (float("nan"), "unknown"), (-1, "unknown")],
)  # fmt: skip
def test_durations_are_said_as_people_say_them(seconds, text):
    assert units.duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (1, "1 byte"), (1023, "1023 bytes"), (1024, "1.0 KiB"),
     (5 * 2**30, "5.0 GiB"), (2**60, "1048576.0 TiB")],
)  # fmt: skip
def test_sizes_are_said_in_the_largest_unit(count, text):
    assert units.size(count) == text


@given(
    st.text(), st.dictionaries(st.text(), st.text(), max_size=4), st.floats()
)
def test_the_lines_to_accept_a_finding_are_toml(id, where, started):
    finding = model.Finding(id, model.Severity.FAIL, "m", where)
    entry = tomllib.loads(accepting.snippet(finding, started))["accept"][0]

    def bare(text):
        return text.encode("utf-8", "replace").decode()

    assert entry["id"] == bare(id)
    assert entry.get("where", {}) == {
        bare(key): bare(value) for key, value in where.items()
    }
    assert entry["reason"] and entry["until"]
