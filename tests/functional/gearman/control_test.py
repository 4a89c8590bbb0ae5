"""Cancels are heard on every server, before builds are offered there."""

import threading

import gear
import pytest

from turbo_hipster import exceptions
from turbo_hipster.gearman import admin, client, control


@pytest.fixture
def control_for(settings_for, new_pipe):
    started = []

    def start(*addresses, handlers=None):
        one = control.Control(
            settings_for(*addresses), "worker 1", handlers or {}
        )
        stop = new_pipe()
        thread = threading.Thread(target=one.run, args=(stop.reader,))
        thread.start()
        started.append((thread, stop))
        return one

    yield start
    for thread, stop in started:
        stop.set()
        thread.join(60)
        assert not thread.is_alive()


def ask(settings, function, arguments=b"{}"):
    with client.submit(settings, function, arguments, "ask") as sent:
        return sent.next(timeout=60)


def test_functions_are_answered_at_once(job_server, control_for, settings_for):
    heard = []
    one = control_for(
        job_server.address,
        handlers={
            "stop:m": lambda data: heard.append(data) or b"{}",
            "set_description:m": lambda data: None,
        },
    )
    assert one.wait_registered(60)
    settings = settings_for(job_server.address)
    for _ in range(3):
        event = ask(settings, "stop:m", b'{"name": "unit", "number": "u"}')
        assert (event.kind, event.data) == (client.Kind.COMPLETE, b"{}")
    assert ask(settings, "set_description:m").kind is client.Kind.FAIL
    assert heard == [b'{"name": "unit", "number": "u"}'] * 3


@pytest.mark.parametrize(
    "error",
    [
        ValueError("bad"),
        KeyError("name"),
        exceptions.RefusedInput("no"),
        RecursionError(),
    ],
)
def test_a_handler_that_is_surprised_fails_its_request_only(
    error, geard, control_for, settings_for
):
    def surprised(data):
        raise error

    one = control_for(
        geard.address,
        handlers={"stop:m": surprised, "other:m": lambda data: b""},
    )
    assert one.wait_registered(60)
    settings = settings_for(geard.address)
    assert ask(settings, "stop:m").kind is client.Kind.FAIL
    assert ask(settings, "other:m").kind is client.Kind.COMPLETE


def test_registered_means_that_the_server_has_read_it(
    job_server, proxy_to, control_for, until
):
    proxy = proxy_to(job_server.address)
    proxy.set(hold_up=True)
    one = control_for(proxy.address, handlers={"stop:m": lambda data: b""})
    assert not one.wait_registered(0.2)
    proxy.set(hold_up=False)
    assert one.wait_registered(60)
    rows = admin.queues(job_server.address)
    assert [(q.function, q.workers) for q in rows if q.workers] == [
        ("stop:m", 1)
    ]
    assert proxy.names_up()[:3] == ["SET_CLIENT_ID", "CAN_DO", "GET_STATUS"]


def test_registered_is_taken_back_with_the_session_and_comes_back(
    job_server, proxy_to, control_for, settings_for, until
):
    proxy = proxy_to(job_server.address)
    one = control_for(proxy.address, handlers={"stop:m": lambda data: b"x"})
    assert one.wait_registered(60)
    proxy.set(refuse=True)
    proxy.cut()
    until(lambda: not one.registered(proxy.address))
    until(lambda: one.troubles)
    proxy.set(refuse=False)
    until(lambda: one.registered(proxy.address))
    event = ask(settings_for(job_server.address), "stop:m")
    assert event.kind is client.Kind.COMPLETE


def test_every_server_hears_cancels_and_a_dead_one_holds_up_none(
    geard, gearmand, black_hole, control_for, settings_for, until
):
    one = control_for(
        black_hole,
        geard.address,
        gearmand.address,
        handlers={"stop:m": lambda data: b""},
    )
    for server in (geard.address, gearmand.address):
        until(lambda server=server: one.registered(server))
        event = ask(settings_for(server), "stop:m")
        assert event.kind is client.Kind.COMPLETE
    assert not one.registered(black_hole)


def test_a_build_is_offered_after_its_cancel_and_not_without_it(
    job_server, proxy_to, control_for, source_for, taking, until
):
    mine, theirs = proxy_to(job_server.address), proxy_to(job_server.address)
    mine.set(hold_up=True)
    one = control_for(mine.address, handlers={"stop:m": lambda data: b""})
    source = source_for(
        theirs.address, gate=lambda server: one.registered(mine.address)
    )
    taking(source)
    until(lambda: source.connected)
    assert theirs.names_up() == []
    mine.set(hold_up=False)
    until(lambda: "CAN_DO" in theirs.names_up())


def test_outages_are_told_once_by_the_control_connection(
    geard, control_for, source_for, taking, caplog, until
):
    one = control_for(geard.address, handlers={"stop:m": lambda data: b""})
    assert one.wait_registered(60)
    source = source_for(geard.address)
    taking(source)
    until(lambda: source.connected)
    geard.stop()
    until(lambda: "is lost" in caplog.text)
    geard.start()
    until(lambda: "is back" in caplog.text)
    told = [r.getMessage() for r in caplog.records if r.name.endswith("link")]
    assert sum("is lost" in text for text in told) == 1
    assert sum("is back" in text for text in told) == 1


def test_gears_client_can_cancel(geard, control_for, client_of, until):
    one = control_for(geard.address, handlers={"stop:m": lambda data: b"ok"})
    assert one.wait_registered(60)
    job = gear.Job(b"stop:m", b"{}")
    client_of(geard.address).submitJob(job)
    until(lambda: job.complete)
    assert job.data == [b"ok"]
