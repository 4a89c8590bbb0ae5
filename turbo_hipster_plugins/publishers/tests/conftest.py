"""Real servers in processes of their own, and a relay that disturbs."""

import http.client
import http.server
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

SERVERS = Path(__file__).with_name("servers")

FILES = {
    "index.html": b"<p>",
    "report.json": b"{}",
    "task_output.log": b"one\ntwo\n" * 500,
    "empty.log": b"",
    "files/deep/index.html": b"deep",
    "files/bär.bin": bytes(range(256)),
}


@pytest.fixture
def content():
    """What the results consist of."""
    return dict(FILES)


@pytest.fixture
def results(tmp_path):
    place = tmp_path / "results"
    for name, data in FILES.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)
    return place


@pytest.fixture(scope="session")
def started():
    """Start a script of servers/; all have ended afterwards."""
    running = []

    def start(script, *arguments):
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", SERVERS / script, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        line = process.stdout.readline()
        assert line.strip().isdigit(), f"{script} did not start"
        return int(line)

    yield start
    for process in running:
        process.stdin.close()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


class Relay(http.server.ThreadingHTTPServer):
    """Hands requests on to a server, and does as its moods say.

    ``moods`` are taken one a PUT: a status to answer with instead, ``cut``
    (the connection ends in the middle of the request), or None.  ``dead``
    ends every one of them like this.  ``puts`` has the paths that arrived.
    """

    daemon_threads = False
    block_on_close = True

    def __init__(self, port):
        super().__init__(("127.0.0.1", 0), Handler)
        self.port = port
        self.moods = []
        self.dead = False
        self.puts = []
        self.connected = set()
        self.address = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """A client that goes away is a part of the tests."""

    def mood(self):
        if self.dead:
            return "cut"
        return self.moods.pop(0) if self.moods else None

    def hang_up(self):
        """End what clients keep open, or its threads would wait for ever."""
        for connection in list(self.connected):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.server.connected.add(self.connection)

    def finish(self):
        self.server.connected.discard(self.connection)
        super().finish()

    def pass_on(self):
        mood = self.server.mood() if self.command == "PUT" else None
        if mood == "cut":
            self.rfile.read1(1)
            linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
            self.connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, linger
            )
            self.close_connection = True
            return
        body = self.body()
        if mood:
            self.send_response(mood)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        upstream = http.client.HTTPConnection("127.0.0.1", self.server.port)
        headers = {
            key: value
            for key, value in self.headers.items()
            if key.lower() not in ("transfer-encoding", "expect")
        }
        headers["Content-Length"] = str(len(body))
        upstream.request(self.command, self.path, body, headers)
        answer = upstream.getresponse()
        data = answer.read()
        if self.command == "PUT" and answer.status < 300:
            self.server.puts.append(self.path)
        self.send_response(answer.status)
        for key, value in answer.getheaders():
            if key.lower() not in ("transfer-encoding", "connection"):
                self.send_header(key, value)
        if not answer.getheader("Content-Length"):
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        upstream.close()

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = pass_on

    def body(self):
        if self.headers.get("Expect") == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        pieces = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def log_message(self, *args):
        pass


@pytest.fixture
def relayed():
    """Put a relay before a port; it is gone afterwards."""
    running = []

    def start(port):
        relay = Relay(port)
        thread = threading.Thread(
            target=relay.serve_forever, args=(0.01,), name="relay"
        )
        thread.start()
        running.append((relay, thread))
        return relay

    yield start
    for relay, thread in running:
        relay.shutdown()
        thread.join()
        relay.hang_up()
        relay.server_close()


@pytest.fixture
def options():
    """Make options as the core would: the given ones, else the defaults."""

    def make(kind, **given):
        values = {one.dest: one.default for one in kind.options}
        return SimpleNamespace(**{"url": "", **values, **given})

    return make


@pytest.fixture
def publisher(options):
    """A publisher that writes its pauses down instead of taking them."""

    def make(kind, **given):
        made = kind(options(kind, **given))
        made.pauses = []
        made.pause = made.pauses.append
        return made

    return make
