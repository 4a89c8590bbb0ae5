"""Results reach Swift by the rights that came with the job, and no other."""

import hashlib
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from turbo_hipster import exceptions
from turbo_hipster.publishers.swift_formpost import SwiftFormPost

pytestmark = pytest.mark.functional

FILES = {
    "index.html": b"<p>",
    "report.json": b"{}",
    "junit.xml": b"<x/>",
    "summary.md": b"#",
    "task_output.log": b"one\r\n--two\r\n",
    "shell_output.log": b"",
    "files/deep/index.html": b"deep",
    "files/bär.bin": bytes(range(256)),
}
PATH = "/v1/AUTH_th/logs/12/34/unit/abc1234"


@pytest.fixture
def results(tmp_path):
    place = tmp_path / "results"
    for path, data in FILES.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_bytes(data)
    return place


@pytest.fixture
def publisher():
    """A publisher that writes its pauses down instead of taking them."""

    def make(**options):
        values = {"name": None, "ca_file": None, "stall_timeout": 5, "url": ""}
        made = SwiftFormPost(SimpleNamespace(**{**values, **options}))
        made.pauses = []
        made.pause = made.pauses.append
        return made

    return make


def content(receiver):
    return {
        path.removeprefix(f"{PATH}/"): data
        for path, (_kind, data) in receiver.objects.items()
    }


def refused(publisher, results, rights, kind=exceptions.PublishFailed):
    """Return the text of the refusal; no secret may be in it."""
    with pytest.raises(kind) as caught:
        publisher.publish(results, "x", rights)
    texts, error = [], caught.value
    while error is not None:
        texts.append(f"{error!r} {error}")
        error = error.__cause__ or error.__context__
    for key, value in rights.items():
        if key.endswith(("_SIGNATURE", "_HMAC_BODY")):
            assert not any(value in text for text in texts)
    return str(caught.value)


# -- what arrives -----------------------------------------------------------


@pytest.mark.parametrize("digest", [hashlib.sha1, hashlib.sha256])
def test_every_file_arrives_unchanged(receiver, publisher, results, digest):
    receiver.digest = digest
    url = publisher().publish(results, "x", receiver.rights())
    assert content(receiver) == FILES
    assert receiver.mistakes == []
    assert url == f"{receiver.base}{PATH}/index.html"


def test_the_index_is_the_last_to_arrive(receiver, publisher, results):
    publisher().publish(results, "x", receiver.rights())
    assert list(receiver.objects)[-1] == f"{PATH}/index.html"


def test_fields_come_before_files_and_names_begin_with_a_slash(
    receiver, publisher, results
):
    publisher().publish(results, "x", receiver.rights())
    fields = ["redirect", "max_file_size", "max_file_count"]
    fields += ["expires", "signature"]
    for names in receiver.forms:
        assert names[:5] == fields
        assert all(name.startswith("/") for name in names[5:])


def test_every_file_has_the_type_that_a_browser_needs(
    receiver, publisher, results
):
    publisher().publish(results, "x", receiver.rights())
    kinds = {
        path.removeprefix(f"{PATH}/"): kind
        for path, (kind, _data) in receiver.objects.items()
    }
    assert kinds["index.html"].startswith("text/html")
    assert kinds["task_output.log"].startswith("text/plain")
    assert kinds["summary.md"].startswith("text/plain")
    assert kinds["report.json"] == "application/json"
    assert kinds["files/bär.bin"] == "application/octet-stream"


@pytest.mark.parametrize("count", [1, 2, 3])
def test_no_form_has_more_files_than_are_allowed(
    receiver, publisher, results, count
):
    publisher().publish(results, "x", receiver.rights(count=count))
    assert max(len(names) - 5 for names in receiver.forms) <= count
    assert content(receiver) == FILES
    assert list(receiver.objects)[-1] == f"{PATH}/index.html"


def test_a_file_that_is_too_large_is_left_out_and_told(
    receiver, publisher, results
):
    (results / "files/dump.sql").write_bytes(b"x" * 301)
    (results / "files/fits.sql").write_bytes(b"x" * 300)
    publisher().publish(results, "x", receiver.rights(size=300))
    found = content(receiver)
    note = found.pop("left-out.txt").decode()
    assert "files/dump.sql: not published" in note
    assert "301 bytes" in note
    assert set(found) == {*FILES, "files/fits.sql"}


def test_a_link_and_a_name_that_cannot_travel_are_told(
    receiver, publisher, results
):
    (results / "link").symlink_to("/etc/passwd")
    (results / 'a"b').write_text("")
    publisher().publish(results, "x", receiver.rights())
    found = content(receiver)
    note = found.pop("left-out.txt").decode()
    assert "link: not published" in note
    assert 'a"b: not published' in note
    assert found == FILES


