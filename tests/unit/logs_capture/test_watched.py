"""A file that is watched by name is shown, whatever happens to it."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turbo_hipster.builds.logs import Log, Watched, watched


@pytest.fixture
def shown(tmp_path, clock):
    """Watch files into one log; tell what it shows of a name."""
    log = Log(tmp_path / "log", limit=1 << 30, clock=clock)

    class Shown:
        files = []

        def watch(self, path, name="app.log"):
            self.files.append(Watched(path, log.source(name)))
            return self.files[-1]

        def __call__(self):
            lines = (tmp_path / "log").read_text().split("\n")
            return [line.split(" ", 2)[2] for line in lines if line]

    Shown.files = []
    fds = os.listdir("/proc/self/fd")
    yield Shown()
    for file in Shown.files:
        file.finish()
    log.close()
    assert len(os.listdir("/proc/self/fd")) == len(fds) - 1


@pytest.fixture
def path(tmp_path):
    return tmp_path / "app.log"


def test_what_is_new_is_shown_under_its_name(shown, path):
    path.write_text("old\n")
    file = shown.watch(path)
    assert not file.read()
    with path.open("a") as writer:
        writer.write("new\nha")
    file.read()
    assert shown() == ["[app.log] new", "[app.log] ha"]
    with path.open("a") as writer:
        writer.write("lf")
    file.finish()
    assert shown() == ["[app.log] new", "[app.log] half"]


def test_a_file_that_comes_later_is_shown_from_its_beginning(shown, path):
    file = shown.watch(path / "not" / "yet")
    assert not file.read()
    path.mkdir()
    (path / "not").mkdir()
    (path / "not" / "yet").write_text("first\n")
    file.read()
    assert shown() == ["[app.log] first"]


def test_a_rotated_file_is_read_to_its_end_and_then_the_new_one(shown, path):
    path.write_text("")
    file = shown.watch(path)
    path.write_text("one\ntw")
    file.read()
    with path.open("a") as writer:
        path.rename(path.with_suffix(".1"))
        writer.write("o")
        writer.flush()
        path.write_text("three\n")
        file.read()
    assert shown() == [f"[app.log] {x}" for x in ("one", "two", "three")]


def test_a_file_that_was_emptied_is_read_anew(shown, path):
    path.write_text("")
    file = shown.watch(path)
    path.write_text("a long line\nhalf")
    file.read()
    os.truncate(path, 0)
    file.read()
    path.write_text("new\n")
    file.read()
    assert shown() == [
        f"[app.log] {x}" for x in ("a long line", "half", "new")
    ]


@pytest.mark.parametrize("old", ["", "old\n" * 1000], ids=["new", "old"])
@pytest.mark.parametrize(
    "new", ["NEW\n", "other lines\n", "and many more of them\n" * 20]
)
def test_a_file_that_grew_again_since_it_was_emptied_is_read_anew(
    shown, path, old, new
):
    # given one that was read, to the last byte
    path.write_text(old)
    file = shown.watch(path)
    with path.open("a") as writer:
        writer.write("one\ntwo\nhalf")
    file.read()

    # when it is emptied, and is as long as before at the next look, or longer
    size = path.stat().st_size
    text = new * (size // len(new) + 1)
    path.write_text(text[:size])
    file.read()
    with path.open("a") as writer:
        writer.write(text[size:])
    file.finish()

    # then it is shown from its beginning
    assert shown() == [
        f"[app.log] {x}" for x in ("one", "two", "half", *text.splitlines())
    ]


@pytest.mark.parametrize("text", ["new\n", "new\nlines\n"])
@pytest.mark.parametrize("look", [Watched.read, Watched.finish])
def test_a_file_that_was_there_and_grew_again_is_read_anew(
    shown, path, text, look
):
    path.write_text("old\n")
    file = shown.watch(path)

    path.write_text(text)
    look(file)

    assert shown() == [f"[app.log] {x}" for x in text.splitlines()]


def test_a_removed_file_is_kept_until_another_one_comes(shown, path):
    path.write_text("")
    file = shown.watch(path)
    with path.open("a") as writer:
        path.unlink()
        writer.write("still here\n")
        writer.flush()
        file.read()
        path.write_text("another\n")
        file.read()
    assert shown() == ["[app.log] still here", "[app.log] another"]


@pytest.mark.parametrize("kind", ["fifo", "folder", "device"])
def test_what_is_no_file_is_refused_once_and_opens_nothing(shown, path, kind):
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")
    file = shown.watch(path)
    for _ in range(3):
        assert not file.read()
    reason = f"{path} is not shown: it is not a regular file"
    assert shown() == [f"[app.log] {reason}"]
    if kind == "fifo":  # nobody reads it: a writer finds none
        with pytest.raises(OSError):
            os.open(path, os.O_WRONLY | os.O_NONBLOCK)


def test_one_read_is_bounded_and_says_that_there_is_more(
    shown, path, tmp_path
):
    path.write_text("")
    file = shown.watch(path)
    text = "x" * 99 + "\n"
    path.write_text(text * (watched.MOST // 50))
    assert file.read()
    size = (tmp_path / "log").stat().st_size
    assert watched.MOST < size < watched.MOST * 2
    file.finish()
    assert len(shown()) == watched.MOST // 50


@settings(max_examples=150, deadline=None)
@given(
    steps=st.lists(
        st.one_of(
            st.text("ab\n", min_size=1, max_size=9).map(str.encode),
            st.sampled_from(["read", "rotate", "empty"]),
        ),
        max_size=30,
    )
)
def test_nothing_is_lost_of_a_file_that_is_read_before_it_is_emptied(
    reference, steps
):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "app.log")
        log = Log(Path(folder, "log"), limit=1 << 20, clock=reference.Clock())
        file = Watched(path, log.source("w"))
        parts = [b""]
        for step in steps:
            if isinstance(step, bytes):
                with path.open("ab") as writer:
                    writer.write(step)
                parts[-1] += step
            elif step == "read":
                file.read()
            elif path.exists():
                file.read()
                if step == "rotate":
                    path.rename(path.with_suffix(".old"))
                else:
                    os.truncate(path, 0)
                    file.read()
                parts.append(b"")
        file.finish()
        log.close()
        written = Path(folder, "log").read_bytes()
    expected = b"".join(map(reference.ended, parts))
    assert reference.texts(written).get(b"w", b"") == expected
