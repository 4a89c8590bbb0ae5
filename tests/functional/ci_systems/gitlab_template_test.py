"""The GitLab template: its script is run as a runner runs it."""

import http.server
import json
import re
import threading
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

pytestmark = pytest.mark.functional

HERE = Path(__file__).parents[3] / "deploy" / "gitlab"
MARK = "<!-- turbo-hipster unit example/shop -->"


@pytest.fixture
def job():
    text = (HERE / "turbo-hipster.gitlab-ci.yml").read_text()
    return yaml.safe_load(text)[".turbo-hipster"]


@pytest.fixture
def run(desk, job):
    def ran(name, **variables):
        values = job["variables"] | {
            "TURBO_HIPSTER_JOB": name,
            "TURBO_HIPSTER_INSTALL": "",
            "TURBO_HIPSTER_BASE": "origin/main",
        }
        script = "\n".join([*job["before_script"], *job["script"]])
        done = desk.run(
            ["sh", "-e", "-c", script],
            GITLAB_CI="true",
            CI_BUILDS_DIR=str(desk.place),
            **values | variables,
        )
        return done.returncode, done.stdout + done.stderr

    return ran


def test_a_bad_change_is_shown_where_gitlab_shows_it(run, job, desk):
    status, log = run("bad")
    assert status == 1, log
    reports = job["artifacts"]["reports"]
    issues = json.loads((desk.tree / reports["codequality"]).read_text())
    assert [issue["severity"] for issue in issues] == ["critical", "minor"]
    assert issues[0]["location"] == {
        "path": "shop/cart.py",
        "lines": {"begin": 12},
    }
    assert "<testsuites" in (desk.tree / reports["junit"]).read_text()
    assert (desk.tree / "turbo-hipster/results/index.html").is_file()
    note = (desk.tree / "turbo-hipster/summary.md").read_text()
    assert note.startswith("<!-- turbo-hipster bad")
    starts = re.findall(r"\x1b\[0Ksection_start:\d+:(\S+?)[\[\r]", log)
    ends = re.findall(r"\x1b\[0Ksection_end:\d+:(\S+)\r", log)
    assert starts == ends
    assert "th_bad_shell_output.log" in starts


def test_a_good_change_leaves_an_empty_report(run, job, desk):
    status, log = run("good")
    assert status == 0, log
    place = desk.tree / job["artifacts"]["reports"]["codequality"]
    assert json.loads(place.read_text()) == []


def test_what_could_not_be_judged_is_tried_again(run, job):
    status, log = run("unsure")
    assert status in job["retry"]["exit_codes"], log
    status, log = run(
        "good", TURBO_HIPSTER_SERVER="127.0.0.1:1", CI_PROJECT_PATH="p",
        CI_SERVER_URL="https://git.example.org", CI_COMMIT_REF_NAME="main",
    )  # fmt: skip
    assert status == 69, log
    assert status in job["retry"]["exit_codes"]


class Notes(http.server.BaseHTTPRequestHandler):
    """The notes of one merge request, two on a page."""

    def do_GET(self):
        asked = parse_qs(urlsplit(self.path).query)
        page = int(asked["page"][0])
        notes = self.server.notes
        body = json.dumps(notes[2 * page - 2 : 2 * page]).encode()
        more = str(page + 1) if len(notes) > 2 * page else ""
        self.answer(body, ("X-Next-Page", more))

    def do_PUT(self):
        size = int(self.headers["Content-Length"])
        body = parse_qs(self.rfile.read(size).decode())["body"][0]
        self.server.written.append((self.command, self.path, body))
        self.answer(b"{}")

    do_POST = do_PUT

    def answer(self, body, *headers):
        given = self.headers["PRIVATE-TOKEN"] == "secret"
        self.send_response(200 if given else 401)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def comment(desk):
    """Run ``comment.sh`` with these notes there; return what it wrote."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Notes)
    server.daemon_threads = False
    server.written = []
    thread = threading.Thread(target=server.serve_forever, name="notes")
    thread.start()
    file = desk.place / "summary.md"
    file.write_text(f"{MARK}\n### bad & 100 %\n")

    def asked(*notes):
        server.notes = [
            {"id": number, "body": body, "author": {"username": author}}
            for number, (author, body) in enumerate(notes, 1)
        ]
        host, port = server.server_address
        done = desk.run(
            ["bash", HERE / "comment.sh", file],
            CI_API_V4_URL=f"http://{host}:{port}/api/v4",
            CI_PROJECT_ID="5",
            CI_MERGE_REQUEST_IID="7",
            GITLAB_TOKEN="secret",
            AUTHOR="bot",
        )
        assert done.returncode == 0, done.stderr
        [(method, path, body)] = server.written
        assert body == file.read_text()
        assert path.startswith("/api/v4/projects/5/merge_requests/7/notes")
        return method, path.rpartition("/")[2]

    yield asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_note_of_before_is_replaced(comment):
    assert comment(
        ("eve", MARK), ("bot", "hello"), ("bot", MARK + "\n### old")
    ) == ("PUT", "3")


def test_the_first_note_is_a_new_one(comment):
    told = comment(("eve", MARK), ("bot", "<!-- turbo-hipster unit -->"))
    assert told == ("POST", "notes")