def test_a_redirect_is_read_and_not_followed(receiver, publisher, results):
    rights = receiver.rights(redirect="http://127.0.0.1:1/done")
    publisher().publish(results, "x", rights)
    assert content(receiver) == FILES


def test_an_error_in_a_redirect_is_an_error(receiver, publisher, results):
    rights = receiver.rights(redirect="http://127.0.0.1:1/done", key=b"x")
    assert "401" in refused(publisher(), results, rights)


@pytest.mark.parametrize("path", ["/v1/AUTH_th/logs", "/v1/AUTH_th/logs/p/"])
def test_without_a_prefix_or_with_a_slash_names_are_still_right(
    receiver, publisher, results, path
):
    url = publisher().publish(results, "x", receiver.rights(path=path))
    assert f"{path.rstrip('/')}/index.html" in receiver.objects
    assert url == f"{receiver.base}{path.rstrip('/')}/index.html"


# -- which rights, and where a reader looks ---------------------------------


def test_a_build_without_rights_is_none_of_its_business(publisher, results):
    for rights in ({}, {"SWIFT_URL": "x"}, {"SWIFT_logs_URL": "http://x/"}):
        refused(publisher(), results, rights, exceptions.NotMine)


def test_logs_is_preferred_and_else_the_first_is_taken(
    receiver, publisher, results
):
    other = receiver.rights("other", name="artefacts")
    last = receiver.rights("last", name="zz")
    logs = receiver.rights("logs", name="logs")
    url = publisher().publish(results, "x", {**other, **last, **logs})
    assert url.endswith("/logs/logs/index.html")
    url = publisher().publish(results, "x", {**other, **last})
    assert url.endswith("/logs/other/index.html")


def test_a_name_that_is_asked_for_is_the_only_one_taken(
    receiver, publisher, results
):
    both = {**receiver.rights("a", name="a"), **receiver.rights("b", name="b")}
    url = publisher(name="b").publish(results, "x", both)
    assert url.endswith("/logs/b/index.html")
    refused(publisher(name="c"), results, both, exceptions.NotMine)


def test_the_log_servers_address_is_what_a_reader_gets(
    receiver, publisher, results
):
    rights = receiver.rights()
    rights["SWIFT_logs_LOGSERVER_PREFIX"] = "https://logs.example.org/"
    assert publisher().publish(results, "x", rights) == (
        "https://logs.example.org/12/34/unit/abc1234/index.html"
    )


def test_an_address_that_is_none_is_not_given_to_a_reader(
    receiver, publisher, results
):
    rights = receiver.rights()
    rights["SWIFT_logs_LOGSERVER_PREFIX"] = "javascript:alert(1)//"
    assert publisher().publish(results, "x", rights).startswith(receiver.base)


def test_the_parameters_of_an_older_zuul_are_understood(
    receiver, publisher, results
):
    rights = receiver.rights(stem="ZUUL_EXTRA_SWIFT")
    rights["ZUUL_EXTRA_SWIFT_LOGSERVER_PREFIX"] = "https://l.example.org/"
    rights["ZUUL_EXTRA_SWIFT_DESTINATION_PREFIX"] = "12/34/unit/abc1234/"
    assert publisher().publish(results, "x", rights) == (
        "https://l.example.org/12/34/unit/abc1234/index.html"
    )
    assert content(receiver) == FILES


# -- refused ----------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "//127.0.0.1/v1",
        "http:///v1",
        "http://user:secret@127.0.0.1/v1",
        "http://127.0.0.1/v1 /x",
        "http://127.0.0.1/v1\r\nX: y",
        "http://127.0.0.1:0/v1",
        "http://127.0.0.1:99999/v1",
        "http://[::1/v1",
        "http://127.0.0.1/v1?x=y",
        "",
    ],
)
def test_a_hostile_url_is_refused(receiver, publisher, results, url):
    rights = {**receiver.rights(), "SWIFT_logs_URL": url}
    assert "URL" in refused(publisher(), results, rights)
    assert receiver.requests == 0


@pytest.mark.parametrize(
    "change",
    [
        {"size": "many"},
        {"size": "-1"},
        {"count": "0"},
        {"count": "9" * 30},
        {"expires": ""},
        {"redirect": "a\nb"},
        {"size": 2},
    ],
)
def test_a_body_that_cannot_be_is_refused(
    receiver, publisher, results, change
):
    rights = receiver.rights(**change)
    refused(publisher(), results, rights)
    assert receiver.requests == 0


def test_a_right_that_ran_out_is_not_tried(receiver, publisher, results):
    rights = receiver.rights(expires=int(time.time()) - 1)
    assert "ran out" in refused(publisher(), results, rights)
    assert receiver.requests == 0


