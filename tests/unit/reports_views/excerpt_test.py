"""A page shows a bounded part of any log, and says truly which."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from turbo_hipster.reports import excerpt

NAME = "shell_output.log"


@pytest.fixture
def small(monkeypatch):
    """Small bounds, so that small logs are large."""
    monkeypatch.setattr(excerpt, "BYTES", 2000)
    monkeypatch.setattr(excerpt, "LINES", 100)
    monkeypatch.setattr(excerpt, "_PIECE", 64)
    monkeypatch.setattr(excerpt, "_BEFORE", 120)
    monkeypatch.setattr(excerpt, "_AFTER", 200)
    monkeypatch.setattr(excerpt, "_LINES_AROUND", 5)


def read_one(folder, search=True):
    [found] = excerpt.read(folder, [NAME], search)
    return found


def check(data: bytes, found: excerpt.Excerpt) -> None:
    """Compare pieces with the log: true text, true numbers, true gaps."""
    numbers, offset = 1, 0
    for piece in found.pieces:
        offset += piece.skipped_bytes
        numbers += piece.skipped_lines
        assert data[offset : offset + len(piece.data)] == piece.data
        assert piece.first == numbers
        assert piece.first == data.count(b"\n", 0, offset) + 1
        offset += len(piece.data)
        numbers += piece.data.count(b"\n")
    assert offset + found.cut_bytes == len(data)
    assert found.survey.size == len(data)
    assert found.survey.lines == len(data.splitlines() or [])


LOGS = st.lists(
    st.sampled_from(
        [b"", b"x", b"quiet " * 9, b"y" * 300, b"0 errors", b"fatal: z"]
    ),
    max_size=250,
).flatmap(
    lambda lines: st.sampled_from(
        [b"\n".join(lines), b"\n".join([*lines, b""])]
    )
)


@given(LOGS)
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_is_shown_is_true_whatever_the_log(small, tmp_path, data):
    (tmp_path / NAME).write_bytes(data)
    found = read_one(tmp_path)
    check(data, found)
    assert sum(len(piece.data) for piece in found.pieces) <= 2000
    telling = [
        number
        for number, line in enumerate(data.split(b"\n"), 1)
        if line == b"fatal: z"
    ]
    assert found.survey.error_line == (telling[0] if telling else 0)
    if telling:
        assert any(b"fatal: z" in piece.data for piece in found.pieces)


def test_one_endless_line_is_bounded(small, tmp_path):
    data = b"z" * 50_000
    (tmp_path / NAME).write_bytes(data)
    found = read_one(tmp_path)
    check(data, found)
    assert sum(len(piece.data) for piece in found.pieces) <= 2000


def test_many_short_lines_are_bounded_by_their_number(small, tmp_path):
    (tmp_path / NAME).write_bytes(b"\n" * 900)
    found = read_one(tmp_path)
    assert sum(piece.data.count(b"\n") for piece in found.pieces) == 100


def test_small_logs_leave_their_share_to_the_large_one(small, tmp_path):
    (tmp_path / "a.log").write_bytes(b"tiny\n")
    (tmp_path / NAME).write_bytes(b"a line of text\n" * 1000)
    tiny, large = excerpt.read(tmp_path, ["a.log", NAME], False)
    assert [piece.data for piece in tiny.pieces] == [b"tiny\n"]
    shown = sum(piece.data.count(b"\n") for piece in large.pieces)
    assert 90 <= shown <= 99


def test_an_error_amid_a_huge_log_is_shown_with_its_surroundings(tmp_path):
    line = b"2013-11-22 21:42:45,908 [output] all is quiet\n"
    (tmp_path / NAME).write_bytes(
        line * 100_000 + b"fatal: disk\n" + line * 100_000
    )
    found = read_one(tmp_path)
    assert found.survey.error_line == 100_001
    [middle] = [p for p in found.pieces if b"fatal: disk\n" in p.data]
    before, _, after = middle.data.partition(b"fatal: disk\n")
    assert before.count(b"\n") >= 10 and after.count(b"\n") >= 10
    assert len(found.pieces) == 3


def test_a_part_that_was_not_searched_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(excerpt, "_PIECE", 1000)
    monkeypatch.setattr(excerpt, "SEARCH_HEAD", 3000)
    monkeypatch.setattr(excerpt, "SEARCH_TAIL", 2000)
    quiet = b"quiet\n" * 2000
    (tmp_path / NAME).write_bytes(quiet + b"fatal: x\n" + quiet)
    found = read_one(tmp_path)
    assert found.survey.error is None and not found.survey.searched
    (tmp_path / NAME).write_bytes(quiet + b"fatal: x\n")
    assert read_one(tmp_path).survey.error_line == 2001


def test_a_passed_build_is_not_searched(tmp_path):
    (tmp_path / NAME).write_bytes(b"error: but it passed\n")
    assert read_one(tmp_path, search=False).survey.error is None


def test_links_pipes_and_missing_files_are_passed_over(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (tmp_path / "link.log").symlink_to(secret)
    os.mkfifo(tmp_path / "pipe.log")
    names = ["link.log", "pipe.log", "missing.log"]
    assert excerpt.read(tmp_path, names, True) == []


def test_no_descriptor_is_left_open(tmp_path):
    (tmp_path / NAME).write_bytes(b"x\n")
    before = sorted(os.listdir("/proc/self/fd"))
    read_one(tmp_path)
    assert sorted(os.listdir("/proc/self/fd")) == before
