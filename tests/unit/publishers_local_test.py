"""Results reach their place whole, once, and harmless."""

import errno
import multiprocessing
import os
import shutil
import socket
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from turbo_hipster import exceptions
from turbo_hipster.publishers import destination, folder, local

FILES = {
    "index.html": "<p>",
    "report.json": "{}",
    "files/deep/a.txt": "a",
}


@pytest.fixture
def results(tmp_path):
    def make(name="results", files=FILES):
        place = tmp_path / "builds" / name
        for path, text in files.items():
            file = place / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return place

    return make


@pytest.fixture
def root(tmp_path):
    return tmp_path / "published"


@pytest.fixture
def publisher(root):
    return local.LocalPublisher(SimpleNamespace(path=str(root), url=""))


@pytest.fixture
def elsewhere(monkeypatch):
    """Make a rename from the builds say what another file system says."""
    rename = Path.rename

    def refuse(self, target):
        if "builds" in self.parts:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)


def content(place):
    return {
        str(path.relative_to(place)): path.read_text()
        for path in place.rglob("*")
        if path.is_file()
    }


def mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


# -- the place --------------------------------------------------------------


def test_everything_is_there_under_the_wanted_path(publisher, results, root):
    publisher.publish(results(), "12/34/unit/abc1234", {})
    assert content(root / "12/34/unit/abc1234") == FILES


def test_without_an_url_the_index_is_named(publisher, results, root):
    url = publisher.publish(results(), "job/a b", {})
    assert url == (root / "job/a b/index.html").as_uri()


def test_with_an_url_the_path_is_appended_and_quoted(root, results):
    options = SimpleNamespace(path=str(root), url="https://logs.example.org/x")
    url = local.LocalPublisher(options).publish(results(), "a b/c#d", {})
    assert url == "https://logs.example.org/x/a%20b/c%23d/"


def test_an_existing_folder_is_never_overwritten(publisher, results, root):
    first = publisher.publish(results("one", {"index.html": "1"}), "j/b", {})
    second = publisher.publish(results("two", {"index.html": "2"}), "j/b", {})
    third = publisher.publish(results("three", {"index.html": "3"}), "j/b", {})
    assert [content(root / "j" / name) for name in ("b", "b.2", "b.3")] == [
        {"index.html": "1"},
        {"index.html": "2"},
        {"index.html": "3"},
    ]
    assert first.endswith("j/b/index.html")
    assert second.endswith("j/b.2/index.html")
    assert third.endswith("j/b.3/index.html")


@pytest.mark.parametrize("kind", ["folder", "file", "link", "dangling"])
def test_whatever_has_the_name_keeps_it(publisher, results, root, kind):
    taken = root / "job/b"
    taken.parent.mkdir(parents=True)
    if kind == "folder":
        taken.mkdir()
    elif kind == "file":
        taken.write_text("mine")
    else:
        taken.symlink_to(root if kind == "link" else root / "nowhere")
    before = taken.lstat().st_ino
    publisher.publish(results(), "job/b", {})
    assert taken.lstat().st_ino == before
    assert content(root / "job/b.2") == FILES


def test_a_name_that_is_taken_at_the_last_moment_is_left_alone(
    publisher, results, root, monkeypatch
):
    """The look finds the name free; the rename finds it taken."""
    publisher.publish(results("one", {"index.html": "1"}), "j/b", {})
    look = os.path.lexists
    monkeypatch.setattr(
        os.path, "lexists", lambda path: path.name != "b" and look(path)
    )
    publisher.publish(results("two", {"index.html": "2"}), "j/b", {})
    assert content(root / "j/b") == {"index.html": "1"}
    assert content(root / "j/b.2") == {"index.html": "2"}


def _publish_many(root, builds, number, start):
    publisher = local.LocalPublisher(SimpleNamespace(path=root, url=""))
    start.wait()
    for turn in range(20):
        publisher.publish(Path(builds) / f"{number}-{turn}", "job/b", {})


def test_builds_that_publish_to_one_path_at_once_lose_nothing(
    results, root, tmp_path
):
    spawn = multiprocessing.get_context("spawn")
    start = spawn.Event()
    for number in range(4):
        for turn in range(20):
            name = f"{number}-{turn}"
            results(name, {"index.html": name, "more": name})
    workers = [
        spawn.Process(
            target=_publish_many,
            args=(str(root), str(tmp_path / "builds"), number, start),
        )
        for number in range(4)
    ]
    for worker in workers:
        worker.start()
    start.set()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    found = [content(place) for place in (root / "job").iterdir()]
    assert len(found) == 80
    assert all(one["index.html"] == one["more"] for one in found)
    assert len({one["more"] for one in found}) == 80


@pytest.mark.parametrize(
    "bad",
    [
        "/etc/cron.d",
        "a/../../b",
        "..",
        "a/./b",
        "",
        "/",
        "//",
        "a\0b",
        "a\nb",
        "a/" + "x" * 241,
        "é" * 121,
        "\udcff",
    ],
)
def test_a_bad_place_is_refused_and_nothing_is_made(
    publisher, results, root, bad
):
    with pytest.raises(exceptions.PublishFailed):
        publisher.publish(results(), bad, {})
    assert not root.exists()


