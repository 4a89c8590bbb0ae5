"""Servers that stop, restart, hang and lie; no result goes astray."""

import contextlib
import json
import signal
import struct
import threading
import time

import gear
import pytest

from turbo_hipster import exceptions
from turbo_hipster.gearman import admin, client, link


def packet(kind, data=b"", magic=b"\0RES"):
    return struct.pack("!4sII", magic, kind, len(data)) + data


def offers(address, function="build:unit"):
    with contextlib.suppress(exceptions.ServerUnavailable):
        return any(
            q.function == function and q.workers for q in admin.queues(address)
        )
    return False


def test_a_server_that_comes_back_is_served_again(
    job_server, source_for, taking, client_of, submit, until
):
    one = source_for(job_server.address)
    taken = taking(one)
    until(lambda: offers(job_server.address))
    job_server.stop()
    until(lambda: not one.connected)
    job_server.start()
    until(lambda: offers(job_server.address))
    submit(client_of(job_server.address))
    assert taken.result().live


def test_a_server_that_is_not_there_yet_is_tried_at_most_a_second_apart(
    geard, source_for, taking, until
):
    geard.stop()
    one = source_for(geard.address)
    taking(one)
    link = one._order[0]
    until(lambda: link._failures > 6)
    due = link._retry_at - time.monotonic()
    assert due <= 1
    geard.start()
    until(lambda: offers(geard.address))


def test_a_late_result_does_not_reach_the_job_that_inherits_its_handle(
    geard, source_for, taking, client_of, submit, until
):
    one, other = source_for(geard.address), source_for(geard.address)
    first = submit(client_of(geard.address))
    late = taking(one).result()
    geard.stop()
    geard.start()
    until(lambda: one.wait((), 0.01) or one.connected)
    until(lambda: other.wait((), 0.01) or other.connected)
    client = client_of(geard.address)
    second = submit(client)
    assert second.handle == first.handle

    with pytest.raises(exceptions.LostConnection):
        late.complete({"result": "SUCCESS"})

    got = taking(other).result()
    assert got.handle == second.handle.decode()
    got.complete({"result": "FAILURE"})
    until(lambda: second.complete)
    assert client.heard[second.handle] == [
        ("WORK_COMPLETE", b'{"result": "FAILURE"}')
    ]


@pytest.mark.xfail(strict=True, reason="gear sends it into the new session")
def test_gears_worker_sends_a_late_result_to_somebody_elses_job(
    geard, client_of, submit, until, end_gear
):
    worker = gear.Worker("plain")
    try:
        worker.addServer(*geard.address)
        worker.waitForServer()
        worker.registerFunction("build:unit")
        submit(client_of(geard.address))
        late = worker.getJob()
        geard.stop()
        geard.start()
        until(lambda: offers(geard.address))
        second = submit(client_of(geard.address))
        with contextlib.suppress(Exception):
            late.sendWorkComplete(b"{}")
        with pytest.raises(AssertionError):
            until(lambda: second.complete, 1)
    finally:
        end_gear(worker)


def test_gearmand_queues_a_lost_build_again_and_the_late_result_is_refused(
    gearmand, proxy_to, source_for, taking, client_of, submit, until
):
    proxy = proxy_to(gearmand.address)
    one = source_for(proxy.address)
    other = source_for(gearmand.address)
    client = client_of(gearmand.address)
    taken = taking(one)
    theirs = submit(client)
    late = taken.result()

    proxy.cut()

    again = taking(other).result()
    assert again.handle == late.handle
    until(lambda: one.wait((), 0.01) or one.connected)
    with pytest.raises(exceptions.LostConnection):
        late.complete({"result": "SUCCESS"})
    again.complete({"result": "FAILURE"})
    until(lambda: theirs.complete)
    assert client.heard[theirs.handle] == [
        ("WORK_COMPLETE", b'{"result": "FAILURE"}')
    ]


