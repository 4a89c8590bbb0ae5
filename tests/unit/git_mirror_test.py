"""Where mirrors live, who holds them, and which refs they have."""

import logging
import threading
import time

import pytest

from turbo_hipster.exceptions import FetchFailed
from turbo_hipster.git import refs
from turbo_hipster.git.addresses import Address
from turbo_hipster.git.door import Git
from turbo_hipster.git.mirror import Loan, Mirror
from turbo_hipster.git.scatter import scatter

LOG = logging.getLogger("git")


def never(*_args, **_options):
    raise AssertionError("no process is needed here")


@pytest.fixture
def git():
    return Git(never, LOG, time.monotonic() + 60, {})


@pytest.fixture
def mirror(tmp_path):
    return Mirror(tmp_path / "git", "a/b", Address("https://host/a/b"))


def test_each_project_and_url_has_a_mirror_of_its_own(tmp_path):
    pairs = [
        ("a/b", "https://host/a/b"),
        ("a-b", "https://host/a-b"),
        ("a/b", "https://other/a/b"),
        ("a", "b/https://host/a/b"),
        ("..", "x"),
        (".", "x"),
        ("x" * 500, "x"),
        ("ü", "x"),
        ("ö", "x"),
    ]
    folders = [Mirror(tmp_path, p, Address(u)).folder for p, u in pairs]
    assert len(set(folders)) == len(pairs)
    for folder in folders:
        assert folder.parent == tmp_path
        assert len(folder.name) < 120
        assert not folder.name.startswith((".", "-"))


def test_a_password_does_not_name_a_mirror(tmp_path):
    first = Mirror(tmp_path, "p", Address("https://h/p", "me", "one"))
    second = Mirror(tmp_path, "p", Address("https://h/p", "me", "two"))
    assert first.folder == second.folder


def test_waiting_for_the_lock_ends_at_the_deadline(mirror, git, caplog):
    hurried = Git(never, LOG, time.monotonic() + 3, {})
    caplog.set_level(logging.INFO)
    with (
        mirror.locked(git),
        pytest.raises(FetchFailed, match="setup_timeout"),
        mirror.locked(hurried),
    ):
        pass
    assert "waiting for another build that is fetching a/b" in caplog.text


def test_the_lock_passes_on_when_its_holder_is_done(mirror, git):
    order = []

    def second():
        with mirror.locked(git):
            order.append("second")

    thread = threading.Thread(target=second, name="second")
    with mirror.locked(git):
        thread.start()
        thread.join(0.3)
        order.append("first")
    thread.join(30)
    assert order == ["first", "second"]


def test_a_broken_store_keeps_its_place_for_those_who_borrow(mirror, git):
    with mirror.locked(git) as first:
        loan = Loan(first)
        mirror.set_aside(first, "why", git)
    with mirror.locked(git) as second:
        mirror.set_aside(second, "why", git)
    with mirror.locked(git) as third:
        assert len({first, second, third}) == 3
    assert (first / "SET-ASIDE").read_text() == "why\n"
    loan.close()
    with mirror.locked(git) as third:
        mirror.set_aside(third, "why", git)
    # given back: gone; the newest broken one stays for a look
    assert not first.exists()
    assert (third / "SET-ASIDE").exists()


def test_a_store_that_was_replaced_meanwhile_is_not_replaced_again(
    mirror, git
):
    with mirror.locked(git) as first:
        mirror.set_aside(first, "why", git)
        second = mirror.store
        mirror.set_aside(first, "why", git)
        assert mirror.store == second


def test_a_half_made_store_is_in_nobodys_way(mirror, git):
    half = mirror.folder / "half-made" / "objects"
    half.mkdir(parents=True)
    (mirror.folder / "current.new").symlink_to("nowhere")
    (mirror.folder / "current").symlink_to("7.git")
    with mirror.locked(git) as store:
        assert (store / "HEAD").is_file()


def test_tidying_removes_what_killed_gits_left_and_nothing_else(mirror, git):
    with mirror.locked(git) as store:
        left = [
            store / "packed-refs.lock",
            store / "refs" / "heads" / "a.lock",
            store / "objects" / "pack" / "tmp_pack_x",
        ]
        kept = [
            store / "refs" / "heads" / "a",
            store / "objects" / "pack" / "pack-1.pack",
        ]
        for path in left + kept:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x")
        assert mirror.tidy(store, git) == len(left)
        assert not any(path.exists() for path in left)
        assert all(path.exists() for path in kept)


def test_refs_are_read_loose_before_packed(tmp_path):
    refs.write_packed(
        tmp_path,
        {
            "refs/tags/1": ("a" * 40, "b" * 40),
            "refs/heads/x": ("c" * 40, ""),
        },
    )
    refs.write(tmp_path, "refs/heads/x", "d" * 40)
    assert refs.read(tmp_path, "refs/heads/x") == "d" * 40
    assert refs.read(tmp_path, "refs/tags/1") == "a" * 40
    assert refs.read(tmp_path, "refs/heads/none") == ""
    assert refs.below(tmp_path, "refs/heads", "refs/tags") == {
        "refs/tags/1": ("a" * 40, "b" * 40),
        "refs/heads/x": ("d" * 40, ""),
    }


def test_scattering_never_fails(tmp_path):
    assert scatter(tmp_path) in (True, False)
    assert scatter(tmp_path) in (True, False)