def test_slashes_that_say_nothing_are_dropped():
    assert destination.parts("a//b/") == ["a", "b"]


def test_a_file_in_the_way_of_a_folder_is_told(publisher, results, root):
    root.mkdir()
    (root / "job").write_text("")
    with pytest.raises(exceptions.PublishFailed, match="is no folder"):
        publisher.publish(results(), "job/b", {})


def test_nothing_to_publish_is_told(publisher, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(exceptions.PublishFailed, match="nothing"):
        publisher.publish(tmp_path / "empty", "job/b", {})


# -- what readers may read --------------------------------------------------


def test_readers_can_read_it_whatever_the_umask(publisher, results, root):
    place = results()
    (place / "report.json").chmod(0o600)
    (place / "files").chmod(0o700)
    (place / "files/deep/a.txt").chmod(0o4700)
    place.chmod(0o700)
    old = os.umask(0o077)
    try:
        publisher.publish(place, "x/y/z", {})
    finally:
        os.umask(old)
    done = root / "x/y/z"
    for path in (root, root / "x", root / "x/y", done, done / "files"):
        assert mode(path) == 0o755
    assert mode(done / "report.json") == 0o644
    assert mode(done / "files/deep/a.txt") == 0o755


def test_links_and_special_files_are_named_and_not_published(
    publisher, results, root, tmp_path
):
    place = results()
    secret = tmp_path / "secret"
    secret.write_text("hush")
    secret.chmod(0o600)
    (place / "link").symlink_to(secret)
    (place / "files/folder").symlink_to(tmp_path)
    os.mkfifo(place / "pipe")
    server = socket.socket(socket.AF_UNIX)
    here = os.open(place, os.O_RDONLY)
    try:
        server.bind(f"/proc/self/fd/{here}/socket")
    finally:
        os.close(here)
        server.close()
    publisher.publish(place, "j/b", {})
    found = content(root / "j/b")
    told = found.pop("left-out.txt")
    assert found == FILES
    assert told.splitlines() == [
        "files/folder: not published, it is a symbolic link",
        "link: not published, it is a symbolic link",
        "pipe: not published, it is a pipe",
        "socket: not published, it is a socket",
    ]
    assert mode(secret) == 0o600
    assert secret.read_text() == "hush"


def test_another_name_of_a_foreign_file_does_not_open_it(
    publisher, results, root, tmp_path
):
    place = results()
    secret = tmp_path / "secret"
    secret.write_text("hush")
    secret.chmod(0o600)
    os.link(secret, place / "copy")
    publisher.publish(place, "j/b", {})
    assert mode(secret) == 0o600
    assert (root / "j/b/copy").stat().st_ino != secret.stat().st_ino


def test_a_left_out_name_can_forge_no_line(results):
    place = results()
    os.symlink("/", os.fsencode(place) + b"/a\nforged: \xff\x1b[31m")
    folder.tidy(place)
    (line,) = (place / "left-out.txt").read_text().splitlines()
    assert line.startswith("a\\nforged: \\xff\\x1b[31m: not published")


def test_a_note_that_is_a_link_is_not_written_through(results, tmp_path):
    place = results()
    victim = tmp_path / "victim"
    victim.write_text("safe")
    (place / "left-out.txt").symlink_to(victim)
    folder.tidy(place)
    assert victim.read_text() == "safe"
    assert (
        "left-out.txt: not published" in (place / "left-out.txt").read_text()
    )


# -- another file system ----------------------------------------------------


def test_from_another_file_system_it_is_copied(
    publisher, results, root, elsewhere
):
    publisher.publish(results("one"), "j/b", {})
    publisher.publish(results("two"), "j/b", {})
    assert content(root / "j/b") == FILES
    assert content(root / "j/b.2") == FILES
    assert sorted(path.name for path in (root / "j").iterdir()) == [
        "b",
        "b.2",
    ]
    assert mode(root / "j/b") == 0o755


def test_a_copy_that_fails_leaves_nothing_half(
    publisher, results, root, elsewhere, monkeypatch
):
    def full(source, target, **more):
        if os.fspath(source).endswith("a.txt"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return copy(source, target, **more)

    copy = shutil.copyfile
    monkeypatch.setattr(shutil, "copyfile", full)
    place = results()
    with pytest.raises(exceptions.PublishFailed, match="No space left"):
        publisher.publish(place, "j/b", {})
    assert list((root / "j").iterdir()) == []
    assert content(place) == FILES


# -- options ----------------------------------------------------------------


def test_a_relative_path_is_refused():
    with pytest.raises(exceptions.ConfigurationError, match="begin with /"):
        local.LocalPublisher.check(SimpleNamespace(path="www"))
    local.LocalPublisher.check(SimpleNamespace(path="/var/www"))
