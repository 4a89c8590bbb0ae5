"""An account of keystone opens the real Swift.

Keystone itself is a stand-in of ours, and second best: it knows the one
request for a token of its third version, has Swift's own authentication check
the password, and hands out the token that it gets.
"""

import http.server
import json
import threading
import urllib.error
import urllib.request

import pytest

from turbo_hipster import exceptions
from turbo_hipster_publishers.swift.publisher import SwiftPublisher

pytestmark = pytest.mark.functional


class StandIn(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        asked = json.loads(self.rfile.read(length))["auth"]
        self.server.asked.append((self.path, asked))
        user = asked["identity"]["password"]["user"]
        project = asked["scope"]["project"]["name"]
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.server.swift}/auth/v1.0",
            headers={
                "X-Auth-User": f"{project}:{user['name']}",
                "X-Auth-Key": user["password"],
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                token = answer.headers["X-Auth-Token"]
        except urllib.error.HTTPError as error:
            error.close()
            self.answer(401, {"error": {"code": 401, "message": "no"}})
            return
        self.answer(201, {"token": self.token()}, {"X-Subject-Token": token})

    def token(self):
        url = f"http://127.0.0.1:{self.server.swift}/v1/AUTH_th"
        points = [
            {"interface": "public", "region_id": name, "region": name}
            | {"id": name, "url": url if name == "here" else "http://[::1]:1"}
            for name in ("there", "here")
        ]
        service = {"type": "object-store", "id": "s", "name": "swift"}
        return {
            "methods": ["password"],
            "expires_at": "2999-01-01T00:00:00.000000Z",
            "issued_at": "2020-01-01T00:00:00.000000Z",
            "user": {"id": "u", "name": "worker"},
            "project": {"id": "p", "name": "th"},
            "catalog": [{**service, "endpoints": points}],
        }

    def answer(self, status, body, headers=()):
        data = json.dumps(body).encode()
        self.send_response(status)
        for key, value in dict(headers).items():
            self.send_header(key, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def swift(started, tmp_path_factory):
    folder = tmp_path_factory.mktemp("swift") / "s"
    return started("openstack_swift.py", str(folder))


@pytest.fixture
def keystone(swift):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
    server.daemon_threads = False
    server.swift = swift
    server.asked = []
    thread = threading.Thread(
        target=server.serve_forever, args=(0.01,), name="keystone"
    )
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def account(keystone, publisher):
    def make(**given):
        values = {
            "auth_url": f"http://127.0.0.1:{keystone.server_port}/v3",
            "user": "worker",
            "password": "right",
            "project": "th",
            "region": "here",
            "container": "logs",
        }
        return publisher(SwiftPublisher, **{**values, **given})

    return make


def test_an_account_of_keystone_opens_the_swift_of_its_region(
    account, keystone, results, content
):
    url = account().publish(results, "j/b", {})
    assert url.endswith("/v1/AUTH_th/logs/j/b/index.html")
    with urllib.request.urlopen(url, timeout=60) as answer:
        assert answer.read() == content["index.html"]
    (path, asked) = keystone.asked[0]
    assert path == "/v3/auth/tokens"
    user = asked["identity"]["password"]["user"]
    assert user["domain"] == {"name": "Default"}
    assert asked["scope"]["project"]["domain"] == {"name": "Default"}


@pytest.mark.parametrize(
    "given, said",
    [
        ({"password": "a wrong one"}, "check user, password"),
        ({"region": "nowhere"}, "check region"),
    ],
)
def test_what_keystone_refuses_is_not_tried_again(
    account, results, given, said
):
    one = account(**given)
    with pytest.raises(exceptions.PublishFailed) as caught:
        one.publish(results, "j/b", {})
    assert one.pauses == []
    assert said in str(caught.value)
    assert "a wrong one" not in str(caught.value)
