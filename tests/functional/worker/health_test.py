"""Who asks how a worker is gets a true answer, also while servers go."""

import contextlib
import http.client
import json
import os
import signal
import socket
import time
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from theatre.servers import HOST, free_port

DO = {"unit": 'checkout = none\ncommand = eval "$DO"\nkill_grace = 1\n'}
HASTY = {"hasty": DO["unit"] + "timeout = 0.4\n"}


class Asked:
    """The health of one worker, at a port or a socket."""

    def __init__(self, port):
        self.port = port
        self.options = f"[health]\nlisten = {port}\n"

    def get(self, path):
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def ready(self):
        return self.get("/health/ready")[0] == 200

    def status(self):
        return json.loads(self.get("/health/status")[1])

    def numbers(self):
        status, text = self.get("/metrics")
        assert status == 200
        return {
            (sample.name.removeprefix("turbo_hipster_"), *sorted(
                sample.labels.items()
            )): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }  # fmt: skip

    def count(self, name, **labels):
        return self.numbers().get((name, *sorted(labels.items())), 0)


@pytest.fixture
def asked():
    return Asked(free_port())


def unit(**more):
    return {"job_name": "unit", "function": "build:unit", **more}


def test_ready_follows_the_server(site, gearmand, asked, until):
    site.start(gearmand.address, publish=asked.options)
    until(asked.ready)

    gearmand.stop()
    until(lambda: not asked.ready())
    status, why = asked.get("/health/ready")
    assert status == 503
    assert "no connection to any Gearman server" in why
    assert asked.get("/health/live") == (200, "ok\n")

    gearmand.start()
    until(asked.ready)
    name = f"{HOST}:{gearmand.address[1]}"
    assert asked.count("reconnects_total", server=name) >= 1
    assert asked.count("server_connected", server=name) == 1


def test_one_of_two_servers_is_enough(site, server_of, asked, until):
    up, down = server_of("gearmand"), server_of("gearmand")
    site.start(up.address, down.address, publish=asked.options)
    until(asked.ready)

    down.stop()

    gone = f"{HOST}:{down.address[1]}"
    until(lambda: asked.count("server_connected", server=gone) == 0)
    assert asked.ready()


def test_every_end_of_a_build_is_counted(
    site, gearmand, zuul_of, asked, until
):
    site.start(gearmand.address, jobs={**DO, **HASTY}, publish=asked.options)
    zuul = zuul_of(gearmand.address)
    for do, count in (("true", 3), ("exit 1", 2), ("exit 75", 1)):
        for _ in range(count):
            zuul.launch(parameters={"DO": do}).wait()
    zuul.launch("build:hasty", {"DO": "sleep 600"}).wait()
    refused = {"DO": "true", "LOG_PATH": "../up"}
    zuul.launch(parameters=refused).wait()

    until(
        lambda: asked.count(
            "builds_total", job_name="hasty", function="build:hasty",
            verdict="TIMED_OUT",
        ) == 1
    )  # fmt: skip
    until(lambda: asked.count("builds_total", **unit(verdict="ERROR")) == 1)
    assert asked.count("builds_total", **unit(verdict="SUCCESS")) == 3
    assert asked.count("builds_total", **unit(verdict="FAILURE")) == 2
    assert asked.count("builds_started_total", **unit()) == 6
    assert asked.count("refused_total", **unit()) == 1
    assert asked.count("unpublished_total", **unit()) == 0
    assert asked.count("published_bytes_total", **unit()) > 6 * 1000
    assert asked.count(
        "kills_total", job_name="hasty", function="build:hasty",
        reason="time_limit",
    ) == 1  # fmt: skip
    for phase in ("setup", "run", "publish"):
        name = "build_phase_seconds_count"
        assert asked.count(name, **unit(phase=phase)) == 6
    assert asked.count("slots") == 2
    until(lambda: asked.count("slots_busy") == 0)
    assert asked.count("state_dir_free_bytes") > 0


def test_a_cancel_is_a_kill(site, gearmand, zuul_of, script, asked, until):
    site.start(gearmand.address, publish=asked.options)
    zuul = zuul_of(gearmand.address)
    told = zuul.launch(parameters=script.waiting())
    script.begun()

    assert zuul.cancel(told)
    told.wait()

    until(lambda: asked.count("kills_total", **unit(reason="cancel")) == 1)
    until(lambda: asked.count("builds_total", **unit(verdict="ABORTED")) == 1)


