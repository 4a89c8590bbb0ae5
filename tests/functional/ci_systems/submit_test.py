"""What a worker judged is shown where it was asked for."""

import functools
import http.server
import json
import os
import subprocess
import sys
import threading

import pytest

pytestmark = pytest.mark.functional

SCRIPT = """\
echo '::set-output name=x::y'
echo 'ERROR: it broke'
cat > "$TH_RESULT_JSON" <<'END'
{"findings": [{"id": "TH-BAD", "message": "It is bad",
               "where": {"file": "shop/cart.py", "line": "12"}}]}
END
"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def web(tmp_path):
    """Serve what is published; ``stop`` is the end of it."""
    folder = tmp_path / "published"
    folder.mkdir()
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=folder)
    )
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, name="web")
    thread.start()
    server.url = "http://{}:{}/".format(*server.server_address)

    def stop():
        if thread.is_alive():
            server.shutdown()
            thread.join()
            server.server_close()

    server.stop = stop
    yield server
    stop()


@pytest.fixture
def submit(site, geard, web, tmp_path):
    """Have a worker of ours do the script; call it with more words."""
    (tmp_path / "bad.sh").write_text(SCRIPT)
    site.start(
        geard.address,
        jobs={"unit": f"checkout = none\ncommand = sh {tmp_path}/bad.sh\n"},
        publish=f"url = {web.url}\n",
    )

    def submitted(*words, **environment):
        done = subprocess.run(
            [sys.executable, "-m", "turbo_hipster", "--config-file",
             site.conf, "submit", "unit", *words],
            cwd=tmp_path, capture_output=True, timeout=120,
            env={**os.environ, **environment},
        )  # fmt: skip
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    return submitted


def test_github_shows_what_the_worker_published(submit, tmp_path, web):
    summary = tmp_path / "summary.md"
    status, said, told = submit(
        GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary)
    )
    assert status == 1, said + told
    first, *_, last = said.splitlines()
    assert first.startswith("::stop-commands::")
    assert last == (
        "::error file=shop/cart.py,line=12,title=TH-BAD::It is bad"
    )
    text = summary.read_text()
    assert f"[The whole report](<{web.url}unit/" in text
    assert "ERROR: it broke" in text
    assert "`TH-BAD`" in text


def test_zuul_is_given_links_to_where_the_worker_published(
    submit, tmp_path, web
):
    status, said, told = submit("--render", "zuul", "-f", "json")
    assert status == 1, said + told
    assert json.loads(said)["verdict"] == "FAILURE"
    data = json.loads((tmp_path / "zuul_return.json").read_text())["zuul"]
    assert data["artifacts"][0]["url"].startswith(f"{web.url}unit/")
    assert list(data["file_comments"]) == ["shop/cart.py"]


def test_a_report_that_cannot_be_read_leaves_the_verdict(submit, web):
    web.stop()
    status, said, told = submit("--render", "github_annotations")
    assert status == 1, said + told
    last = said.splitlines()[-1]
    assert last.startswith("::error title=turbo-hipster::unit: FAILURE: ")