def test_a_wrong_signature_is_told_at_once(receiver, publisher, results):
    rights = receiver.rights(key=b"somebody else's")
    one = publisher()
    assert "401" in refused(one, results, rights)
    assert receiver.requests == 1
    assert one.pauses == []
    assert receiver.objects == {}


# -- trouble ----------------------------------------------------------------


@pytest.mark.parametrize(
    "moods", [[503], [500, 502], ["reset"], [429, "reset", 503]]
)
def test_a_passing_trouble_passes(receiver, publisher, results, moods):
    receiver.moods = list(moods)
    one = publisher()
    one.publish(results, "x", receiver.rights())
    assert content(receiver) == FILES
    assert one.pauses == [0.5, 1.0, 2.0][: len(moods)]


def test_a_server_that_stalls_is_asked_again(receiver, publisher, results):
    receiver.moods = ["stall"]
    one = publisher(stall_timeout=2)
    one.publish(results, "x", receiver.rights())
    assert content(receiver) == FILES
    assert len(one.pauses) == 1


def test_a_slow_server_is_waited_for(receiver, publisher, results):
    receiver.moods = ["slow"] * 3
    one = publisher(stall_timeout=30)
    one.publish(results, "x", receiver.rights())
    assert content(receiver) == FILES
    assert one.pauses == []


def test_trouble_that_stays_ends_as_not_published(
    receiver, publisher, results
):
    receiver.moods = [503] * 20
    one = publisher()
    assert "503" in refused(one, results, receiver.rights())
    assert receiver.requests == 6
    assert one.pauses == [0.5, 1.0, 2.0, 4.0, 8.0]


def test_nobody_there_ends_as_not_published(
    receiver, publisher, results, unused
):
    rights = receiver.rights()
    rights["SWIFT_logs_URL"] = f"http://127.0.0.1:{unused}{PATH}"
    assert "ConnectionRefused" in refused(publisher(), results, rights)


def test_trying_again_ends_when_the_right_does(
    receiver, publisher, results, monkeypatch
):
    receiver.moods = [503] * 20
    one = publisher()
    # by a clock that is ahead of the receiver's, who may be slow
    now = time.time() + 1000
    rights = receiver.rights(expires=int(now) + 3)
    later = SimpleNamespace(time=lambda: now + sum(one.pauses))
    where = "turbo_hipster.publishers.formpost_rights.time"
    monkeypatch.setattr(where, later)
    assert "503" in refused(one, results, rights)
    assert receiver.requests == 3
    assert one.pauses == [0.5, 1.0]


def test_an_answer_before_everything_was_sent_is_heard(
    receiver, publisher, tmp_path
):
    place = tmp_path / "big"
    place.mkdir()
    (place / "index.html").write_bytes(bytes(20 << 20))
    receiver.moods = ["early"] * 6
    text = refused(publisher(), place, receiver.rights(size=1 << 30))
    assert "401" in text
    assert receiver.requests == 1


@pytest.fixture
def unused():
    """A port that nobody listens at."""
    import socket

    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


# -- TLS --------------------------------------------------------------------


def test_a_server_that_proves_itself_is_trusted(
    serve, authority, publisher, results
):
    receiver = serve(authority.context)
    one = publisher(ca_file=str(authority.ca))
    one.publish(results, "x", receiver.rights())
    assert content(receiver) == FILES


def test_a_server_that_does_not_is_told_nothing(
    serve, authority, publisher, results
):
    receiver = serve(authority.context)
    one = publisher()
    assert "not trusted" in refused(one, results, receiver.rights())
    assert receiver.requests == 0
    assert one.pauses == []


def test_an_authority_that_cannot_be_read_is_a_mistake(tmp_path):
    with pytest.raises(exceptions.ConfigurationError, match="ca_file"):
        SwiftFormPost.check(SimpleNamespace(ca_file=str(tmp_path / "none")))


# -- memory -----------------------------------------------------------------

SEND = """
import resource, sys
from pathlib import Path
from types import SimpleNamespace
from turbo_hipster.publishers.swift_formpost import SwiftFormPost
options = SimpleNamespace(name=None, ca_file=None, stall_timeout=60)
base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
rights = dict(pair.split("=", 1) for pair in sys.argv[2:])
SwiftFormPost(options).publish(Path(sys.argv[1]), "x", rights)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base)
"""


def test_a_large_file_needs_no_memory(receiver, results):
    size = 200 << 20
    with (results / "dump").open("wb") as file:
        file.truncate(size)
    receiver.drain = True
    rights = receiver.rights(size=1 << 30)
    pairs = [f"{key}={value}" for key, value in rights.items()]
    command = [sys.executable, "-c", SEND, str(results), *pairs]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert receiver.drained > size
    assert int(done.stdout) < 20 * 1024