def test_status_shows_what_runs(site, gearmand, zuul_of, script, asked, until):
    worker = site.start(gearmand.address, publish=asked.options)
    told = zuul_of(gearmand.address).launch(parameters=script.waiting())
    script.begun()

    (build,) = until(lambda: asked.status()["builds"])
    assert build["job"] == "unit"
    until(lambda: asked.status()["builds"][0]["phase"] == "run")
    assert build["elapsed"] >= 0
    assert asked.status()["plugins"].keys() == {"unit"}
    assert asked.status()["pid"] == worker.pid
    assert asked.count("slots_busy") == 1

    script.go()
    told.wait()
    until(lambda: asked.status()["builds"] == [])


def test_a_worker_that_drains_is_alive_and_not_ready(
    site, gearmand, zuul_of, script, asked, until
):
    worker = site.start(gearmand.address, publish=asked.options)
    told = zuul_of(gearmand.address).launch(parameters=script.waiting())
    script.begun()

    worker.send(signal.SIGTERM)

    until(lambda: not asked.ready())
    assert "drains" in asked.get("/health/ready")[1]
    assert asked.get("/health/live")[0] == 200
    assert asked.status()["draining"] is True
    assert asked.count("draining") == 1
    script.go()
    assert told.wait().conclusion == "SUCCESS"
    assert worker.ended() == 0


def test_a_reload_keeps_the_numbers_and_stays_ready(
    site, gearmand, zuul_of, asked, until
):
    worker = site.start(gearmand.address, publish=asked.options)
    zuul = zuul_of(gearmand.address)
    zuul.launch(parameters={"DO": "true"}).wait()
    until(lambda: asked.count("builds_total", **unit(verdict="SUCCESS")) == 1)

    site.write(gearmand.address, slots=3, publish="[health]\nlisten = 1\n")
    worker.send(signal.SIGHUP)

    worker.logged("health changes when the worker is restarted")
    until(lambda: asked.count("slots") == 3)
    until(asked.ready)
    assert asked.count("builds_total", **unit(verdict="SUCCESS")) == 1


def test_two_workers_tell_of_themselves_alone(
    site, gearmand, zuul_of, script, until
):
    first, second = Asked(free_port()), Asked(free_port())
    site.start(gearmand.address, slots=1, publish=first.options)
    until(first.ready)
    site.write(gearmand.address, slots=1, publish=second.options)
    site.run()
    until(lambda: "ready for jobs" in site.workers[1].log)
    until(second.ready)
    told = zuul_of(gearmand.address).launch(parameters=script.waiting())
    script.begun()

    def busy():
        return [one.count("slots_busy") for one in (first, second)]

    until(lambda: sorted(busy()) == [0, 1])
    script.go()
    told.wait()
    until(lambda: busy() == [0, 0])


def test_a_port_that_is_taken_is_an_error_that_says_so(site, gearmand):
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        site.write(gearmand.address, publish=f"[health]\nlisten = {port}\n")
        worker = site.run()
        assert worker.ended() == 2
    assert f"[health] listen = {HOST}:{port}: it cannot be had" in worker.log


def test_without_the_option_nobody_listens(site, gearmand):
    worker = site.start(gearmand.address)

    assert not listening(worker.pid)


def test_with_the_option_one_socket_listens(site, gearmand, asked):
    worker = site.start(gearmand.address, publish=asked.options)

    assert listening(worker.pid) == 1


def listening(pid):
    """Count the TCP sockets a process listens on; source: proc_net(5)."""
    table = Path("/proc/net/tcp").read_text().splitlines()[1:]
    rows = [row.split() for row in table]
    inodes = {f"socket:[{row[9]}]" for row in rows if row[3] == "0A"}
    held = Path(f"/proc/{pid}/fd")
    found = 0
    for one in held.iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed just then
            found += os.readlink(one) in inodes
    return found


def test_a_slot_shows_its_pulse_at_each_turn(
    site, gearmand, zuul_of, asked, until
):
    """Each build turns both loops: the call for a job wakes every slot."""
    site.start(gearmand.address, publish=asked.options)
    until(asked.ready)
    zuul = zuul_of(gearmand.address)
    loops = {"slot-1", "slot-2"}

    def oldest():
        return max(asked.status()["loops"][name] for name in loops)

    def turned_since(launched):
        zuul.launch(parameters={"DO": "true"}).wait()
        now = time.monotonic()
        return oldest() < now - launched

    launched = time.monotonic()
    until(lambda: turned_since(launched))


def test_a_unix_socket_serves_and_is_taken_away(site, gearmand, until):
    path = site.folder / "health.sock"
    worker = site.start(
        gearmand.address, publish=f"[health]\nlisten = {path}\n"
    )

    def answered():
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            connection.sendall(b"GET /health/ready HTTP/1.1\r\n\r\n")
            return connection.recv(65536).startswith(b"HTTP/1.1 200 ")

    until(answered)
    assert worker.end() in (0, -signal.SIGQUIT)
    assert not path.exists()
