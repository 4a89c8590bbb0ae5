"""What a server knows can be asked, and an answer is for its question."""

import contextlib
import socket
import threading
from pathlib import Path

import gear
import pytest

from turbo_hipster import exceptions
from turbo_hipster.gearman import admin, server


def test_queues_and_workers_are_rows(
    job_server, source_for, taking, client_of, submit, until
):
    one = source_for(
        job_server.address, functions=("build:unit", "build:unit:big")
    )
    taken = taking(one)
    until(lambda: len(admin.queues(job_server.address)) == 2)
    client = client_of(job_server.address)
    submit(client)
    taken.result()
    submit(client)

    assert admin.queues(job_server.address) == [
        admin.Queue("build:unit", 2, 1, 1),
        admin.Queue("build:unit:big", 0, 0, 1),
    ]
    (row,) = admin.workers(job_server.address)
    assert row.client_id == "worker-1"
    assert row.address == "127.0.0.1"
    assert set(row.functions) == {"build:unit", "build:unit:big"}


def test_a_late_answer_is_not_taken_for_another(
    geard, proxy_to, source_for, taking, until
):
    one = source_for(geard.address)
    taking(one)
    until(lambda: admin.queues(geard.address))
    proxy = proxy_to(geard.address)
    proxy.set(hold_down=True)
    with pytest.raises(
        exceptions.ServerUnavailable, match="no answer within 0.2 seconds"
    ):
        admin.queues(proxy.address, timeout=0.2)
    proxy.set(hold_down=False)
    assert admin.workers(proxy.address)[0].client_id == "worker-1"


@pytest.mark.xfail(
    strict=True,
    raises=gear.TimeoutError,
    reason="the question before, which geard never answers, gets the answer",
)
def test_gear_takes_an_answer_for_another_questions(geard, end_gear):
    client = gear.Client()
    try:
        client.addServer(*geard.address)
        client.waitForServer()
        (connection,) = client.active_connections
        with contextlib.suppress(gear.TimeoutError):
            connection.sendAdminRequest(gear.VersionAdminRequest(), 0.2)
        connection.sendAdminRequest(gear.StatusAdminRequest(), timeout=1)
    finally:
        end_gear(client)


@pytest.mark.xfail(strict=True, raises=gear.TimeoutError, reason="inverted")
def test_gears_echo_says_that_a_healthy_server_is_dead(gearmand, end_gear):
    client = gear.Client()
    try:
        client.addServer(*gearmand.address)
        client.waitForServer()
        client.active_connections[0].echo(b"there?", timeout=1)
    finally:
        end_gear(client)


@pytest.mark.parametrize("address", [("127.0.0.1", 1), ("no.such.host.", 4)])
def test_a_server_that_is_not_there_is_told(address):
    with pytest.raises(exceptions.ServerUnavailable, match=address[0]):
        admin.queues(address, timeout=5)


def test_an_embedded_server_serves_and_leaves_nothing():
    with server.EmbeddedServer() as one:
        assert admin.queues(one.address) == []
        with socket.create_connection(one.address):
            pass
    with pytest.raises(exceptions.ServerUnavailable):
        admin.queues(one.address)
    one.stop()


def test_an_embedded_server_says_when_its_port_is_taken():
    with (
        server.EmbeddedServer() as one,
        pytest.raises(exceptions.ServerUnavailable, match="already"),
    ):
        server.EmbeddedServer(one.address[1])


def test_an_embedded_server_is_on_the_loopback_interface_only():
    with server.EmbeddedServer() as one:
        listeners = []
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            host, port = local.split(":")
            if state == "0A" and int(port, 16) == one.address[1]:
                listeners.append(host)
    assert listeners == ["0100007F"]


def test_names_are_looked_up_beside_the_loop(geard, source_for, taking, until):
    one = source_for(("localhost", geard.address[1]))
    taking(one)
    until(lambda: one.connected)
    assert not [t for t in threading.enumerate() if "lookup" in t.name]
