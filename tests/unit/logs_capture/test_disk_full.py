"""A full disk ends no build; what is missing is counted and told."""

import contextlib
import errno
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turbo_hipster.builds.logs import Log, disk, recover

LOST = re.compile(rb"\S+ \S+ \[log\] (\d+) bytes were lost here: [\w ]+\n")


class Room:
    """So many bytes may be written; beyond, the disk is full."""

    def __init__(self, left):
        self.left = left
        self.tries = 0

    @contextlib.contextmanager
    def only(self):
        real = os.write

        def write(fd, data):
            self.tries += 1
            if not self.left:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            written = real(fd, data[: self.left])
            self.left -= written
            return written

        os.write = write
        try:
            yield
        finally:
            os.write = real


def capture(path, limit, clock, steps, room):
    """Feed what is text; a number gives room and lets a second pass."""
    log = Log(path, limit=limit, clock=clock)
    source = log.source()
    for step in steps:
        if isinstance(step, int):
            room.left += step
            clock.now += 1
            due = log.tick()
            assert due is None or 0 < due <= 1
        else:
            source.feed(step)
    return log.close()


@settings(max_examples=200, deadline=None)
@given(
    steps=st.lists(
        st.one_of(
            st.text("ab\n", max_size=20).map(str.encode),
            st.integers(0, 150),
        ),
        max_size=40,
    ),
    remembered=st.integers(0, 200),
    limit=st.sampled_from([1 << 20, 600]),
)
def test_each_byte_is_written_or_counted(reference, steps, remembered, limit):
    before, disk.REMEMBERED = disk.REMEMBERED, remembered
    clock = reference.Clock()
    try:
        with tempfile.TemporaryDirectory() as folder:
            capture(Path(folder, "whole"), 1 << 20, clock, steps, Room(0))
            whole = Path(folder, "whole").read_bytes()
            clock, room = reference.Clock(), Room(60)
            with room.only():
                end = capture(Path(folder, "a"), limit, clock, steps, room)
            written = Path(folder, "a").read_bytes()
    finally:
        disk.REMEMBERED = before
    assert end.total == len(whole)
    assert (end.lost > 0) <= ("No space" in end.error)
    if limit < 1 << 20:
        return
    # a try may tear a line of ours: it is then written anew
    tries = 1 + sum(isinstance(step, int) for step in steps)
    told = [int(number) for number in LOST.findall(written)]
    assert max(told, default=0) <= end.lost
    ours = len(LOST.sub(b"", written)) - (len(whole) - end.lost)
    assert 0 <= ours <= 110 * tries
    if not end.lost:
        assert written == whole


def test_a_full_disk_is_tried_again_each_second_and_not_more(tmp_path, clock):
    room = Room(0)
    with room.only():
        log = Log(tmp_path / "a", limit=1 << 20, clock=clock)
        source = log.source()
        for _ in range(100):
            source.feed(b"line\n")
            assert 0 < log.tick() <= 1
        assert room.tries == 1
        clock.now += 1
        assert log.tick() == 1
        assert room.tries == 2
        room.left = 1 << 20
        clock.now += 1
        assert log.tick() is None
        end = log.close()
    assert (end.lost, end.error) == (0, "No space left on device")
    assert (tmp_path / "a").read_bytes().count(b"[output] line\n") == 100


def test_memory_is_bounded_and_the_gap_says_what_is_missing(
    tmp_path, clock, reference
):
    room = Room(1000)
    with room.only():
        log = Log(tmp_path / "a", limit=1 << 30, clock=clock)
        source = log.source()
        for number in range(60_000):
            source.feed(b"line %d\n" % number)
        source.feed(b"half a")
        assert len(log._disk._later) <= disk.REMEMBERED
        room.left = 1 << 30
        clock.now += 1
        log.tick()
        source.feed(b" line\nafter\n")
        end = log.close()
    written = (tmp_path / "a").read_bytes()
    texts = [text for _, _, text in reference.parse(written)]
    told = LOST.search(written)
    assert int(told[1]) == end.lost > 0
    assert len(written) - len(told[0]) == end.total - end.lost
    assert texts[-1] == b"after"
    assert texts[-2].endswith(b"bytes were lost here: No space left on device")
    numbers = [int(text.split()[1]) for text in texts[:-2]]
    assert numbers == list(range(len(numbers)))


CHILD = """
import resource, signal, sys
from pathlib import Path
from turbo_hipster.builds.logs import Log
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
log = Log(Path(sys.argv[1]), limit=1 << 30)
source = log.source()
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
for number in range(50_000):
    source.feed(b"line %d\\n" % number)
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
source.feed(b"after\\n")
print(*log.close(), sep=";")
"""


def test_the_largest_file_size_is_a_full_disk_too(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", CHILD, tmp_path / "a"],
        capture_output=True,
        text=True,
        check=True,
    )
    total, left_out, lost, _, error = done.stdout.strip().split(";")
    written = (tmp_path / "a").read_bytes()
    told = LOST.search(written)
    assert error == "File too large"
    assert int(left_out) == 0
    assert int(lost) == int(told[1]) > 0
    assert len(written) - len(told[0]) == int(total) - int(lost)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 256 KiB of its own."""
    folder = tmp_path / "small"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", "size=256k", "tmpfs"]
    if os.geteuid() or subprocess.run(["mount", *options, folder]).returncode:
        pytest.skip("a file system can be mounted by root only")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("limit", [1 << 30, 200_000])
def test_a_real_full_disk(small_disk, clock, limit, reference):
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * 130_000)
    log = Log(small_disk / "a", limit=limit, clock=clock)
    source = log.source()
    for number in range(4000):
        source.feed(b"line %d\n" % number)
    assert log.tick() is not None
    filler.unlink()
    clock.now += 1
    source.feed(b"after\n")
    end = log.close()
    written = (small_disk / "a").read_bytes()
    assert end.error == "No space left on device"
    assert end.total > 150_000
    if limit == 1 << 30:
        assert end.lost == 0
        assert len(written) == end.total
        assert [text for _, _, text in reference.parse(written)][-1] == (
            b"after"
        )


def test_a_log_whose_tail_finds_no_room_keeps_it_for_recovery(
    small_disk, clock
):
    log = Log(small_disk / "a", limit=150_000, clock=clock)
    source = log.source()
    for number in range(6000):
        source.feed(b"line %d\n" % number)
    (small_disk / "filler").write_bytes(b"")
    with (
        contextlib.suppress(OSError),
        (small_disk / "filler").open("wb", buffering=0) as file,
    ):
        while True:
            file.write(b"x" * 4096)
    end = log.close()
    assert end.error == "No space left on device"
    assert (small_disk / "a").stat().st_size == end.total - end.left_out
    (small_disk / "filler").unlink()
    recover(small_disk)
    assert os.listdir(small_disk) == ["a"]
    assert (small_disk / "a").read_bytes().endswith(b"line 5999\n")
