"""What git's troubles mean, and how often it is asked again."""

import logging
import time
from typing import NamedTuple

import pytest

from turbo_hipster.exceptions import FetchFailed
from turbo_hipster.git.door import Git
from turbo_hipster.git.patience import Failed, patiently
from turbo_hipster.git.trouble import Trouble, diagnose, reason


class Ended(NamedTuple):
    status: int
    tail: str = ""
    timed_out: bool = False


AWAY = Ended(128, "fatal: unable to access 'x': Could not resolve host: h")
GONE = Ended(128, "fatal: couldn't find remote ref refs/x")
FINE = Ended(0)


class Tries:
    def __init__(self, *ends, left=None):
        self.ends = list(ends)
        self.pauses = []
        deadline = None if left is None else time.monotonic() + left
        self.git = Git(
            self.never, logging.getLogger("git"), deadline, {},
            pause=self.pauses.append,
        )  # fmt: skip

    def never(self, *_args, **_options):
        raise AssertionError

    def run(self, **options):
        return patiently(
            self.git, "fetch x", lambda: self.ends.pop(0), **options
        )


def test_a_network_that_comes_back_is_waited_for_twice_as_long_each_time():
    tries = Tries(AWAY, AWAY, AWAY, AWAY, AWAY, AWAY, FINE)
    assert tries.run() is FINE
    for pause, middle in zip(tries.pauses, [1, 2, 4, 8, 16, 30], strict=True):
        assert 0.75 * middle <= pause <= 1.25 * middle
    assert len({p / round(p) for p in tries.pauses}) > 1


def test_it_gives_up_when_the_next_try_would_be_too_late():
    tries = Tries(AWAY, FINE, left=0.5)
    with pytest.raises(Failed, match="resolve host") as caught:
        tries.run()
    assert caught.value.trouble is Trouble.NETWORK
    assert tries.pauses == []


def test_without_a_deadline_it_gives_up_after_eight_tries():
    tries = Tries(*[AWAY] * 20)
    with pytest.raises(Failed, match="in 8 tries"):
        tries.run()


def test_what_is_not_there_is_asked_for_once_more_only():
    tries = Tries(GONE, GONE, GONE, left=600)
    with pytest.raises(Failed, match="refs/x"):
        tries.run()
    assert len(tries.ends) == 1


@pytest.mark.parametrize(
    "text",
    ["fatal: write error: No space left on device", "fatal: pack is corrupt"],
)
def test_what_waiting_does_not_mend_is_not_tried_again(text):
    tries = Tries(Ended(128, text), FINE, left=600)
    with pytest.raises(Failed):
        tries.run()
    assert tries.ends == [FINE]


def test_no_git_is_started_after_the_deadline():
    git = Git(
        Tries().never, logging.getLogger(), time.monotonic() - 1, {}
    )  # fmt: skip
    with pytest.raises(FetchFailed, match="setup_timeout"):
        git.local("status", at=None)


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("fatal: Unable to create '/m/x.lock': File exists.", "LOCK"),
        ("error: object file ab/cd is empty", "DAMAGE"),
        ("error: unable to read sha1 file of x (abc)", "DAMAGE"),
        ("fatal: not a git repository (or any parent)", "DAMAGE"),
        ("error: file write error: No space left on device", "DISK"),
        ("error: unable to write file pack/bad object", "DISK"),
        ("fatal: unable to access 'u': The requested URL returned error: 503",
         "NETWORK"),
        ("fatal: unable to access 'u': The requested URL returned error: 429",
         "NETWORK"),
        ("fatal: unable to access 'u': The requested URL returned error: 403",
         "GONE"),
        ("fatal: repository 'https://h/x/' not found", "GONE"),
        ("fatal: Authentication failed for 'https://h/x/'", "GONE"),
        ("git@h: Permission denied (publickey).\nfatal: Could not read from "
         "remote repository.", "GONE"),
        ("fatal: early EOF", "NETWORK"),
        ("remote: fatal: packfile is corrupt\nfatal: the remote end hung up "
         "unexpectedly", "NETWORK"),
        ("", "NETWORK"),
    ],
)  # fmt: skip
def test_a_fetch_that_failed_is_understood(text, trouble):
    assert diagnose(Ended(128, text)) is Trouble[trouble]


def test_names_in_a_hostile_tree_do_not_look_like_a_broken_mirror():
    ended = Ended(128, "error: invalid path 'packfile is corrupt/.git/x'")
    assert diagnose(ended, here=True) is Trouble.LAYOUT


def test_the_time_limit_comes_before_gits_words():
    ended = Ended(-9, "fatal: pack is corrupt", timed_out=True)
    assert diagnose(ended) is Trouble.TIME
    assert "in time" in reason(ended)


def test_the_reason_is_the_line_that_says_it():
    text = "From https://h/x\nerror: one\nfatal: two at https://a:b@h/x\n"
    assert reason(Ended(128, text)) == "two at https://h/x"
    assert "status 3" in reason(Ended(3))
