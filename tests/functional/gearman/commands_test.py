"""submit, status and gearman, as a person or a program calls them."""

import contextlib
import functools
import http.server
import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time

import pytest

from turbo_hipster import exceptions
from turbo_hipster.gearman import admin, control

PROGRAM = [sys.executable, "-m", "turbo_hipster"]
FIRST = {
    "name": "unit",
    "number": "n-1",
    "manager": "m",
    "worker_name": "th01",
    "worker_extra": {},
}


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "turbo-hipster.conf"
    path.write_text(f"[DEFAULT]\nstate_dir = {tmp_path / 'state'}\n")
    return path


@pytest.fixture
def call(config):
    """Start a command; whatever is left of it is ended."""
    started = []

    def start(*words, **more):
        process = subprocess.Popen(
            [*PROGRAM, "--config-file", str(config), *map(str, words)],
            **{
                "stdout": subprocess.PIPE,
                "stderr": subprocess.PIPE,
                "text": True,
                **more,
            },
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


@pytest.fixture
def worker(source_for, settings_for, new_pipe, until):
    """Call it with an address and what to do with a job."""
    started = []

    def start(address, play, functions=("build:unit",)):
        stop, wake, cancelled = new_pipe(), new_pipe(), threading.Event()
        asked = []

        def cancel(arguments):
            asked.append(json.loads(arguments))
            cancelled.set()
            return b"{}"

        answering = control.Control(
            settings_for(address), "w", {"stop:m": cancel}
        )
        source = source_for(address, functions=functions)

        def slot():
            while True:
                job = source.take(wake.reader)
                if job is None:
                    return
                with contextlib.suppress(exceptions.LostConnection):
                    play(job, cancelled)

        threads = [
            threading.Thread(target=answering.run, args=(stop.reader,)),
            threading.Thread(target=slot),
        ]
        for thread in threads:
            thread.start()
        started.append((threads, stop, wake, cancelled))
        until(
            lambda: (
                {*functions, "stop:m"}
                <= {q.function for q in admin.queues(address) if q.workers}
            )
        )
        return asked

    yield start
    for threads, stop, wake, cancelled in started:
        cancelled.set()
        stop.set()
        wake.set()
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive()


def at(server):
    return ("--server", f"{server.address[0]}:{server.address[1]}")


def says(result, url=""):
    """A build that ends with ``result``, or without one."""

    def play(job, cancelled):
        job.data(FIRST)
        job.status(0, 2)
        job.data({**FIRST, "worker_extra": {"step": "run \x1b[31mit"}})
        job.status(1, 2)
        last = dict(FIRST, url=url) if url else dict(FIRST)
        if result:
            last["result"] = result
        job.data(last)
        if result == "SUCCESS":
            job.complete(last)
        else:
            job.fail()

    return play


@pytest.mark.parametrize(
    ("result", "word", "status"),
    [
        ("SUCCESS", "SUCCESS", 0),
        ("FAILURE", "FAILURE", 1),
        ("FAILURE - two tests failed", "FAILURE", 1),
        ("ERROR - ZUUL_PROJECT has ..", "ERROR", 2),
        ("POST_FAILURE - disk full", "POST_FAILURE", 3),
        ("TIMED_OUT - after 3600 s", "TIMED_OUT", 124),
        ("UNSTABLE", "UNSTABLE", 1),
        ("", "NO_RESULT", 75),
    ],
)
def test_the_exit_status_tells_the_verdict(
    result, word, status, geard, worker, call
):
    worker(geard.address, says(result))
    process = call("submit", "unit", *at(geard))
    out, err = process.communicate(timeout=60)
    assert process.returncode == status
    assert out.startswith(word)
    sentence = result.partition(" - ")[2]
    assert sentence in out
    assert "taken by th01 as n-1" in err
    assert "step 1/2: run ?[31mit" in err
    assert "\x1b" not in out + err


def test_only_the_last_data_decides(geard, worker, call):
    def play(job, cancelled):
        job.data({**FIRST, "result": "SUCCESS", "url": "http://x/"})
        job.data(FIRST)
        job.fail()

    worker(geard.address, play)
    process = call("submit", "unit", *at(geard), "-f", "json")
    out, _ = process.communicate(timeout=60)
    told = json.loads(out)
    assert (told["verdict"], told["url"]) == ("NO_RESULT", None)
    assert process.returncode == 75


def test_a_log_that_is_a_pipe_is_not_waited_for(tmp_path, geard, worker, call):
    os.mkfifo(tmp_path / "shell_output.log")
    worker(geard.address, says("SUCCESS", f"{tmp_path.as_uri()}/"))
    process = call("submit", "unit", *at(geard))
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "|" not in out


def test_programs_get_one_object(gearmand, worker, call):
    worker(gearmand.address, says("FAILURE - no", "ftp://x/"))
    process = call("submit", "unit", *at(gearmand), "-f", "json")
    out, _ = process.communicate(timeout=60)
    told = json.loads(out)
    assert told["verdict"] == "FAILURE"
    assert told["sentence"] == "no"
    assert told["result"] == "FAILURE - no"
    assert told["url"] == "ftp://x/"
    assert told["worker"] == "th01"
    assert told["log_tail"] == []
    assert told["exit_status"] == process.returncode == 1


def test_the_parameters_arrive_the_last_word_wins(
    geard, worker, call, tmp_path
):
    seen = []

    def play(job, cancelled):
        seen.append((job.function, job.unique, json.loads(job.arguments)))
        says("SUCCESS")(job, cancelled)

    worker(geard.address, play, functions=("build:unit:big",))
    (tmp_path / "p.json").write_text('{"A": "file", "B": "ü", "C": "c"}')
    process = call(
        *("submit", "unit:big", *at(geard)),
        *("--params-file", tmp_path / "p.json", "--param", "A=x=y"),
        *("--project", "shop", "--ref", "refs/heads/fix"),
        *("--url", "https://git.example.org", "--branch", "main"),
    )
    process.communicate(timeout=60)
    ((function, unique, arguments),) = seen
    assert function == "build:unit:big"
    assert arguments.pop("ZUUL_UUID") == unique
    assert len(unique) == 32
    assert arguments == {
        "A": "x=y",
        "B": "ü",
        "C": "c",
        "ZUUL_PROJECT": "shop",
        "ZUUL_REF": "refs/heads/fix",
        "ZUUL_URL": "https://git.example.org",
        "ZUUL_BRANCH": "main",
    }


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("--param", "x"), "NAME=VALUE"),
        (("--params-file", "/no/such"), "/no/such"),
        (("--params-file", "/dev/null"), "/dev/null"),
        (("--server", "a:b:c"), "HOST:PORT"),
    ],
)
def test_what_cannot_be_submitted_is_said(words, text, call):
    process = call("submit", "unit", *words)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert text in err
    assert "Traceback" not in err


