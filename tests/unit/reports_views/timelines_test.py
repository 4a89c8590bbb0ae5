"""Timelines: what happened when, a lane for each."""

from turbo_hipster import model
from turbo_hipster.reports import axes, sheets, timelines


def chart(*series):
    return model.Chart(
        "t", "timeline", "s",
        tuple(model.Series(name, points) for name, points in series),
        "What happened when",
    )  # fmt: skip


def test_a_bar_stands_where_its_time_is():
    drawing = timelines.draw(
        chart(
            ("step a", ((0.0, 2.0),)),
            ("step b", ((5.0, 5.0),)),
            ("writers wait", ((5.0, 2.5),)),
        )
    )
    a, b, waits = (curve.marks[0] for curve in drawing.curves)
    whole = axes.RIGHT - timelines.LEFT
    assert (a.x, a.width) == (timelines.LEFT, whole / 5)
    assert (b.x, b.width) == (timelines.LEFT + whole / 2, whole / 2)
    assert (waits.x, waits.width) == (b.x, whole / 4)
    assert a.y < b.y < waits.y < drawing.bottom
    assert b.text == "step b: 5 s from 5 s"


def test_each_lane_has_its_label_above_its_bars():
    drawing = timelines.draw(chart(("a", ((0, 1),)), ("b", ((1, 1),))))
    assert [lane.text for lane in drawing.lanes] == ["a", "b"]
    for lane, curve in zip(drawing.lanes, drawing.curves, strict=True):
        assert lane.y < curve.marks[0].y


def test_lanes_of_one_kind_have_one_colour():
    drawing = timelines.draw(
        chart(("step a", ()), ("step b", ()), ("locks", ()))
    )
    assert [curve.colour for curve in drawing.curves] == [0, 0, 1]


def test_what_has_no_place_in_time_is_left_out_and_counted():
    points = ((0, 1), (None, 1), (1, None), (-1, 1), ("x", 1), (1, 1e400))
    drawing = timelines.draw(chart(("a", points)))
    assert list(drawing.rows) == [("a", "0", "1")]
    assert drawing.left_out == 5


def test_no_lane_and_no_bar_are_drawn_too():
    assert timelines.draw(chart()).curves == ()
    assert "0 lanes" in timelines.draw(chart()).says
    [curve] = timelines.draw(chart(("a", ()))).curves
    assert curve.marks == ()


def test_a_table_that_is_more_for_programs_is_folded():
    wide = model.Table("w", ({f"c{n}": n for n in range(19)},))
    long = model.Table("l", tuple({"n": n} for n in range(31)))
    plain = model.Table("p", tuple({"n": n} for n in range(30)))
    assert [one.folded for one in sheets.sheets([wide, long, plain])] == [
        True, True, False,
    ]  # fmt: skip
