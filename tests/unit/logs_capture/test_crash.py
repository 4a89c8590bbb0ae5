"""Kill -9 at any moment: what was written is made a plain log."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turbo_hipster.builds.logs import Log, assemble, recover

LEFT_OUT = re.compile(
    rb"\S+ \S+ \[log\] (\d+) bytes were left out here: "
    rb"the log is longer than its limit\n"
)
PIECES = st.lists(
    st.one_of(
        st.text("ab\n", min_size=1, max_size=60),
        st.sampled_from(["x" * 90, "a\n", "abc\nabc\n" * 9]),
    ).map(str.encode),
    min_size=8,
    max_size=40,
)
CHANGING = ("open", "write", "pwrite", "ftruncate", "rename", "unlink")


class Killed(BaseException):
    """The process is no more."""


@contextlib.contextmanager
def killed_at(count):
    """Let ``count`` calls change the disk; the next may do half its work."""
    real = {name: getattr(os, name) for name in CHANGING}
    left = [count]

    def fragile(name):
        def call(*args, **kwargs):
            if left[0] < 0:
                raise Killed
            left[0] -= 1
            if left[0] < 0:
                if name in ("write", "pwrite"):
                    fd, data, *place = args
                    real[name](fd, data[: len(data) // 2], *place)
                raise Killed
            return real[name](*args, **kwargs)

        return call

    fds = set(os.listdir("/proc/self/fd"))
    for name in CHANGING:
        setattr(os, name, fragile(name))
    try:
        yield
    except Killed:
        pass
    finally:
        for name in CHANGING:
            setattr(os, name, real[name])
        for fd in set(os.listdir("/proc/self/fd")) - fds:
            with contextlib.suppress(OSError):
                os.close(int(fd))


def capture(path, pieces, limit, clock, written):
    """Feed one source; ``written`` is told what surely is on disk."""
    log = Log(path, limit=limit, clock=clock)
    source = log.source()
    for piece in pieces:
        source.feed(piece)
        written[0] = log._disk.total
    log.close()


def check(kept, whole, limit, written):
    """Head, gap and tail tell the whole story up to the crash."""
    found = LEFT_OUT.search(kept)
    if not found:
        assert whole.startswith(kept)
        assert len(kept) >= written
        return
    head, tail = kept[: found.start()], kept[found.end() :]
    if len(head) > limit // 2:
        head = head[:-1]
    place = len(head) + int(found[1])
    assert whole.startswith(head)
    assert whole.startswith(tail, place)
    assert place + len(tail) >= written
    longest = max(map(len, whole.splitlines(keepends=True)))
    assert len(tail) >= limit - len(head) - longest
    assert len(kept) <= limit + len(found[0]) + 1


def names(folder):
    return sorted(file.name for file in Path(folder).iterdir())


@settings(max_examples=200, deadline=None)
@given(
    pieces=PIECES,
    limit=st.integers(200, 900),
    first=st.integers(1, 120),
    second=st.integers(0, 12),
)
def test_a_log_survives_a_crash_and_a_crash_while_it_is_recovered(
    reference, pieces, limit, first, second
):
    clock, written, nothing = reference.Clock(), [0], [0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "whole")
        capture(path, pieces, 1 << 20, clock, nothing)
        whole = path.read_bytes()
        path.unlink()
        path = Path(folder, "log")
        with killed_at(first):
            capture(path, pieces, limit, clock, written)
        with tempfile.TemporaryDirectory() as undisturbed:
            shutil.copytree(folder, undisturbed, dirs_exist_ok=True)
            recover(Path(undisturbed))
            expected = Path(undisturbed, "log").read_bytes()
        with killed_at(second):
            recover(Path(folder))
        recover(Path(folder))
        assert names(folder) == ["log"]
        recovered = path.read_bytes()
        recover(Path(folder))
        assert path.read_bytes() == recovered == expected
        check(recovered, whole, limit, written[0])


def test_a_crash_at_any_call_of_the_assembly_leaves_it_to_be_done_again(
    tmp_path, clock
):
    begun, folder = tmp_path / "begun", tmp_path / "crashed"
    begun.mkdir()
    log = Log(begun / "log", limit=1000, clock=clock)
    source = log.source()
    for number in range(45):  # both segments are needed
        source.feed(b"line %d\n" % number)
    recovered = set()
    for count in range(20):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(begun, folder)
        with killed_at(count):
            recover(folder)
        recover(folder)
        assert names(folder) == ["log"]
        recovered.add((folder / "log").read_bytes())
    log.close()
    assert len(recovered) == 1
    assert recovered.pop().endswith(b"line 44\n")


def test_a_real_kill_loses_nothing_that_was_fed(tmp_path):
    code = (
        "import sys; from pathlib import Path\n"
        "from turbo_hipster.builds.logs import Log\n"
        "log = Log(Path(sys.argv[1]), limit=100_000)\n"
        "source = log.source()\n"
        "number = 0\n"
        "while True:\n"
        "    source.feed(b'line %d\\n' % number)\n"
        "    number += 1\n"
        "    if number % 10_000 == 0: print(number, flush=True)\n"
    )
    path = tmp_path / "a.log"
    keeper = subprocess.Popen(
        [sys.executable, "-c", code, path], stdout=subprocess.PIPE
    )
    with keeper:
        fed = int(keeper.stdout.readline())
        keeper.send_signal(signal.SIGKILL)
        fed = int((keeper.stdout.read().split() or [fed])[-1])
    assert len(names(tmp_path)) == 3
    recover(tmp_path)
    assert names(tmp_path) == ["a.log"]
    text = path.read_bytes()
    numbers = [int(x) for x in re.findall(rb"\] line (\d+)\n", text)]
    assert len(LEFT_OUT.findall(text)) == 1
    assert numbers[0] == 0
    assert numbers[-1] >= fed - 1
    gaps = [b - a for a, b in zip(numbers, numbers[1:], strict=False)]
    assert sum(gap != 1 for gap in gaps) == 1
    assert 95_000 < len(text) < 100_200


def test_a_log_that_is_finished_is_left_alone(tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(b"half a li")
    assert assemble(path) == 0
    recover(tmp_path)
    assert path.read_bytes() == b"half a li"


@pytest.mark.parametrize(
    "junk", [b"", b"tail of a log; head 0000", b"\0" * 400]
)
def test_a_damaged_segment_is_ignored(tmp_path, junk):
    path = tmp_path / "a.log"
    path.write_bytes(b"head\n")
    (tmp_path / ".a.log.tail1").write_bytes(junk)
    recover(tmp_path)
    assert names(tmp_path) == ["a.log"]
    assert path.read_bytes() == b"head\n"
