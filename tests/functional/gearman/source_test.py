"""A slot gets one job at a time, whole, from several servers."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from turbo_hipster import exceptions
from turbo_hipster.gearman import admin, client, job, link, source

FORBIDDEN = {"CAN_DO_TIMEOUT", "ECHO_REQ", "OPTION_REQ", "GRAB_JOB"}


def functions_at(address):
    return {q.function: q.workers for q in admin.queues(address)}


def test_a_job_arrives_whole_and_its_packets_reach_a_foreign_client(
    job_server, source_for, wake, taking, client_of, submit, until
):
    one = source_for(job_server.address)
    client = client_of(job_server.address)
    taken = taking(one, wake)
    theirs = submit(client, arguments=b'{"a": "\0\xff"}', unique=b"u-1")

    got = taken.result()

    assert (got.function, got.unique) == ("build:unit", "u-1")
    assert got.arguments == b'{"a": "\0\xff"}'
    assert got.server == job_server.address
    assert got.handle == theirs.handle.decode()
    assert got.live
    got.data({"name": "unit"})
    got.status(0, 3)
    got.complete({"result": "SUCCESS"})
    until(lambda: theirs.complete)
    assert client.heard[theirs.handle] == [
        ("WORK_DATA", b'{"name": "unit"}'),
        ("WORK_STATUS", b"0\x003"),
        ("WORK_COMPLETE", b'{"result": "SUCCESS"}'),
    ]


def test_the_worker_says_who_it_is_registers_and_only_then_asks(
    job_server, proxy_to, source_for, taking, client_of, submit, until
):
    proxy = proxy_to(job_server.address)
    one = source_for(proxy.address, functions=("build:unit", "build:unit:big"))
    taken = taking(one)
    until(lambda: "PRE_SLEEP" in proxy.names_up())

    assert proxy.sent_up() == [
        ("SET_CLIENT_ID", b"worker-1"),
        ("CAN_DO", b"build:unit"),
        ("CAN_DO", b"build:unit:big"),
        ("GRAB_JOB_UNIQ", b""),
        ("PRE_SLEEP", b""),
    ]
    submit(client_of(job_server.address), "build:unit:big")
    got = taken.result()
    assert got.function == "build:unit:big"
    before = len(proxy.names_up())
    got.fail()
    taking(one)
    until(lambda: proxy.names_up()[before:].count("PRE_SLEEP") == 1)
    # after a build it asks at once, and sleeps only when there is nothing
    assert proxy.names_up()[before:] == [
        "WORK_FAIL",
        "GRAB_JOB_UNIQ",
        "PRE_SLEEP",
    ]
    assert not FORBIDDEN & set(proxy.names_up())


def test_a_waiting_slot_can_be_woken_and_has_asked_for_nothing(
    job_server, source_for, wake, taking, client_of, submit, until
):
    one = source_for(job_server.address)
    taken = taking(one, wake)
    until(lambda: one.connected)
    wake.set()
    assert taken.result() is None

    submit(client_of(job_server.address))
    # still awake: no job may be taken with the token given back
    assert one.take(wake.reader) is None
    wake.clear()
    assert taking(one, wake).result().function == "build:unit"


def test_a_job_on_its_way_when_the_slot_is_woken_is_not_lost(
    job_server, proxy_to, source_for, wake, taking, client_of, submit, until
):
    proxy = proxy_to(job_server.address)
    client = client_of(job_server.address)
    first = source_for(job_server.address)
    taken = taking(first)
    until(lambda: first.connected)
    until(lambda: functions_at(job_server.address).get("build:unit"))
    theirs = submit(client)
    taken.result()
    second = submit(client, unique=b"second")
    proxy.set(hold_down=True)

    one = source_for(proxy.address)
    taken = taking(one, wake)
    until(lambda: "GRAB_JOB_UNIQ" in proxy.names_up())
    wake.set()
    proxy.set(hold_down=False)

    assert taken.result().handle == second.handle.decode()
    assert not theirs.complete


def test_a_woken_slot_does_not_wait_for_a_server_that_hangs(
    gearmand, proxy_to, source_for, wake, taking, client_of, submit, until
):
    proxy = proxy_to(gearmand.address)
    client = client_of(gearmand.address)
    other = source_for(gearmand.address)
    until(lambda: other.wait((), 0.01) or other.connected)
    until(lambda: other.wait((), 0.01) or functions_at(gearmand.address))
    theirs = submit(client)
    proxy.set(hold_down=True)
    one = source_for(proxy.address)
    taken = taking(one, wake)
    until(lambda: "GRAB_JOB_UNIQ" in proxy.names_up())
    wake.set()

    assert taken.result() is None
    assert one.connected == []
    # dropped, hence queued again: another slot gets it
    assert taking(other).result().handle == theirs.handle.decode()


@pytest.mark.parametrize(
    "unique", [b"", b"x" * 60, b"a b/../c", b"\xff\xfe", "ümläut".encode()]
)
def test_any_unique_id_passes_as_text(
    unique, geard, source_for, taking, client_of, submit
):
    taken = taking(source_for(geard.address))
    submit(client_of(geard.address), unique=unique)
    got = taken.result().unique
    assert got == unique.decode("utf-8", "replace")


def test_a_very_long_unique_id_passes(
    geard, source_for, taking, client_of, submit
):
    taken = taking(source_for(geard.address))
    submit(client_of(geard.address), unique=b"u" * 5000)
    assert taken.result().unique == "u" * 5000


def test_servers_take_turns(
    geard, second_geard, source_for, taking, client_of, submit, until
):
    one = source_for(geard.address, second_geard.address)
    until(lambda: one.wait((), 0.01) or len(one.connected) == 2)
    clients = [client_of(geard.address), client_of(second_geard.address)]
    for there in clients:
        for _ in range(4):
            submit(there)
    order = []
    for _ in range(8):
        got = taking(one).result()
        order.append(got.server)
        got.complete({})
    assert all(a != b for a, b in zip(order, order[1:], strict=False))


def test_only_one_server_at_a_time_is_asked(
    geard, second_geard, proxy_to, source_for, taking, until
):
    proxies = [proxy_to(geard.address), proxy_to(second_geard.address)]
    for proxy in proxies:
        proxy.set(hold_down=True)
    one = source_for(*[proxy.address for proxy in proxies])
    taking(one)
    until(lambda: len(one.connected) == 2)
    until(lambda: any("GRAB_JOB_UNIQ" in p.names_up() for p in proxies))
    asked = [p.names_up().count("GRAB_JOB_UNIQ") for p in proxies]
    assert sorted(asked) == [0, 1]
    asked_first = proxies[asked.index(1)]
    other = proxies[asked.index(0)]
    asked_first.set(hold_down=False)
    until(lambda: "GRAB_JOB_UNIQ" in other.names_up())
    assert "PRE_SLEEP" in asked_first.names_up()


def test_a_dead_and_a_black_holed_server_hold_up_nobody(
    job_server, black_hole, source_for, taking, client_of, submit
):
    one = source_for(black_hole, ("127.0.0.1", 1), job_server.address)
    taken = taking(one)
    submit(client_of(job_server.address))
    assert taken.result().server == job_server.address


def test_a_server_that_hangs_after_the_question_holds_up_nobody_for_long(
    geard,
    gearmand,
    proxy_to,
    source_for,
    taking,
    client_of,
    submit,
    until,
    monkeypatch,
):
    monkeypatch.setattr(source, "ASK_LIMIT", 0.3)
    proxy = proxy_to(geard.address)
    proxy.set(hold_down=True)
    one = source_for(proxy.address, gearmand.address)
    taken = taking(one)
    submit(client_of(gearmand.address))
    assert taken.result().server == gearmand.address


def test_builds_are_offered_only_while_their_cancel_is_heard(
    job_server, proxy_to, source_for, taking, client_of, submit, until
):
    gate = threading.Event()
    proxy = proxy_to(job_server.address)
    one = source_for(proxy.address, gate=lambda server: gate.is_set())
    taken = taking(one)
    until(lambda: one.connected)
    assert "CAN_DO" not in proxy.names_up()
    gate.set()
    until(lambda: "PRE_SLEEP" in proxy.names_up())
    gate.clear()
    submit(client_of(job_server.address))
    until(lambda: ("NOOP", b"") in proxy.sent_down())
    assert proxy.names_up().count("GRAB_JOB_UNIQ") == 1
    gate.set()
    assert taken.result().function == "build:unit"


def test_other_functions_can_be_offered_while_a_build_runs(
    job_server, source_for, taking, client_of, submit, until
):
    functions = ("build:a", "build:b", "build:d")
    one = source_for(job_server.address, functions=functions)
    client = client_of(job_server.address)
    taken = taking(one)
    submit(client, "build:a")
    running = taken.result()
    waiting = submit(client, "build:c")

    one.offer(["build:b", "build:c"])

    def offered():
        one.wait((), 0.01)
        rows = functions_at(job_server.address)
        return {name for name, workers in rows.items() if workers}

    until(lambda: offered() == {"build:a", "build:b", "build:c"})
    running.complete({})
    assert taking(one).result().handle == waiting.handle.decode()
    until(lambda: offered() == {"build:b", "build:c"})


def test_a_draining_slot_offers_nothing_new_and_finishes_its_build(
    job_server, source_for, taking, client_of, submit, wake, until
):
    one = source_for(job_server.address, functions=("build:a", "build:unit"))
    client = client_of(job_server.address)
    taken = taking(one, wake)
    theirs = submit(client)
    running = taken.result()

    one.offer(())

    def offered():
        one.wait((), 0.01)
        rows = functions_at(job_server.address)
        return {name for name, workers in rows.items() if workers}

    # gearmand would queue the job again and refuse its result
    until(lambda: offered() == {"build:unit"})
    running.complete({"result": "SUCCESS"})
    until(lambda: theirs.complete)
    assert not theirs.failure
    until(lambda: offered() == set())
    assert running.live


def test_a_slot_without_functions_waits_in_peace(
    job_server, source_for, wake, taking, until
):
    one = source_for(job_server.address, functions=())
    taken = taking(one, wake)
    until(lambda: one.connected)
    wake.set()
    assert taken.result() is None


def test_what_the_caller_waits_for_is_reported_while_a_build_runs(
    job_server, source_for, taking, client_of, submit, new_pipe
):
    one = source_for(job_server.address)
    taken = taking(one)
    submit(client_of(job_server.address))
    taken.result()
    first, second = new_pipe(), new_pipe()
    assert one.wait((first.reader, second.reader), 0.01) == []
    second.set()
    assert one.wait((first.reader, second.reader)) == [second.reader]


def test_the_loss_of_a_jobs_session_is_told_once_and_at_once(
    job_server, proxy_to, source_for, taking, client_of, submit, wake
):
    proxy = proxy_to(job_server.address)
    one = source_for(proxy.address)
    taken = taking(one)
    submit(client_of(job_server.address))
    got = taken.result()

    proxy.cut()

    assert one.wait((wake.reader,)) == []
    assert not got.live
    with pytest.raises(exceptions.LostConnection):
        got.data({})
    with pytest.raises(exceptions.LostConnection):
        got.complete({})
    wake.set()
    assert one.wait((wake.reader,)) == [wake.reader]


def test_a_job_is_finished_once(
    job_server, proxy_to, source_for, taking, client_of, submit, until
):
    proxy = proxy_to(job_server.address)
    one = source_for(proxy.address)
    taken = taking(one)
    theirs = submit(client_of(job_server.address))
    got = taken.result()
    got.complete({})
    for again in (got.fail, lambda: got.complete({}), lambda: got.data({})):
        with pytest.raises(job.FinishedTwice):
            again()
    until(lambda: theirs.complete)
    terminal = {"WORK_COMPLETE", "WORK_FAIL", "WORK_EXCEPTION"}
    assert [n for n in proxy.names_up() if n in terminal] == ["WORK_COMPLETE"]


def test_a_second_job_is_refused_while_one_is_not_finished(
    job_server, source_for, taking, client_of, submit, wake
):
    one = source_for(job_server.address)
    taken = taking(one)
    submit(client_of(job_server.address))
    got = taken.result()
    with pytest.raises(RuntimeError, match="not finished"):
        one.take(wake.reader)
    got.fail()


def test_the_last_words_arrive_though_the_worker_leaves_at_once(
    job_server, source_for, taking, client_of, submit, until
):
    client, jobs = client_of(job_server.address), {}

    def another():
        made = submit(client)
        jobs[made.handle.decode()] = made

    another()
    for _ in range(10):
        one = source_for(job_server.address)
        got = taking(one).result()
        another()  # its call is unread input, which could undo output
        got.data({"tail": "x" * 100_000})
        got.complete({"result": "SUCCESS"})
        one.close()
        theirs = jobs[got.handle]
        until(lambda theirs=theirs: theirs.complete)
        assert not theirs.failure


def test_what_still_waits_to_be_sent_is_sent_before_the_worker_leaves(
    gearmand, proxy_to, source_for, settings_for, taking, until, monkeypatch
):
    # the server takes long over it where the machine is busy
    monkeypatch.setattr(source, "PATIENCE", 100)
    proxy = proxy_to(gearmand.address)
    one = source_for(proxy.address)
    taken = taking(one)
    until(lambda: functions_at(gearmand.address).get("build:unit"))
    facts = {"log": "".join(f"{n:07d}" for n in range(700_000))}
    with client.submit(
        settings_for(gearmand.address), "build:unit", {}, "u"
    ) as sent:
        got = taken.result()
        proxy.set(hold_up=True)
        got.data(facts)
        got.complete({"result": "SUCCESS"})
        assert one._order[0]._out
        leaving = threading.Thread(target=one.close)
        leaving.start()
        proxy.set(hold_up=False)
        assert sent.next(timeout=100).facts() == facts
        assert sent.next(timeout=60).facts() == {"result": "SUCCESS"}
        leaving.join()


def test_a_silent_server_is_asked_for_a_sign_of_life_and_kept(
    job_server,
    proxy_to,
    source_for,
    taking,
    client_of,
    submit,
    until,
    monkeypatch,
):
    monkeypatch.setattr(link, "IDLE", 0.05)
    proxy = proxy_to(job_server.address)
    one = source_for(proxy.address)
    taken = taking(one)
    until(lambda: proxy.names_up().count("GET_STATUS") >= 3)
    answers = [n for n, _ in proxy.sent_down() if n == "STATUS_RES"]
    assert len(answers) >= 2
    assert len(proxy.pairs) == 1
    # the question did not end the sleep: a job still comes
    submit(client_of(job_server.address))
    assert taken.result().live


def test_a_server_that_gives_no_sign_of_life_is_dropped_and_tried_again(
    job_server,
    proxy_to,
    source_for,
    taking,
    client_of,
    submit,
    until,
    monkeypatch,
):
    monkeypatch.setattr(link, "IDLE", 0.1)
    monkeypatch.setattr(link, "ANSWER_LIMIT", 0.2)
    proxy = proxy_to(job_server.address)
    one = source_for(proxy.address)
    taken = taking(one)
    until(lambda: "PRE_SLEEP" in proxy.names_up())
    proxy.set(hold_down=True)
    until(lambda: len(proxy.pairs) > 1)
    # from here on the server is healthy, though perhaps slow
    monkeypatch.setattr(link, "ANSWER_LIMIT", 60)
    proxy.set(hold_down=False)
    submit(client_of(job_server.address))
    assert taken.result().live


def test_an_idle_slot_sleeps(job_server, proxy_to, source_for, taking, until):
    proxy = proxy_to(job_server.address)
    taken = taking(source_for(proxy.address))
    until(lambda: "PRE_SLEEP" in proxy.names_up())
    status = Path(f"/proc/self/task/{taken.thread.native_id}/status")

    def switches():
        rows = dict(
            line.split(":", 1) for line in status.read_text().splitlines()
        )
        return int(rows["voluntary_ctxt_switches"])

    before = switches()
    threading.Event().wait(0.5)
    assert not taken.over
    assert switches() - before <= 2


PLAIN = """
import sys, gear
worker = gear.Worker("plain")
worker.addServer("127.0.0.1", int(sys.argv[1]))
worker.addServer("127.0.0.1", int(sys.argv[2]))
worker.registerFunction("build:unit")
worker.getJob()
"""


@pytest.mark.xfail(strict=True, reason="it connects to one after the other")
def test_gears_worker_is_not_held_up_by_a_black_hole(
    job_server, black_hole, until
):
    ports = [str(black_hole[1]), str(job_server.address[1])]
    process = subprocess.Popen([sys.executable, "-c", PLAIN, *ports])
    try:
        until(lambda: functions_at(job_server.address).get("build:unit"), 4)
    finally:
        process.kill()
        process.wait()