@pytest.mark.parametrize(
    "nonsense",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\0RAS" + bytes(8),
        packet(6)[:7] + b"\xff" + bytes(4),
        struct.pack("!4sII", b"\0RES", 28, 0x7FFFFFFF),
        struct.pack("!4sII", b"\0RES", 28, 0xFFFFFFFF),
        packet(31, b""),
        packet(31, b"H:x:1\0build:unit"),
        packet(31, b"H:x:1\0build:unit\0u\0{}"),
        packet(11, b"H:x:1\0build:unit\0{}"),
        packet(99, b""),
    ],
    ids=[
        "text",
        "magic",
        "type",
        "length",
        "negative length",
        "empty job",
        "short job",
        "unasked job",
        "job without unique id",
        "unknown type",
    ],
)
def test_nonsense_from_a_server_costs_the_connection_and_nothing_else(
    nonsense,
    job_server,
    proxy_to,
    source_for,
    taking,
    client_of,
    submit,
    until,
    caplog,
):
    proxy = proxy_to(job_server.address)
    one = source_for(proxy.address)
    taken = taking(one)
    until(lambda: "PRE_SLEEP" in proxy.names_up())

    proxy.inject(nonsense)

    until(lambda: len(proxy.pairs) == 2)
    until(lambda: "does not speak Gearman" in caplog.text)
    submit(client_of(job_server.address))
    got = taken.result()
    assert got.function == "build:unit"
    assert got.handle != "H:x:1"


@pytest.mark.parametrize(
    "harmless",
    [
        packet(6),
        packet(10),
        packet(17, b"echo"),
        packet(20, b"H:x:1\0000\0000\0000\0000"),
        packet(27, b"exceptions"),
        packet(13, b"H:x:1\0{}", magic=b"\0REQ"),
        packet(19, b"code\0words"),
        packet(19, b""),
    ],
    ids=[
        "noop",
        "no job",
        "echo",
        "status",
        "option",
        "work",
        "error",
        "bare",
    ],
)
def test_what_is_unexpected_and_harmless_changes_nothing(
    harmless,
    geard,
    proxy_to,
    source_for,
    taking,
    client_of,
    submit,
    until,
):
    proxy = proxy_to(geard.address)
    one = source_for(proxy.address)
    taken = taking(one)
    until(lambda: "PRE_SLEEP" in proxy.names_up())
    for _ in range(3):
        proxy.inject(harmless)
    submit(client_of(geard.address))
    assert taken.result().live
    assert len(proxy.pairs) == 1


def test_an_error_packet_in_mid_build_is_logged_and_the_build_lives(
    geard, proxy_to, source_for, taking, client_of, submit, until, caplog
):
    proxy = proxy_to(geard.address)
    one = source_for(proxy.address)
    taken = taking(one)
    theirs = submit(client_of(geard.address))
    got = taken.result()
    proxy.inject(packet(19, b"JOB_NOT_FOUND\0no such job"))
    until(lambda: one.wait((), 0.01) or "JOB_NOT_FOUND" in caplog.text)
    got.complete({})
    until(lambda: theirs.complete)


@pytest.mark.xfail(strict=True, reason="gear drops the connection")
def test_gears_worker_loses_its_connection_to_an_error_packet(
    geard, proxy_to, client_of, submit, until, end_gear
):
    proxy = proxy_to(geard.address)
    worker = gear.Worker("plain")
    try:
        worker.addServer(*proxy.address)
        worker.waitForServer()
        worker.registerFunction("build:unit")
        theirs = submit(client_of(geard.address))
        job = worker.getJob()
        proxy.inject(packet(19, b"JOB_NOT_FOUND\0no such job"))
        until(
            lambda: (
                b"JOB_NOT_FOUND" in bytes(proxy.pairs[0].to_worker)
                or not proxy.pairs[0].to_worker
            )
        )
        with pytest.raises(AssertionError):
            until(lambda: len(proxy.pairs) > 1, 1)
        job.sendWorkComplete(b"{}")
        until(lambda: theirs.complete, 2)
    finally:
        end_gear(worker)


def test_sending_while_the_server_is_away_is_our_own_error(
    geard, source_for, taking, client_of, submit, until
):
    one = source_for(geard.address)
    taken = taking(one)
    submit(client_of(geard.address))
    got = taken.result()
    geard.stop()
    until(lambda: one.wait((), 0.01) or not got.live)
    with pytest.raises(exceptions.LostConnection, match="build:unit"):
        got.data({"a": 1})


@pytest.mark.xfail(
    strict=True, raises=AttributeError, reason="gear forgets the socket"
)
def test_gears_worker_raises_attribute_error_while_the_server_is_away(
    geard, client_of, submit, until, end_gear
):
    worker = gear.Worker("plain")
    try:
        worker.addServer(*geard.address)
        worker.waitForServer()
        worker.registerFunction("build:unit")
        submit(client_of(geard.address))
        job = worker.getJob()
        geard.stop()
        until(lambda: not worker.active_connections)
        until(lambda: job.connection.conn is None)
        with pytest.raises(
            (gear.ConnectionError, gear.NoConnectedServersError)
        ):
            job.sendWorkData(b"{}")
    finally:
        end_gear(worker)


