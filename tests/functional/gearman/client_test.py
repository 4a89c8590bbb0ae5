"""A job is submitted to whoever has a worker for it, and is followed."""

import gear
import pytest

from turbo_hipster import exceptions
from turbo_hipster.gearman import admin, client, packets

Kind = client.Kind


@pytest.fixture
def submit_to(settings_for):
    made = []

    def do(*addresses, function="build:unit", arguments=None, **more):
        one = client.submit(
            settings_for(*addresses), function, arguments or {}, "u-1", **more
        )
        made.append(one)
        return one

    yield do
    for one in made:
        one.close()


@pytest.fixture
def worker_at(until, end_gear):
    """A foreign worker: gear's own."""
    made = []

    def make(address, function="build:unit"):
        worker = gear.Worker("foreign")
        made.append(worker)
        worker.addServer(*address)
        worker.waitForServer()
        worker.registerFunction(function)
        until(
            lambda: any(
                q.function == function and q.workers
                for q in admin.queues(address)
            )
        )
        return worker

    yield make
    for worker in made:
        end_gear(worker)


def test_a_submission_hears_all_that_a_foreign_worker_says(
    job_server, worker_at, submit_to
):
    worker = worker_at(job_server.address)
    sent = submit_to(job_server.address, arguments={"A": "ü"})
    job = worker.getJob()
    assert job.arguments == b'{"A": "\\u00fc"}'
    assert job.unique == b"u-1"
    job.sendWorkData(b'{"name": "unit"}')
    job.sendWorkStatus(1, 4)
    job.sendWorkWarning(b"careful")
    job.sendWorkComplete(b'{"result": "SUCCESS"}')
    events = [sent.next(timeout=60) for _ in range(4)]
    assert events == [
        client.Event(Kind.DATA, b'{"name": "unit"}'),
        client.Event(Kind.STATUS, done=1, total=4),
        client.Event(Kind.WARNING, b"careful"),
        client.Event(Kind.COMPLETE, b'{"result": "SUCCESS"}'),
    ]
    assert events[0].facts() == {"name": "unit"}
    assert sent.ended
    assert sent.next() is None
    assert sent.handle.encode() == job.handle


def test_a_failure_is_heard(job_server, worker_at, submit_to):
    worker = worker_at(job_server.address)
    sent = submit_to(job_server.address)
    worker.getJob().sendWorkFail()
    assert sent.next(timeout=60) == client.Event(Kind.FAIL)


def test_an_exception_is_heard(geard, worker_at, submit_to):
    worker = worker_at(geard.address)
    sent = submit_to(geard.address)
    worker.getJob().sendWorkException(b"oops")
    assert sent.next(timeout=60) == client.Event(Kind.EXCEPTION, b"oops")


def test_waiting_ends_when_the_caller_is_woken(
    geard, worker_at, submit_to, wake
):
    worker_at(geard.address)
    sent = submit_to(geard.address)
    assert sent.next(timeout=0.01) is None
    wake.set()
    assert sent.next((wake.reader,)) is None
    assert not sent.ended


def test_a_lost_server_is_an_event(geard, worker_at, submit_to, proxy_to):
    worker_at(geard.address)
    proxy = proxy_to(geard.address)
    sent = submit_to(proxy.address)
    proxy.cut()
    event = sent.next(timeout=60)
    assert event.kind is Kind.LOST
    assert event.data
    assert sent.next(timeout=0) is None


def test_the_first_server_with_a_worker_is_used(
    geard, second_geard, worker_at, submit_to
):
    worker_at(second_geard.address)
    dead = ("127.0.0.1", 1)
    sent = submit_to(dead, geard.address, second_geard.address)
    assert sent.server == second_geard.address


def test_no_server_is_told_by_name(submit_to):
    with pytest.raises(exceptions.ServerUnavailable) as told:
        submit_to(("127.0.0.1", 1), ("127.0.0.1", 2))
    assert "127.0.0.1:1" in str(told.value)
    assert "127.0.0.1:2" in str(told.value)
    assert told.value.exit_status == 69


def test_a_black_hole_is_given_up(black_hole, submit_to):
    with pytest.raises(exceptions.ServerUnavailable, match="no answer|time"):
        submit_to(black_hole, timeout=0.3)


def test_an_unknown_function_is_told_and_leaves_nothing_in_the_queue(
    job_server, submit_to
):
    with pytest.raises(exceptions.ServerUnavailable, match="offers build:no"):
        submit_to(job_server.address, function="build:no")
    assert [q for q in admin.queues(job_server.address) if q.total] == []


def test_a_server_that_refuses_the_job_is_told(gearmand, proxy_to):
    proxy = proxy_to(gearmand.address)
    proxy.set(
        inject_at_start=b"\0RES\0\0\0\x13\0\0\0\x0aQUEUE\0full", hold_up=True
    )
    request = packets.encode(packets.SUBMIT_JOB, "build:unit", "u-1", "{}")
    one = client.Submission(proxy.address, None, request)
    with pytest.raises(exceptions.ServerUnavailable, match="QUEUE: full"):
        one.submit(10)
