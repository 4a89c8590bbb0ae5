"""A line shows what the log holds, and no more is obeyed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from turbo_hipster.reports.loglines import Reader
from turbo_hipster.reports.visible import decoded, visible


def test_a_stamped_line_is_taken_apart_and_nothing_is_lost():
    [line] = Reader().lines(b"2013-11-22 21:42:45,908 [output] hello\n", 17)
    assert line.number == 17
    assert line.tag == "[output] "
    assert line.text == "hello"
    assert (
        line.date + line.time + line.tag + line.text
        == "2013-11-22 21:42:45,908 [output] hello"
    )


def test_time_is_counted_from_the_first_stamp():
    lines = Reader().lines(
        b"2013-11-22 23:59:59,500 [a] \n"
        b"2013-11-23 00:00:01,750 [a] \n"
        b"2013-11-23 01:02:03,004 [a] \n"
        b"2013-99-99 01:02:03,004 [a] \n",
        1,
    )
    assert [line.since for line in lines] == [
        "+0.000 s",
        "+2.250 s",
        "+1:02:03.504",
        "",
    ]


def test_a_heartbeat_is_quiet():
    lines = Reader().lines(
        b"2013-11-22 21:42:45,908 [heartbeat]\n"
        b"2013-11-22 21:42:45,908 [output] [heartbeat]\n",
        1,
    )
    assert [line.quiet for line in lines] == [True, False]


def test_a_long_line_is_cut_with_the_count():
    [line] = Reader(100).lines("é".encode() * 350, 1)
    assert (len(line.text), line.cut) == (100, 250)


def test_empty_lines_and_a_missing_last_newline_count():
    lines = list(Reader().lines(b"a\n\nb\r\nlast", 5))
    assert [(line.number, line.text) for line in lines] == [
        (5, "a"),
        (6, ""),
        (7, "b"),
        (8, "last"),
    ]


def test_terminal_codes_go_and_the_invisible_shows():
    assert visible("\x1b[1;31mred\x1b[0m \x1b]0;title\x07x") == "red x"
    assert visible("a\x00b\u202ec\x85") == "a⟨U+0000⟩b⟨U+202E⟩c⟨U+0085⟩"
    assert visible("tab\tand\nline") == "tab\tand\nline"
    assert visible("👩\u200d🚀 مرحبا 中文") == "👩\u200d🚀 مرحبا 中文"
    assert visible("\x1b") == "⟨U+001B⟩"


def test_bytes_that_are_no_text_are_written_out():
    assert decoded(b"\xff\xc3(") == r"\xff\xc3("


@given(st.text(), st.binary())
def test_anything_becomes_text_that_can_be_written(text, data):
    for shown in (visible(text), visible(decoded(data))):
        shown.encode()
        assert visible(shown) == shown