@pytest.mark.timeout(60)
def test_a_job_of_many_megabytes_arrives_in_linear_time(
    gearmand, source_for, taking, settings_for
):
    # gear's reader needs minutes for this one; the time limit is the test
    arguments = bytes(range(256)) * (48 * 2**20 // 256)
    taken = taking(one := source_for(gearmand.address))
    while not offers(gearmand.address):
        pass
    with client.submit(
        settings_for(gearmand.address),
        "build:unit",
        arguments,
        "big",
        timeout=30,
    ) as sent:
        got = taken.result(30)
        assert got.arguments == arguments
        got.complete({})
        one.wait((), 0.05)
        assert sent.next(timeout=60).kind is client.Kind.COMPLETE


def test_a_packet_beyond_the_limit_is_refused_before_it_is_read(
    geard, proxy_to, source_for, taking, until, caplog
):
    proxy = proxy_to(geard.address)
    taking(source_for(proxy.address))
    until(lambda: "PRE_SLEEP" in proxy.names_up())
    proxy.inject(struct.pack("!4sII", b"\0RES", 31, 64 * 2**20 + 1))
    until(lambda: "67108865 bytes" in caplog.text)


FACTS = {"log": "".join(f"{n:07d}" for n in range(1_200_000))}


@pytest.fixture
def disturbed():
    """Hold a proxy and send signals to the main thread, then let it go.

    A signal ends a send that has sent a part.
    """
    threads = []
    old = signal.signal(signal.SIGUSR1, lambda *ignored: None)

    def start(proxy):
        proxy.set(hold_up=True)
        thread = threading.Thread(target=run, args=(proxy,))
        threads.append(thread)
        thread.start()

    def run(proxy):
        pause = threading.Event()
        for _ in range(20):
            pause.wait(0.02)
            signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)
        proxy.set(hold_up=False)

    yield start
    for thread in threads:
        thread.join()
    signal.signal(signal.SIGUSR1, old)


def test_what_a_slow_server_does_not_read_at_once_arrives_unaltered(
    gearmand, proxy_to, source_for, taking, settings_for, until, disturbed
):
    proxy = proxy_to(gearmand.address)
    taken = taking(one := source_for(proxy.address))
    until(lambda: offers(gearmand.address))
    with client.submit(
        settings_for(gearmand.address), "build:unit", {}, "slow"
    ) as sent:
        got = taken.result()
        disturbed(proxy)
        got.data(FACTS)
        got.complete({"result": "SUCCESS"})
        assert one._order[0]._out, "nothing was left to be sent later"
        until(lambda: one.wait((), 0.01) or not one._order[0]._out)
        first, second = sent.next(timeout=60), sent.next(timeout=60)
    assert first.facts() == FACTS
    assert second.facts() == {"result": "SUCCESS"}


@pytest.mark.xfail(strict=True, reason="gear sends from byte 0 again")
def test_gears_worker_garbles_what_is_not_read_at_once(
    gearmand, proxy_to, settings_for, until, disturbed, end_gear
):
    proxy = proxy_to(gearmand.address)
    worker = gear.Worker("plain")
    try:
        worker.addServer(*proxy.address)
        worker.waitForServer()
        worker.registerFunction("build:unit")
        until(lambda: offers(gearmand.address))
        with client.submit(
            settings_for(gearmand.address), "build:unit", {}, "slow"
        ) as sent:
            job = worker.getJob()
            disturbed(proxy)
            job.sendWorkData(json.dumps(FACTS).encode())
            job.sendWorkComplete(b"{}")
            assert sent.next(timeout=5).facts() == FACTS
            assert sent.next(timeout=5).facts() == {}
    finally:
        end_gear(worker)


def test_a_server_that_never_reads_is_given_up(
    geard, proxy_to, source_for, taking, client_of, submit, until, monkeypatch
):
    monkeypatch.setattr(link, "OUT_LIMIT", 2**20)
    proxy = proxy_to(geard.address)
    taken = taking(source_for(proxy.address))
    submit(client_of(geard.address))
    got = taken.result()
    proxy.set(hold_up=True)
    with pytest.raises(exceptions.LostConnection):
        for _ in range(64):
            got.data({"log": "x" * 2**20})
    proxy.set(hold_up=False)
