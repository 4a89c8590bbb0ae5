"""Servers that fail, stall, cut off, refuse, or ask who we are."""

import base64
import logging

import pytest

from turbo_hipster.exceptions import FetchFailed

pytestmark = pytest.mark.functional

REF = "refs/zuul/master/Z1"


@pytest.fixture
def change(project):
    return project.change(REF, code="two\n")


@pytest.fixture
def remote(worker, change, http_origin):
    """The worker's projects are behind http."""
    worker.origin = http_origin.url
    worker.wanted = {"ZUUL_REF": REF, "ZUUL_BRANCH": "master"}
    return worker


def test_a_change_is_fetched_over_http(remote, change, http_origin):
    assert remote.build(**remote.wanted).commit == change
    assert remote.pauses == []
    assert http_origin.requests


def test_a_server_that_fails_for_a_while_is_waited_for(
    remote, change, http_origin, caplog
):
    http_origin.moods = ["503", "502", "429"]
    assert remote.build(**remote.wanted).commit == change
    assert [round(pause / 2**n) for n, pause in enumerate(remote.pauses)] == [
        1,
        1,
        1,
    ]
    assert "trying again" in caplog.text


@pytest.mark.parametrize("request_number", [0, 1, 2])
def test_a_connection_cut_in_the_middle_is_tried_again(
    remote, change, http_origin, git, request_number
):
    http_origin.moods = [""] * request_number + ["cut"]
    made = remote.build(**remote.wanted)
    assert made.commit == change
    assert git(made.path, "fsck", "--no-dangling") == ""
    assert len(remote.stores()) == 1
    assert len(remote.pauses) == 1


def test_a_server_that_stands_still_is_tried_again(
    remote, change, http_origin
):
    http_origin.moods = ["stall"]
    assert remote.build(stall=1, **remote.wanted).commit == change
    assert len(remote.pauses) == 1


def test_a_server_that_stands_still_has_until_the_deadline(
    remote, http_origin
):
    http_origin.moods = ["stall"] * 50
    with pytest.raises(FetchFailed, match="setup_timeout"):
        remote.build(seconds=1.5, **remote.wanted)


def test_no_server_at_all_is_a_fetch_that_failed(remote, http_origin):
    remote.origin = "http://127.0.0.1:1"
    with pytest.raises(FetchFailed, match="127.0.0.1:1/project") as caught:
        remote.build(seconds=0.6, **remote.wanted)
    assert "client may try again" in str(caught.value)


@pytest.mark.parametrize("status", ["403", "404", "410"])
def test_a_refusal_is_asked_for_once_more_only(remote, http_origin, status):
    http_origin.moods = [status] * 50
    with pytest.raises(FetchFailed, match="may read"):
        remote.build(**remote.wanted)
    assert len(remote.pauses) == 1


def login(user, password):
    text = base64.b64encode(f"{user}:{password}".encode()).decode()
    return f"Basic {text}"


def test_a_server_that_asks_who_we_are_gets_no_answer_but_the_urls(
    remote, http_origin
):
    http_origin.login = login("me", "s3cret")
    with pytest.raises(FetchFailed, match="may read"):
        remote.build(**remote.wanted)


def test_a_password_in_the_url_opens_the_server_and_shows_nowhere(
    remote, change, http_origin, caplog
):
    caplog.set_level(logging.DEBUG)
    http_origin.login = login("me", "s3cr%t")
    http_origin.moods = ["503"]
    remote.origin = http_origin.url.replace("://", "://me:s3cr%25t@")

    made = remote.build(**remote.wanted)

    assert made.commit == change
    seen = caplog.text + remote.execute.log
    seen += " ".join(" ".join(argv) for argv, _ in remote.execute.calls)
    seen += (made.path / ".git" / "config").read_text()
    seen += "".join(str(p) for p in remote.mirrors.rglob("*"))
    for secret in ("s3cr", login("me", "s3cr%t").split()[1]):
        assert secret not in seen


def test_a_wrong_password_shows_nowhere_either(remote, http_origin, caplog):
    http_origin.login = login("me", "right")
    remote.origin = http_origin.url.replace("://", "://me:wr0ng@")
    with pytest.raises(FetchFailed) as caught:
        remote.build(**remote.wanted)
    assert "wr0ng" not in str(caught.value) + caplog.text
    assert "wr0ng" not in remote.execute.log


def test_a_password_goes_to_its_own_server_only(
    remote, change, http_origin, http_stranger
):
    http_origin.login = login("me", "s3cret")
    remote.origin = http_origin.url.replace("://", "://me:s3cret@")
    remote.wanted["ZUUL_URL"] = http_stranger.url
    assert remote.build(**remote.wanted).commit == change
    assert http_origin.login in http_origin.logins
    assert set(http_stranger.logins) == {None}


def posts(server):
    return [r for r in server.requests if r.endswith("/git-upload-pack")]


def test_what_is_here_is_not_transferred_again(remote, change, http_origin):
    remote.build(**remote.wanted)
    questions = len(posts(http_origin))
    remote.build(**remote.wanted)
    # the list of refs, and nothing that is not here already
    assert len(posts(http_origin)) - questions == 1


def test_a_commit_that_is_here_asks_the_server_nothing(
    remote, change, http_origin
):
    remote.wanted["ZUUL_COMMIT"] = change
    remote.build(**remote.wanted)
    asked = len(http_origin.requests)
    remote.build(**remote.wanted)
    assert len(http_origin.requests) == asked
