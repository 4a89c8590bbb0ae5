"""What is captured is stamped, and otherwise not altered."""

import os
import re
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turbo_hipster.builds.logs import Log

PIECES = st.lists(
    st.one_of(
        st.sampled_from([b"\n", b"\n\n", b"\r\n", b"\0", b"a", b"\xff\xfe"]),
        st.binary(max_size=12),
    ).filter(bool),
    max_size=20,
)


@pytest.fixture
def log(tmp_path, clock):
    log = Log(tmp_path / "a.log", limit=1 << 20, clock=clock)
    yield log
    log.close()


def test_a_line_looks_as_it_always_did(log, tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    log.source().feed(b"text\n")
    log.heartbeat()
    log.timed_out()
    log.exit_code(-9)
    log.note("note", "of ours")
    assert (tmp_path / "a.log").read_text().splitlines() == [
        "2013-11-22 21:42:45,908 [output] text",
        "2013-11-22 21:42:45,908 [heartbeat]",
        "2013-11-22 21:42:45,908 [timeout]",
        "2013-11-22 21:42:45,908 [script exit code = -9]",
        "2013-11-22 21:42:45,908 [note] of ours",
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"first\nlast", id="the-last-line-has-no-newline"),
        pytest.param(b"a\n\n\nb\n", id="empty-lines"),
        pytest.param(b"\n", id="nothing-but-an-empty-line"),
        pytest.param(b"10%\r20%\r\nok\n", id="carriage-returns"),
        pytest.param(b"a\0b\n\0", id="nul"),
        pytest.param(b"caf\xe9 \xff\n\xc3", id="not-utf8"),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 1000])
def test_nothing_is_lost_or_altered(log, tmp_path, reference, text, size):
    source = log.source()
    for at in range(0, len(text), size):
        source.feed(text[at : at + size])
    end = log.close()
    written = (tmp_path / "a.log").read_bytes()
    assert reference.texts(written) == {b"output": reference.ended(text)}
    assert end.total == len(written)
    assert end.lines == written.count(b"\n")
    assert (end.left_out, end.lost, end.error) == (0, 0, "")


@settings(max_examples=300, deadline=None)
@given(pieces=PIECES, steps=st.lists(st.integers(0, 3), min_size=20))
def test_a_line_bears_the_time_of_its_first_byte(
    tmp_path_factory, reference, pieces, steps
):
    folder = tmp_path_factory.mktemp("log")
    clock = reference.Clock(1_700_000_000.0)
    log = Log(folder / "a", limit=1 << 20, clock=clock)
    source = log.source()
    expected, at_start = [], True
    for piece, step in zip(pieces, steps, strict=False):
        clock.now += step / 8
        source.feed(piece)
        for byte in piece:
            if at_start:
                expected.append(f",{int(clock.now * 1000) % 1000:03}")
            at_start = byte == 10
    log.close()
    written = (folder / "a").read_bytes()
    stamps = [stamp for stamp, _, _ in reference.parse(written)]
    assert [stamp[-4:].decode() for stamp in stamps] == expected
    found = reference.texts(written, broken=False).get(b"output", b"")
    assert found == reference.ended(b"".join(pieces))


def test_a_partial_line_is_on_disk_at_once(log, tmp_path):
    log.source().feed(b"Proceed? ")
    assert (tmp_path / "a.log").read_bytes().endswith(b"[output] Proceed? ")


def test_secrets_do_not_reach_the_disk_though_reads_split_them(
    tmp_path, clock
):
    path = tmp_path / "a"
    log = Log(path, limit=1 << 20, secrets=[b"hunter22"], clock=clock)
    source = log.source("tag-hunter22")
    for byte in b"pw=hunter22 hunter":
        source.feed(bytes([byte]))
        assert b"hunter" not in path.read_bytes()
    log.note("note", "it is hunter22")
    source.finish()
    log.close()
    lines = path.read_text().splitlines()
    assert lines[0].endswith(" [tag-[redacted]] pw=[redacted] hunter")
    assert lines[1].endswith(" [note] it is [redacted]")
    assert source.tail() == "pw=[redacted] hunter"


def test_a_note_is_one_line_whatever_it_is_given(log, tmp_path):
    log.note("a\nb", "c\nd\ud800")
    assert (tmp_path / "a.log").read_text().endswith(" [a b] c d?\n")


def test_the_tail_is_the_last_64_kib_without_stamps(log):
    source = log.source()
    text = b"".join(b"line %d\n" % number for number in range(20_000))
    for at in range(0, len(text), 1000):
        source.feed(text[at : at + 1000])
    assert source.tail() == text[-65536:].decode()
    for byte in b"the end" * 500:
        source.feed(bytes([byte]))
    assert source.tail() == (text + b"the end" * 500)[-65536:].decode()


def test_an_interrupted_log_is_continued_on_a_line_of_its_own(tmp_path, clock):
    path = tmp_path / "a"
    path.write_bytes(b"2013-11-22 21:42:45,908 [output] half a li")
    log = Log(path, limit=1 << 20, clock=clock)
    log.note("lost", "the worker was killed")
    log.close()
    lines = path.read_text().splitlines()
    assert lines[0].endswith("half a li")
    assert re.fullmatch(r"\S+ \S+ \[lost\] the worker was killed", lines[1])


def test_a_closed_log_closes_its_files_and_may_be_closed_again(
    tmp_path, clock
):
    before = os.listdir("/proc/self/fd")
    log = Log(tmp_path / "a", limit=100, clock=clock)
    source = log.source()
    source.feed(b"long line\n" * 50)
    end = log.close()
    source.feed(b"too late\n" * 50)
    assert log.close() == end
    assert os.listdir("/proc/self/fd") == before
    assert os.listdir(tmp_path) == ["a"]


def test_the_package_is_light_to_import():
    code = (
        "import sys; bare = set(sys.modules);"
        "import turbo_hipster.builds.logs;"
        "print(*{m.split('.')[0] for m in set(sys.modules) - bare})"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    heavy = {"asyncio", "logging", "inspect", "socket", "subprocess"}
    assert found.returncode == 0
    assert not heavy & set(found.stdout.split())