def test_no_server_and_no_worker_are_69(geard, call):
    process = call("submit", "unit", *at(geard))
    _, err = process.communicate(timeout=60)
    assert (process.returncode, "build:unit" in err) == (69, True)
    process = call("submit", "unit", "--server", "127.0.0.1:1")
    _, err = process.communicate(timeout=60)
    assert (process.returncode, "127.0.0.1:1" in err) == (69, True)


def until_said(stream, text):
    for line in stream:
        if text in line:
            return
    raise AssertionError(f"nobody said {text!r}")


def test_a_lost_server_is_75(geard, proxy_to, worker, call):
    def play(job, cancelled):
        job.data(FIRST)
        cancelled.wait(60)
        job.fail()

    worker(geard.address, play)
    proxy = proxy_to(geard.address)
    process = call("submit", "unit", *at(proxy))
    until_said(process.stderr, "taken by")
    proxy.cut()
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 75
    assert "the Gearman server was lost" in out


def test_an_interrupt_cancels_and_waits_for_the_end(job_server, worker, call):
    def play(job, cancelled):
        job.data(FIRST)
        cancelled.wait(60)
        job.data({**FIRST, "url": "http://127.0.0.1:1/partial/"})
        job.fail()

    asked = worker(job_server.address, play)
    process = call("submit", "unit", *at(job_server))
    until_said(process.stderr, "taken by")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert asked == [{"name": "unit", "number": "n-1"}]
    assert process.returncode == 130
    assert out.startswith("CANCELLED")
    assert "http://127.0.0.1:1/partial/" in out
    assert "Traceback" not in err


def test_a_build_that_was_faster_than_the_cancel_keeps_its_verdict(
    geard, worker, call
):
    def play(job, cancelled):
        job.data(FIRST)
        cancelled.wait(60)
        job.complete({**FIRST, "result": "SUCCESS"})

    worker(geard.address, play)
    process = call("submit", "unit", *at(geard))
    until_said(process.stderr, "taken by")
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out.startswith("SUCCESS")


def test_a_second_interrupt_leaves_at_once(geard, worker, call):
    go_on = threading.Event()

    def play(job, cancelled):
        job.data(FIRST)
        go_on.wait(60)
        job.fail()

    asked = worker(geard.address, play)
    process = call("submit", "unit", *at(geard))
    until_said(process.stderr, "taken by")
    process.send_signal(signal.SIGINT)
    until_said(process.stderr, "cancelling")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert len(asked) <= 1
    go_on.set()


