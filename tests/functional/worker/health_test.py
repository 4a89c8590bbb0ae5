"""Who asks how a worker is gets a true answer, also while servers go."""

import contextlib
import os
import signal
import socket
import time
from pathlib import Path

from theatre.servers import HOST


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
    """Count the sockets a process listens on; source: proc_net(5)."""
    tcp = Path("/proc/net/tcp").read_text().splitlines()[1:]
    unix = Path("/proc/net/unix").read_text().splitlines()[1:]
    inodes = {row.split()[9] for row in tcp if row.split()[3] == "0A"}
    inodes |= {row.split()[6] for row in unix if row.split()[3] == "00010000"}
    found = 0
    for one in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed just then
            found += os.readlink(one).removeprefix("socket:[")[:-1] in inodes
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


def test_the_socket_is_taken_away_at_the_end(site, gearmand, asked, until):
    worker = site.start(gearmand.address, publish=asked.options)
    until(asked.ready)

    worker.end()

    assert not asked.path.exists()
