"""Results reach OpenStack Swift (the real one), with an account of ours."""

import gzip
import time
import urllib.error
import urllib.request
from urllib.parse import quote, urlsplit

import pytest

from turbo_hipster import exceptions
from turbo_hipster_publishers.swift.publisher import SwiftPublisher

pytestmark = pytest.mark.functional


@pytest.fixture(scope="module")
def port(started, tmp_path_factory):
    return started(
        "openstack_swift.py", str(tmp_path_factory.mktemp("swift") / "s")
    )


@pytest.fixture
def swift(port, relayed, publisher, request):
    """A publisher into a container of the test's own, through a relay."""
    relay = relayed(port)
    container = request.node.name

    def make(**given):
        values = {
            "auth_url": f"{relay.address}/auth/v1.0",
            "auth_version": "1",
            "user": "th:worker",
            "password": "right",
            "container": container,
        }
        return publisher(SwiftPublisher, **{**values, **given})

    def read(name):
        """Read as anybody; a body and its headers."""
        path = f"/v1/AUTH_th/{quote(f'{container}/{name}')}"
        with urllib.request.urlopen(
            f"http://127.0.0.1:{port}{path}", timeout=60
        ) as answer:
            return answer.read(), answer.headers

    make.relay = relay
    make.read = read
    return make


def arrived(swift, content, below="j/b"):
    return {name: swift.read(f"{below}/{name}")[0] for name in content}


def test_every_file_arrives_for_every_reader(swift, results, content):
    url = swift().publish(results, "j/b", {})
    assert arrived(swift, content) == content
    assert urlsplit(url).path.endswith("/j/b/index.html")
    with urllib.request.urlopen(url, timeout=60) as answer:
        assert answer.read() == content["index.html"]


def test_the_reader_is_sent_where_the_operator_says(swift, results):
    url = swift(url="https://logs.example.org/").publish(results, "j/b", {})
    assert url == "https://logs.example.org/j/b/index.html"


def test_the_index_is_the_last_to_arrive(swift, results, content):
    swift().publish(results, "j/b", {})
    puts = [path for path in swift.relay.puts if "/j/b/" in path]
    assert len(puts) == len(content)
    assert puts[-1].endswith("/j/b/index.html")


def test_types_encodings_and_the_time_to_live_are_kept(
    swift, results, content
):
    swift(gzip=True, delete_after=3600).publish(results, "j/b", {})
    data, headers = swift.read("j/b/task_output.log")
    assert gzip.decompress(data) == content["task_output.log"]
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert headers["Content-Encoding"] == "gzip"
    assert int(headers["X-Delete-At"]) > time.time()
    data, headers = swift.read("j/b/files/bär.bin")
    assert data == content["files/bär.bin"]
    assert headers["Content-Encoding"] is None


def test_what_is_there_is_not_overwritten(swift, results, content):
    swift().publish(results, "j/b", {})
    (results / "index.html").write_bytes(b"second")
    url = swift().publish(results, "j/b", {})
    assert url.endswith("/j/b.2/index.html")
    assert arrived(swift, content) == content
    assert swift.read("j/b.2/index.html")[0] == b"second"


def test_a_container_that_is_there_keeps_its_rules(swift, results, content):
    swift(read_acl="").publish(results, "j/b", {})
    swift().publish(results, "j/c", {})
    with pytest.raises(urllib.error.HTTPError) as caught:
        swift.read("j/c/index.html")
    caught.value.close()
    assert caught.value.code == 401


def test_a_busy_server_is_asked_again(swift, results, content):
    swift.relay.moods = [503, 503]
    one = swift()
    one.publish(results, "j/b", {})
    assert arrived(swift, content) == content
    assert one.pauses == [0.5, 1.0]


def test_a_connection_that_dies_in_the_middle_is_made_again(
    swift, results, content
):
    swift.relay.moods = [None, None, "cut"]
    swift().publish(results, "j/b", {})
    assert arrived(swift, content) == content


def test_a_half_published_build_says_so(swift, results):
    swift.relay.moods = [None, None, None, 507]
    one = swift()
    with pytest.raises(exceptions.PublishFailed) as caught:
        one.publish(results, "j/b", {})
    assert one.pauses == []
    assert "2 of 6 files are in" in str(caught.value)
    assert "index.html is not" in str(caught.value)


@pytest.mark.parametrize(
    "given, said",
    [
        ({"password": "a wrong one"}, "check user, password"),
        ({"user": "th:guest"}, "give the user a role"),
    ],
)
def test_wrong_rights_are_not_tried_again(swift, results, given, said):
    one = swift(**given)
    with pytest.raises(exceptions.PublishFailed) as caught:
        one.publish(results, "j/b", {})
    assert one.pauses == []
    assert said in str(caught.value)
    assert "a wrong one" not in str(caught.value)


def test_a_rehearsal_leaves_nothing(swift):
    swift().rehearse()
    with pytest.raises(urllib.error.HTTPError) as caught:
        swift.read(".turbo-hipster-rehearsal")
    caught.value.close()
    assert caught.value.code == 404