def test_an_interrupt_takes_back_what_nobody_has_begun(
    job_server, worker, call, until
):
    go_on = threading.Event()

    def play(job, cancelled):
        job.data(FIRST)
        go_on.wait(60)
        job.fail()

    worker(job_server.address, play)
    first = call("submit", "unit", *at(job_server))
    until_said(first.stderr, "taken by")
    second = call("submit", "unit", *at(job_server))
    until_said(second.stderr, "waiting")
    second.send_signal(signal.SIGINT)
    second.communicate(timeout=60)
    assert second.returncode == 130

    def waiting():
        rows = admin.queues(job_server.address)
        return sum(q.total - q.running for q in rows)

    if job_server.kind == "geard":
        until(lambda: waiting() == 0)
    go_on.set()
    first.communicate(timeout=60)


def test_a_terminal_gets_one_line_that_is_rewritten(geard, worker, call):
    worker(geard.address, says("SUCCESS"))
    leader, follower = pty.openpty()
    try:
        process = call("submit", "unit", *at(geard), stderr=follower)
        out, _ = process.communicate(timeout=60)
        os.set_blocking(leader, False)
        shown = os.read(leader, 65536)
    finally:
        os.close(leader)
        os.close(follower)
    assert out.startswith("SUCCESS")
    assert b"\r\x1b[K" in shown
    assert b"step 1/2" in shown


@pytest.fixture
def site(tmp_path):
    """A web server over a folder with a log."""
    folder = tmp_path / "logs" / "build 1"
    folder.mkdir(parents=True)
    lines = [f"line {n} \x1b]0;evil\x07" for n in range(50_000)]
    (folder / "shell_output.log").write_text("\n".join(lines) + "\n")
    (folder / "task_output.log").write_text("other\n")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *ignored):
            pass

    handler = functools.partial(Quiet, directory=tmp_path / "logs")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}/build%201/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("way", ["http", "file", "page"])
def test_the_end_of_the_published_log_is_shown(way, site, geard, worker, call):
    folder, url = site
    url = {
        "http": url,
        "file": folder.as_uri() + "/",
        "page": f"{url}index.html",
    }[way]
    worker(geard.address, says("FAILURE - no", url))
    process = call("submit", "unit", *at(geard), "--tail", "2")
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"report: {url}" in out
    assert out.endswith("  | line 49998 ?]0;evil?\n  | line 49999 ?]0;evil?\n")


def test_status_shows_slots_queues_and_workers(
    job_server, worker, call, tmp_path, until
):
    worker(job_server.address, says("SUCCESS"))
    folder = tmp_path / "state" / "workers"
    folder.mkdir(parents=True)
    said = {
        "worker": "th01",
        "manager": "m",
        "pid": os.getpid(),
        "started": time.time(),
        "containment": "cgroup",
        "servers": [],
        "slots": [
            {"slot": 1, "state": "idle"},
            {
                "slot": 2,
                "state": "busy",
                "job": "unit",
                "build": "b1",
                "step": "run",
                "since": time.time() - 3700,
            },
        ],
    }
    (folder / "m.json").write_text(json.dumps(said))
    (folder / "old.json").write_text(json.dumps({**said, "started": 1.0}))
    (folder / "half.json").write_text("{")

    process = call("status", *at(job_server), "-f", "json")
    out, _ = process.communicate(timeout=60)
    told = json.loads(out)
    assert process.returncode == 0
    assert [w["gone"] for w in told["workers_here"]] == [False, True]
    (answer,) = told["servers"]
    assert answer["error"] is None
    row = {"function": "build:unit", "total": 0, "running": 0, "workers": 1}
    assert row in answer["queues"]
    assert "worker-1" in [w["client_id"] for w in answer["workers"]]

    process = call("status", *at(job_server))
    out, _ = process.communicate(timeout=60)
    shown = [" ".join(line.split()) for line in out.splitlines()]
    assert "1 idle" in shown
    assert any(line.startswith("2 busy unit b1 run 1:01:4") for line in shown)
    assert "build:unit 0 0 1" in shown
    assert "gone without a word" in out


def test_status_without_any_server_is_69_and_says_why(call):
    process = call("status", "--server", "127.0.0.1:1", "--timeout", "2")
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 69
    assert "127.0.0.1:1" in out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_gearman_serves_until_it_is_told_to_stop(number, call):
    process = call("gearman", "--port", "0")
    for line in process.stdout:
        if "servers = " in line:
            host, _, port = line.split("=")[1].strip().partition(":")
            break
    assert admin.queues((host, int(port))) == []
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    with pytest.raises(exceptions.ServerUnavailable):
        admin.queues((host, int(port)))


def test_gearman_says_when_the_port_is_taken(geard, call):
    process = call("gearman", "--port", geard.address[1])
    _, err = process.communicate(timeout=60)
    assert process.returncode == 69
    assert "already" in err
    assert "Traceback" not in err
