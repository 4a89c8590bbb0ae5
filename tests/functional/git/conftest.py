"""Real gits: origins on disk and behind http, and how they are called."""

import contextlib
import http.server
import logging
import os
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from turbo_hipster.git.checkout import lay_out
from turbo_hipster.git.source import Source

WHO = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Test"), ("EMAIL", "test@example.org"))
}


class Exit(NamedTuple):
    status: int
    timed_out: bool
    tail: str


class Execute:
    """Runs commands for real, remembers them; may kill one on its way."""

    def __init__(self):
        self.calls = []
        self.kill = None  # (git command, seconds after its start)
        self.log = ""

    def __call__(
        self, argv, *, cwd=None, env=None, timeout=None, watch=None,
        log="git_prep.log",
    ):  # fmt: skip
        self.calls.append((list(argv), dict(env or {})))
        process = subprocess.Popen(
            argv,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        if self.kill and self.kill[0] in argv:
            timeout = self.kill[1]
            self.kill = None
        timed_out = False
        try:
            out, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, _ = process.communicate()
            timed_out = True
        text = out.decode(errors="replace")
        self.log += text
        return Exit(process.returncode, timed_out, text[-65536:])

    def count(self, command):
        return sum(command in argv for argv, _ in self.calls)


def run_git(at, *arguments, check=True):
    env = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        **WHO,
    }
    done = subprocess.run(
        ["git", *arguments],
        cwd=at,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if check:
        assert done.returncode == 0, done.stdout
    return done.stdout.strip()


class Project:
    """A project's home; ``change`` makes commits on refs of their own."""

    def __init__(self, path):
        self.path = path
        self.name = path.name
        path.mkdir(parents=True)
        self.git("init", "-q", "-b", "master")

    def git(self, *arguments, check=True):
        return run_git(self.path, *arguments, check=check)

    def commit(self, **files):
        for name, text in files.items():
            file = self.path / name.replace("__", "/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", f"add {list(files)}")
        return self.git("rev-parse", "HEAD")

    def change(self, ref, on="master", **files):
        self.git("checkout", "-q", "--detach", on)
        commit = self.commit(**files)
        self.git("update-ref", ref, commit)
        self.git("checkout", "-q", "master")
        return commit


@pytest.fixture
def git():
    return run_git


@pytest.fixture
def origins(tmp_path):
    folder = tmp_path / "origins"
    folder.mkdir()
    return folder


@pytest.fixture
def make_project(origins):
    def make(name="project", folder=origins):
        return Project(folder / name)

    return make


@pytest.fixture
def project(make_project):
    """A project with two commits on master and a tag on the first."""
    made = make_project()
    made.commit(README="hello\n")
    made.git("tag", "-a", "-m", "first", "1.0")
    made.commit(code="one\n")
    return made


@pytest.fixture
def execute():
    return Execute()


@pytest.fixture
def make_execute():
    return Execute


class Worker:
    """One machine's state and the builds on it."""

    def __init__(self, place, origins, execute):
        self.state = place
        self.mirrors = place / "git"
        self.home = place / "home"
        self.home.mkdir(parents=True)
        self.origin = origins.as_uri()
        self.execute = execute
        self.builds = 0
        self.pauses = []
        self.made = []

    def source(self, **parameters):
        parameters = {"ZUUL_PROJECT": "project", **parameters}
        return Source.from_parameters(parameters, self.origin)

    def build(self, *, seconds=100, execute=None, stall=30, **parameters):
        self.builds += 1
        checkout = lay_out(
            self.source(**parameters),
            mirrors=self.mirrors,
            target=self.state / "builds" / str(self.builds) / "git",
            execute=execute or self.execute,
            log=logging.getLogger("author"),
            deadline=time.monotonic() + seconds,
            environ={"PATH": os.environ["PATH"], "HOME": str(self.home)},
            stall=stall,
            pause=self.pauses.append,
        )
        self.made.append(checkout)
        return checkout

    def stores(self):
        return sorted(self.mirrors.glob("*/*.git"))

    @property
    def store(self):
        (link,) = self.mirrors.glob("*/current")
        return link.resolve()


@pytest.fixture
def worker(tmp_path, origins, execute, caplog):
    caplog.set_level(logging.INFO)
    made = Worker(tmp_path / "state", origins, execute)
    yield made
    for checkout in made.made:
        checkout.close()


class Handler(http.server.BaseHTTPRequestHandler):
    """``git http-backend`` as a CGI program, on a good or a bad day."""

    def log_message(self, *_arguments):
        pass

    def do_GET(self):
        self.serve()

    def do_POST(self):
        self.serve()

    def serve(self):
        server = self.server
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        server.requests.append(self.path)
        server.logins.append(self.headers.get("Authorization"))
        mood = server.moods.pop(0) if server.moods else ""
        if mood.isdigit():
            self.send_error(int(mood))
            return
        if mood == "stall":
            server.released.wait()
            return
        if server.login and self.headers.get("Authorization") != server.login:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="x"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        env = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(server.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "REMOTE_ADDR": "127.0.0.1",
        }
        done = subprocess.run(
            ["git", "http-backend"], env=env, input=body, capture_output=True
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        status = 200
        headers = []
        for line in head.decode().split("\r\n"):
            name, _, value = line.partition(": ")
            if name.lower() == "status":
                status = int(value.split()[0])
            elif name:
                headers.append((name, value))
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if mood == "cut":
            content = content[: len(content) // 2]
        self.wfile.write(content)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = False

    def handle_error(self, request, client_address):
        pass  # a client that was killed


@contextlib.contextmanager
def serving(origins):
    server = Server(("127.0.0.1", 0), Handler)
    server.root = origins
    server.moods = []
    server.requests = []
    server.logins = []
    server.login = None
    server.released = threading.Event()
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(
        target=server.serve_forever, args=(0.02,), name="git over http"
    )
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def http_origin(origins):
    """The origins behind http; ``moods`` are those of the next requests:
    a status, ``stall`` or ``cut``; ``login`` the Authorization it wants."""
    with serving(origins) as server:
        yield server


@pytest.fixture
def http_stranger(origins):
    """Another such server."""
    with serving(origins) as server:
        yield server


def _open_files():
    found = {}
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found[entry.name] = os.readlink(entry)
        except OSError:
            continue
    return found


@pytest.fixture(autouse=True)
def no_leaks(tmp_path):
    """Each test gives back threads, children and files below tmp_path."""
    before = set(threading.enumerate())
    yield
    left = {t for t in threading.enumerate() if t.is_alive()} - before
    assert not left
    mine = [p for p in _open_files().values() if p.startswith(str(tmp_path))]
    assert not mine
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
