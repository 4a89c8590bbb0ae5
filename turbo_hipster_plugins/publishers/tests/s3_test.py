"""Results reach S3 (moto's server), whole, typed, and the index last."""

import gzip
import json
import re
import threading
import urllib.request
from urllib.parse import quote

import pytest

from turbo_hipster import exceptions
from turbo_hipster_publishers.url.publisher import UrlPublisher

pytestmark = pytest.mark.functional

READERS = "https://logs.example.org/ci"


@pytest.fixture(scope="module")
def port(started):
    return started("moto_s3.py")


@pytest.fixture
def moto(port):
    """Ask moto itself; what a test leaves there is gone for the next."""

    def ask(method, path, data=None, raw=False):
        with urllib.request.urlopen(
            urllib.request.Request(
                f"http://127.0.0.1:{port}{path}",
                data,
                # a form's type would have moto read the body away
                {"Content-Type": "application/octet-stream"},
                method=method,
            ),
            timeout=60,
        ) as answer:
            found = answer.read()
            return (found, answer.headers) if raw else found

    ask("POST", "/moto-api/reset")
    ask("PUT", "/bucket")
    yield ask
    ask("POST", "/moto-api/reset-auth", b"inf")


@pytest.fixture
def s3(moto, relayed, port, publisher):
    """A publisher to the bucket, through a relay."""
    relay = relayed(port)

    def make(**given):
        values = {
            "target": "s3://bucket/logs",
            "user": "someone",
            "password": "a secret",
            "endpoint_url": relay.address,
            "url": READERS,
            # the tests read as anybody would
            "acl": "public-read",
            "stall_timeout": 30,
        }
        return publisher(UrlPublisher, **{**values, **given})

    make.relay = relay
    return make


def stored(moto, below="logs/j/b"):
    """Return what the bucket has below a prefix."""
    listing = moto("GET", "/bucket?list-type=2").decode()
    names = re.findall("<Key>(.*?)</Key>", listing)
    return {
        name.removeprefix(f"{below}/"): moto("GET", f"/bucket/{quote(name)}")
        for name in names
        if name.startswith(f"{below}/")
    }


def test_every_file_arrives_unchanged(s3, moto, results, content):
    url = s3().publish(results, "j/b", {})
    assert stored(moto) == content
    assert url == f"{READERS}/j/b/index.html"


def test_the_index_is_the_last_to_arrive(s3, results, content):
    s3().publish(results, "j/b", {})
    puts = s3.relay.puts
    assert len(puts) == len(content)
    assert puts[-1].startswith("/bucket/logs/j/b/index.html")


def test_every_object_has_the_type_that_a_browser_needs(s3, moto, results):
    s3().publish(results, "j/b", {})
    for name, kind in {
        "index.html": "text/html; charset=utf-8",
        "report.json": "application/json",
        "task_output.log": "text/plain; charset=utf-8",
        "empty.log": "text/plain; charset=utf-8",
    }.items():
        _data, headers = moto("GET", f"/bucket/logs/j/b/{name}", raw=True)
        assert headers["Content-Type"] == kind
        assert "Content-Encoding" not in headers


def test_text_is_compressed_where_asked(s3, moto, results, content):
    s3(gzip=True).publish(results, "j/b", {})
    name = "task_output.log"
    data, headers = moto("GET", f"/bucket/logs/j/b/{name}", raw=True)
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert gzip.decompress(data) == content[name]
    plain = "/bucket/logs/j/b/files/b%C3%A4r.bin"
    assert moto("GET", plain) == content["files/bär.bin"]


def test_what_is_there_is_not_overwritten(s3, moto, results, content):
    first = s3().publish(results, "j/b", {})
    (results / "index.html").write_bytes(b"second")
    second = s3().publish(results, "j/b", {})
    assert (first, second) == (
        f"{READERS}/j/b/index.html",
        f"{READERS}/j/b.2/index.html",
    )
    assert stored(moto) == content
    assert stored(moto, "logs/j/b.2")["index.html"] == b"second"


def test_a_busy_server_is_asked_again(s3, moto, results, content):
    s3.relay.moods = [503, 503]
    one = s3()
    one.publish(results, "j/b", {})
    assert stored(moto) == content
    assert one.pauses == [0.5, 1.0]


def test_a_connection_that_dies_in_the_middle_is_made_again(
    s3, moto, results, content
):
    s3.relay.moods = [None, None, "cut"]
    s3().publish(results, "j/b", {})
    assert stored(moto) == content


def test_a_server_that_stays_away_costs_the_patience_and_no_more(s3, results):
    s3.relay.moods = [None, None]

    def dying():
        if not s3.relay.moods:
            s3.relay.dead = True
        return before()

    before, s3.relay.mood = s3.relay.mood, dying
    with pytest.raises(exceptions.PublishFailed) as caught:
        s3(patience=0).publish(results, "j/b", {})
    said = str(caught.value)
    assert "2 of 6 files are in s3://bucket/logs/j/b, index.html is" in said
    assert "given up after 1 attempt" in said
    assert not any("index.html" in put for put in s3.relay.puts[2:])


def test_wrong_credentials_are_not_tried_again(s3, moto, results):
    moto("POST", "/moto-api/reset-auth", b"0")
    one = s3(user="nobody")
    with pytest.raises(exceptions.PublishFailed) as caught:
        one.publish(results, "j/b", {})
    assert one.pauses == []
    assert "check user and password" in str(caught.value)
    assert "a secret" not in str(caught.value)


def test_a_bucket_that_is_not_there_is_named_with_the_next_move(s3, results):
    one = s3(target="s3://elsewhere/logs")
    with pytest.raises(exceptions.PublishFailed, match="make the bucket"):
        one.publish(results, "j/b", {})
    assert one.pauses == []


def test_no_thread_stays(s3, results):
    before = set(threading.enumerate())
    s3().publish(results, "j/b", {})
    s3.relay.hang_up()
    left = set(threading.enumerate()) - before
    assert not [one.name for one in left if "fsspec" in one.name]


def test_a_rehearsal_leaves_nothing(s3, moto):
    s3().rehearse()
    assert len(s3.relay.puts) == 1
    assert stored(moto, "logs") == {}
    assert json.loads(moto("GET", "/moto-api/data.json"))
