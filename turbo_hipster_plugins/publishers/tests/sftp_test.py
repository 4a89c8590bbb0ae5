"""Results reach a host by SFTP (asyncssh's server), if it is a known one."""

import threading

import asyncssh
import pytest

from turbo_hipster import exceptions
from turbo_hipster_publishers.url.publisher import UrlPublisher

pytestmark = pytest.mark.functional

READERS = "https://logs.example.org"


@pytest.fixture(scope="module")
def host(started, tmp_path_factory):
    place = tmp_path_factory.mktemp("sftp")
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(place / "key")
    (place / "root").mkdir()
    port = started("asyncssh_sftp.py", str(place / "root"), str(place / "key"))
    public = key.export_public_key().decode()
    (place / "known").write_text(f"[127.0.0.1]:{port} {public}\n")
    (place / "unknown").write_text("")
    return place, port


@pytest.fixture
def sftp(host, publisher, request):
    """A publisher into a folder of the test's own."""
    place, port = host

    def make(**given):
        values = {
            "target": f"sftp://th@127.0.0.1:{port}/{request.node.name}",
            "password": "right",
            "known_hosts": str(place / "known"),
            "url": READERS,
        }
        return publisher(UrlPublisher, **{**values, **given})

    make.root = place / "root" / request.node.name
    return make


def stored(place):
    return {
        str(path.relative_to(place)): path.read_bytes()
        for path in place.rglob("*")
        if path.is_file()
    }


def test_every_file_arrives_unchanged(sftp, results, content):
    url = sftp().publish(results, "j/b", {})
    assert stored(sftp.root / "j/b") == content
    assert url == f"{READERS}/j/b/index.html"


def test_what_is_there_is_not_overwritten(sftp, results, content):
    sftp().publish(results, "j/b", {})
    (results / "index.html").write_bytes(b"second")
    url = sftp().publish(results, "j/b", {})
    assert url == f"{READERS}/j/b.2/index.html"
    assert stored(sftp.root / "j/b") == content
    assert (sftp.root / "j/b.2/index.html").read_bytes() == b"second"


def test_a_wrong_password_is_not_tried_again(sftp, results):
    one = sftp(password="a wrong one")
    with pytest.raises(exceptions.PublishFailed) as caught:
        one.publish(results, "j/b", {})
    assert one.pauses == []
    assert "check user and password" in str(caught.value)
    assert "a wrong one" not in str(caught.value)


def test_a_host_that_is_not_known_gets_nothing(sftp, host, results):
    one = sftp(known_hosts=str(host[0] / "unknown"))
    with pytest.raises(exceptions.PublishFailed, match="known_hosts"):
        one.publish(results, "j/b", {})
    assert one.pauses == []
    assert not sftp.root.exists()


def test_a_connection_that_is_lost_is_made_again(sftp, results, content):
    one = sftp()
    sender = one._sender()
    one._sender = lambda: sender
    opened = sender._opened
    losses = ["now"]

    def losing():
        store = opened()
        if losses and (sftp.root / "j/b/empty.log").exists():
            losses.pop()
            store._files.client.abort()
        return store

    sender._opened = losing
    one.publish(results, "j/b", {})
    assert stored(sftp.root / "j/b") == content
    assert one.pauses == [0.5]


def test_no_server_at_all_costs_the_patience_and_no_more(
    sftp, results, tmp_path
):
    one = sftp(target="sftp://th@127.0.0.1:1/x", patience=0)
    with pytest.raises(exceptions.PublishFailed, match="after 1 attempt"):
        one.publish(results, "j/b", {})


def test_a_rehearsal_leaves_nothing_and_no_thread(sftp):
    before = set(threading.enumerate())
    sftp().rehearse()
    assert stored(sftp.root) == {}
    assert set(threading.enumerate()) == before
