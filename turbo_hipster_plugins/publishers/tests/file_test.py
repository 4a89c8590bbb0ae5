"""What holds for any target, shown with a folder of this machine."""

import os
import threading

import pytest

from turbo_hipster import exceptions
from turbo_hipster_publishers import outgoing
from turbo_hipster_publishers.patience import Passing, Patience
from turbo_hipster_publishers.url.publisher import UrlPublisher


@pytest.fixture
def root(tmp_path):
    return tmp_path / "www"


@pytest.fixture
def place(root, publisher):
    def make(**given):
        return publisher(UrlPublisher, target=root.as_uri(), **given)

    return make


def stored(place):
    return {
        str(path.relative_to(place)): path.read_bytes()
        for path in place.rglob("*")
        if path.is_file()
    }


def test_every_file_arrives_unchanged(place, root, results, content):
    url = place().publish(results, "j/b", {})
    assert stored(root / "j/b") == content
    assert url == (root / "j/b/index.html").as_uri()


def test_what_is_there_is_not_overwritten(place, root, results, content):
    (root / "j/b").mkdir(parents=True)
    (root / "j/b.2").write_text("somebody else's")
    url = place(url="https://logs/").publish(results, "j/b", {})
    assert url == "https://logs/j/b.3/index.html"
    assert stored(root / "j/b.3") == content
    assert stored(root / "j/b") == {}


def test_links_and_pipes_are_named_and_not_published(place, root, results):
    (results / "files/secret").symlink_to("/etc/passwd")
    os.mkfifo(results / "pipe")
    os.symlink("/", os.fsencode(results) + b"/a\nforged \xff")
    place().publish(results, "j/b", {})
    found = stored(root / "j/b")
    assert not {"files/secret", "pipe"} & set(found)
    assert found["left-out.txt"].decode().splitlines() == [
        "a\\nforged \\xff: not published, its name does not travel",
        "files/secret: not published, it is no regular file",
        "pipe: not published, it is no regular file",
    ]


def test_a_note_that_is_a_link_is_not_written_through(results, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("safe")
    (results / "left-out.txt").symlink_to(victim)
    outgoing.files(results)
    assert victim.read_text() == "safe"
    assert not (results / "left-out.txt").is_symlink()


def test_results_without_an_index_are_not_sent(place, root, results):
    (results / "index.html").unlink()
    with pytest.raises(exceptions.PublishFailed, match=r"no index\.html"):
        place().publish(results, "j/b", {})
    assert not root.exists()


@pytest.mark.parametrize("bad", ["", "/", "/x", "../x", "a/../b", "a\0b"])
def test_a_bad_place_is_refused_and_nothing_is_made(place, root, results, bad):
    with pytest.raises(exceptions.PublishFailed, match="relative path"):
        place().publish(results, bad, {})
    assert not root.exists()


def test_a_rehearsal_leaves_nothing(place, root):
    root.mkdir()
    before = threading.active_count()
    place().rehearse()
    assert list(root.iterdir()) == []
    assert threading.active_count() == before


def test_what_is_in_the_way_is_named_with_the_next_move(publisher, results):
    one = publisher(UrlPublisher, target="file:///dev/full/x")
    with pytest.raises(exceptions.PublishFailed, match="in the way; move it"):
        one.publish(results, "j/b", {})
    assert one.pauses == []


# -- trying again ------------------------------------------------------------


def test_pauses_double_until_the_patience_ends():
    pauses = []

    def busy():
        raise Passing("busy")

    patience = Patience(60, pauses.append, lambda: sum(pauses))
    with pytest.raises(
        exceptions.PublishFailed, match=r"busy \(given up after 8 attempts\)"
    ):
        patience.insist(busy, lambda: None)
    assert pauses == [0.5, 1, 2, 4, 8, 16, 16]


def test_all_attempts_of_a_build_share_its_patience():
    pauses = []
    moods = [True, False, True]

    def sometimes():
        if moods.pop(0):
            raise Passing("busy")

    patience = Patience(0.7, pauses.append, lambda: sum(pauses))
    patience.insist(sometimes, lambda: None)
    with pytest.raises(exceptions.PublishFailed, match="1 attempt"):
        patience.insist(sometimes, lambda: None)
