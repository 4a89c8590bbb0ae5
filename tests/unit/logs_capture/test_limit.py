"""Of a log that is too long the head and the tail are kept, to the byte."""

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turbo_hipster.builds.logs import Log

PIECES = st.lists(
    st.one_of(
        st.text("ab\n", max_size=60), st.sampled_from(["\n", "x" * 90, "a\n"])
    ).map(str.encode),
    max_size=40,
)
LEFT_OUT = re.compile(
    rb"(?:\A|(?<=\n))\S+ \S+ \[log\] (\d+) bytes were left out here: "
    rb"the log is longer than its limit\n"
)


def capture(folder, pieces, limit, clock):
    path = Path(folder, f"log{limit}")
    log = Log(path, limit=limit, clock=clock)
    sources = [log.source("one"), log.source("two")]
    for number, piece in enumerate(pieces):
        sources[number % 2].feed(piece)
    end = log.close()
    assert [file.name for file in Path(folder).glob(".*")] == []
    return path.read_bytes(), end


@settings(max_examples=300, deadline=None)
@given(pieces=PIECES, limit=st.integers(0, 900))
def test_head_and_tail_are_kept_and_the_rest_is_counted(
    reference, pieces, limit
):
    clock = reference.Clock()
    with tempfile.TemporaryDirectory() as folder:
        whole, _ = capture(folder, pieces, 1 << 20, clock)
        kept, end = capture(folder, pieces, limit, clock)
    assert end.total == len(whole)
    assert end.lines == whole.count(b"\n")
    if len(whole) <= limit:
        assert (kept, end.left_out) == (whole, 0)
        return
    found = LEFT_OUT.search(kept)
    assert end.left_out == int(found[1])
    head, tail = kept[: found.start()], kept[found.end() :]
    if len(head) > limit // 2:  # cut in a line longer than that
        head = head[:-1]
    assert whole.startswith(head)
    assert whole.endswith(tail)
    assert len(head) + end.left_out + len(tail) == len(whole)
    assert len(head) + len(tail) <= max(limit, 1)
    longest = max(map(len, whole.splitlines(keepends=True)))
    assert len(head) > limit // 2 - longest
    assert len(tail) >= limit - len(head) - longest


def test_a_log_that_just_fits_is_left_whole(tmp_path, clock):
    line = b"x" * 71 + b"\n"  # 105 bytes with its stamp
    for limit, left_out in ((1050, 0), (1049, 105)):
        path = tmp_path / str(limit)
        log = Log(path, limit=limit, clock=clock)
        source = log.source()
        for _ in range(10):
            source.feed(line)
        assert log.close().left_out == left_out


def test_a_reader_who_follows_the_file_sees_it_only_grow(tmp_path, clock):
    path = tmp_path / "a"
    log = Log(path, limit=1000, clock=clock)
    inode, seen = path.stat().st_ino, b""
    source = log.source()
    with path.open("rb") as reader:
        for number in range(200):
            source.feed(b"line %d\n" % number)
            seen += reader.read()
        log.close()
        seen += reader.read()
    assert path.stat().st_ino == inode
    assert seen == path.read_bytes()
    assert LEFT_OUT.search(seen)


def test_the_disk_holds_no_more_than_one_and_a_half_limits(tmp_path, clock):
    log = Log(tmp_path / "a", limit=10_000, clock=clock)
    source = log.source()
    most = 0
    for number in range(3000):
        source.feed(b"line %d\n" % number)
        size = sum(file.stat().st_size for file in tmp_path.iterdir())
        most = max(most, size)
    log.close()
    assert 10_000 < most < 15_500


def test_a_finished_log_can_be_continued(tmp_path, clock):
    path = tmp_path / "a"
    for _ in range(3):
        log = Log(path, limit=1000, clock=clock)
        source = log.source()
        for number in range(100):
            source.feed(b"line %d\n" % number)
        log.close()
    log = Log(path, limit=1000, clock=clock)
    log.note("lost", "the worker was killed")
    log.close()
    text = path.read_text()
    assert text.endswith("[lost] the worker was killed\n")
    assert len(LEFT_OUT.findall(text.encode())) == 3


@pytest.mark.parametrize("name", [".a.tail0", ".a.tail1", "a"])
def test_a_link_in_the_way_is_not_followed(tmp_path, clock, name):
    target = tmp_path / "precious"
    target.write_text("precious")
    folder = tmp_path / "logs"
    folder.mkdir()
    try:
        if name == "a":
            (folder / name).symlink_to(target)
        log = Log(folder / "a", limit=100, clock=clock)
        if name != "a":
            (folder / name).symlink_to(target)
        log.source().feed(b"long line\n" * 50)
        log.close()
    except OSError:
        assert name == "a"
    assert target.read_text() == "precious"
