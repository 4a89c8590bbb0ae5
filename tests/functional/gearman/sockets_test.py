"""What the kernel says of our connections; and a foreign command line."""

import contextlib
import os
import shutil
import socket
import stat
import subprocess
import threading

import gear
import pytest


def sockets_to(address):
    """Look at this process's own descriptors, whoever opened them."""
    for name in os.listdir("/proc/self/fd"):
        try:
            fd = os.dup(int(name))
        except OSError:
            continue
        if not stat.S_ISSOCK(os.fstat(fd).st_mode):
            os.close(fd)
            continue
        with socket.socket(fileno=fd) as found:
            try:
                if found.getpeername() == address:
                    yield found
            except OSError:
                continue


def option(address, level, name):
    return [s.getsockopt(level, name) for s in sockets_to(address)]


def test_a_connection_has_no_delay_and_signs_of_life(
    gearmand, source_for, taking, until
):
    one = source_for(gearmand.address)
    taking(one)
    until(lambda: one.connected)
    for level, name, wanted in (
        (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
        (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 30),
        (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10),
        (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
        (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 30000),
    ):
        assert option(gearmand.address, level, name) == [wanted]


@pytest.mark.xfail(strict=True, reason="gear leaves Nagle's delay on")
def test_gears_connection_has_no_delay(gearmand, end_gear):
    worker = gear.Worker("plain")
    try:
        worker.addServer(*gearmand.address)
        worker.waitForServer()
        found = option(
            gearmand.address, socket.IPPROTO_TCP, socket.TCP_NODELAY
        )
        assert found == [1]
    finally:
        end_gear(worker)


def test_a_source_has_no_threads(geard, source_for, until):
    before = threading.active_count()
    one = source_for(geard.address)
    until(lambda: one.wait((), 0.01) or one.connected)
    assert threading.active_count() == before


@pytest.mark.xfail(strict=True, reason="two threads for each object")
def test_gears_worker_has_no_threads(end_gear):
    before = threading.active_count()
    worker = gear.Worker("plain")
    try:
        assert threading.active_count() == before
    finally:
        end_gear(worker)


@pytest.mark.xfail(strict=True, reason="it asks all servers at once")
def test_gears_worker_asks_one_server_at_a_time(
    geard, second_geard, proxy_to, until, end_gear
):
    proxies = [proxy_to(geard.address), proxy_to(second_geard.address)]
    worker = gear.Worker("plain")
    try:
        for proxy in proxies:
            worker.addServer(*proxy.address)
        until(lambda: len(worker.active_connections) == 2)
        worker.registerFunction("build:unit")
        for proxy in proxies:
            proxy.set(hold_down=True)
        thread = threading.Thread(target=take, args=(worker,))
        thread.start()
        until(lambda: any("GRAB_JOB_UNIQ" in p.names_up() for p in proxies))
        with pytest.raises(AssertionError):
            until(
                lambda: all("GRAB_JOB_UNIQ" in p.names_up() for p in proxies),
                1,
            )
    finally:
        worker.stopWaitingForJobs()
        thread.join()
        end_gear(worker)


def take(worker):
    with contextlib.suppress(gear.InterruptedError):
        worker.getJob()


def test_the_gearman_command_is_served(
    job_server, source_for, taking, client_of, until
):
    one = source_for(job_server.address, functions=("build:unit",))
    taken = taking(one)
    until(lambda: one.connected)
    host, port = job_server.address
    process = subprocess.Popen(
        [
            shutil.which("gearman") or "/usr/bin/gearman",
            *("-h", host, "-p", str(port)),
            *("-f", "build:unit", "-u", "from-cli", '{"A": "1"}'),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        got = taken.result()
        assert (got.unique, got.arguments) == ("from-cli", b'{"A": "1"}')
        got.data({"name": "unit"})
        got.status(1, 2)
        got.complete({"result": "SUCCESS"})
        out, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert out.startswith(b'{"name": "unit"}')
    assert b'{"result": "SUCCESS"}' in out
    assert b"50% Complete" in out
    assert process.returncode == 0


def test_the_gearman_command_hears_a_failure(
    gearmand, source_for, taking, until
):
    one = source_for(gearmand.address)
    taken = taking(one)
    until(lambda: one.connected)
    host, port = gearmand.address
    process = subprocess.Popen(
        [
            shutil.which("gearman") or "/usr/bin/gearman",
            *("-h", host, "-p", str(port)),
            *("-f", "build:unit", "x"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        taken.result().fail()
        one.wait((), 0.01)
        process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode != 0
