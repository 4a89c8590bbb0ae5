"""Servers that go, come back, fall silent, and hide behind TLS.

No result ever reaches a job that it does not belong to, and a job is either
queued again by its server or has exactly one end.
"""

import signal
import ssl
import subprocess
import sys

import pytest

SLOW = "trap 'sleep 0.4; exit 0' TERM"
"""A command that takes its time when it is told to end."""


def own_words(told):
    """Whether all that a client heard is of its own build."""
    return all(
        facts["number"] == told.job.unique.decode() for facts in told.facts
    )


@pytest.mark.parametrize("choice", ["cancel", "finish"])
@pytest.mark.parametrize("phase", ["checkout", "run", "publish"])
def test_a_server_that_counts_from_1_again_gets_no_late_word(
    site, geard, zuul_of, new_script, tarpit, until, gated, choice, phase
):
    old_script, new_one = new_script(), new_script()
    site.start(
        geard.address,
        jobs={
            "unit": 'checkout = none\ncommand = eval "$DO"\nkill_grace = 2',
            "change": 'command = eval "$DO"\nsetup_timeout = 4',
        },
        gearman=f"on_connection_loss = {choice}",
        **gated,
    )
    before = zuul_of(geard.address)
    if phase == "publish":
        old = before.launch(
            parameters={"DO": "exit 1", "GATE": str(old_script.gate)}
        )
        old_script.begun()
    elif phase == "run":
        old = before.launch(
            parameters=old_script.waiting("exit 1", before=SLOW)
        )
        old_script.begun()
    else:
        old = before.launch(
            "build:change",
            {
                "DO": "true",
                "ZUUL_PROJECT": "p",
                "ZUUL_URL": tarpit.url,
                "ZUUL_REF": "refs/zuul/main/Z1",
            },
        )
        tarpit.reached()
    old.begun()

    geard.stop()
    geard.start()
    new = zuul_of(geard.address).launch(parameters=new_one.waiting())

    assert new.job.handle == old.job.handle  # what this is all about
    new_one.begun()
    if phase == "checkout":
        tarpit.close()
    elif phase == "publish" or choice == "finish":
        old_script.go()
    until(old_script.gone)
    until(lambda: len(site.builds()) == 1)
    assert not new.terminal
    assert own_words(new)
    new_one.go()
    assert new.wait().conclusion == "SUCCESS"
    assert own_words(new)
    assert not old.terminal
    verdicts = sorted(report["verdict"] for report in site.reports())
    ends = {"cancel": "ABORTED", "finish": "FAILURE"}
    if phase == "checkout":
        ends["finish"] = "ERROR"
    elif phase == "publish":  # it was judged before
        ends["cancel"] = "FAILURE"
    assert verdicts == sorted([ends[choice], "SUCCESS"])


def test_a_job_that_is_queued_again_is_accepted_while_the_first_one_ends(
    site, gearmand, proxy_to, zuul_of, script, until
):
    proxy = proxy_to(gearmand.address)
    site.start(
        proxy.address,
        awaited=[gearmand.address],
        jobs={"unit": 'checkout = none\ncommand = eval "$DO"'},
    )
    told = zuul_of(gearmand.address).launch(
        parameters=script.waiting(before=SLOW.replace("0.4", "2"))
    )
    script.begun()

    proxy.cut()

    script.begun(times=2)
    script.go()
    assert told.wait().conclusion == "SUCCESS"
    assert own_words(told)
    until(script.gone)
    until(
        lambda: (
            sorted(report["verdict"] for report in site.reports())
            == ["ABORTED", "SUCCESS"]
        )
    )


def test_a_client_may_submit_anew_what_its_server_forgot(
    site, geard, zuul_of, script, until
):
    """Under the same number, while the first one is still being ended."""
    site.start(
        geard.address,
        jobs={"unit": 'checkout = none\ncommand = eval "$DO"'},
    )
    first = zuul_of(geard.address).launch(
        parameters=script.waiting(before=SLOW.replace("0.4", "2")),
        unique="again",
    )
    script.begun()

    geard.stop()
    geard.start()
    zuul = zuul_of(geard.address)
    other = zuul.launch(parameters={"DO": "true"})
    told = zuul.launch(parameters=script.waiting(), unique="again")

    assert told.job.handle != first.job.handle
    assert other.wait().conclusion == "SUCCESS"
    script.begun(times=2)
    script.go()
    assert told.wait().conclusion == "SUCCESS"
    until(script.gone)


@pytest.mark.parametrize("choice", ["cancel", "finish"])
def test_a_job_that_comes_again_is_the_job_and_no_twin(
    site, gearmand, proxy_to, zuul_of, new_script, until, choice
):
    """The server lost us half an hour before our side would notice."""
    script = new_script()
    proxy = proxy_to(gearmand.address)
    site.start(
        proxy.address,
        awaited=[gearmand.address],
        gearman=f"on_connection_loss = {choice}",
    )
    told = zuul_of(gearmand.address).launch(
        parameters=script.waiting(before=SLOW)
    )
    script.begun()

    proxy.strand(told.job.handle)

    script.begun(times=2)
    script.go(1 if choice == "cancel" else 2)
    assert told.wait().conclusion == "SUCCESS"
    assert own_words(told)
    until(script.gone)
    first = "ABORTED" if choice == "cancel" else "SUCCESS"
    until(
        lambda: (
            sorted(report["verdict"] for report in site.reports())
            == [first, "SUCCESS"]
        )
    )
    proxy.cut()
    proxy.release()


@pytest.mark.parametrize("kind", ["geard", "gearmand"])
def test_a_black_hole_that_opens_while_nothing_runs(
    site, server_of, proxy_to, zuul_of, kind
):
    server = server_of(kind)
    proxy = proxy_to(server.address)
    site.start(proxy.address, awaited=[server.address])

    proxy.hold()
    told = zuul_of(server.address).launch(parameters={"DO": "true"})
    proxy.cut()
    proxy.release()

    assert told.wait().conclusion == "SUCCESS"
    assert len(told.terminal) == 1


def test_gearmand_is_killed_and_comes_back(
    site, gearmand, zuul_of, script, until
):
    """It keeps no queue on disk: the job is gone, and we are not."""
    site.start(gearmand.address)
    zuul_of(gearmand.address).launch(parameters=script.waiting())
    script.begun()

    gearmand.stop()
    until(script.gone)
    gearmand.start()

    site.workers[0].ready()
    told = zuul_of(gearmand.address).launch(parameters={"DO": "true"})
    assert told.wait().conclusion == "SUCCESS"
    assert own_words(told)


def test_a_worker_waits_for_a_server_that_is_not_there_yet(
    site, server_of, zuul_of, until
):
    server = server_of("geard")
    server.stop()
    site.write(server.address)
    worker = site.run()
    worker.logged("is away")

    server.start()

    worker.ready()
    told = zuul_of(server.address).launch(parameters={"DO": "true"})
    assert told.wait().conclusion == "SUCCESS"
    worker.logged("ready for jobs")


@pytest.mark.parametrize("kind", ["geard", "gearmand"])
def test_a_result_into_a_black_hole_is_sent_once(
    site, server_of, proxy_to, zuul_of, script, until, kind
):
    """The build ends while nothing gets through; then the line is cut."""
    server = server_of(kind)
    proxy = proxy_to(server.address)
    site.start(proxy.address, slots=1, awaited=[server.address])
    told = zuul_of(server.address).launch(parameters=script.waiting())
    script.begun()
    told.begun()

    proxy.hold()
    script.go()
    until(lambda: site.reports())
    proxy.cut()
    proxy.release()

    if kind == "geard":
        assert told.wait().terminal == ["WORK_FAIL"]
        assert told.conclusion == "RETRY"
    else:  # queued again, since the server has not heard
        script.begun(times=2)
        script.go()
        assert told.wait().conclusion == "SUCCESS"
    site.workers[0].ready()
    again = zuul_of(server.address).launch(parameters={"DO": "true"})
    assert again.wait().conclusion == "SUCCESS"


def test_jobs_come_from_two_servers_of_which_one_is_down(
    site, server_of, zuul_of, script, queues, until
):
    up, down = server_of("gearmand"), server_of("geard")
    down.stop()
    site.start(
        down.address,
        up.address,
        slots=1,
        awaited=[up.address],
        jobs={"unit": 'checkout = none\nlabels = a\ncommand = eval "$DO"'},
    )
    first = zuul_of(up.address).launch(parameters={"DO": "true"})
    assert first.wait().conclusion == "SUCCESS"

    down.start()
    until(lambda: "build:unit:a" in queues(down.address))

    busy = zuul_of(down.address).launch("build:unit:a", script.waiting())
    script.begun()
    # the one slot is taken, so that neither server gets another one
    waiting = [
        zuul_of(one.address).launch(parameters={"DO": "true"})
        for one in (up, down)
    ]
    assert not any(told.facts for told in waiting)
    script.go()
    for told in (busy, *waiting):
        assert told.wait().conclusion == "SUCCESS"
        assert own_words(told)


def test_cancels_come_from_the_server_that_the_job_came_from(
    site, server_of, zuul_of, new_script
):
    for server in (server_of("geard"), server_of("gearmand")):
        site.awaited.append(server.address)
    site.start(*site.awaited)
    builds = []
    for address in site.awaited:
        script, zuul = new_script(), zuul_of(address)
        builds.append((zuul, zuul.launch(parameters=script.waiting()), script))
        script.begun()

    for zuul, told, _script in builds:
        assert zuul.cancel(told)

    for _zuul, told, script in builds:
        assert told.wait().conclusion == "IGNORED"
        assert script.gone()


@pytest.mark.parametrize("ours", ["mutual", "ca"])
def test_tls(site, server_of, proxy_to, certificates, tmp_path, until, ours):
    """gear's server wants a certificate of everybody; a relay does not."""
    cert, key = certificates("server")
    ca = str(tmp_path / "ca.crt")
    settings = f"ca_file = {ca}\n"
    if ours == "mutual":
        own = certificates("worker")
        settings += f"cert_file = {own[0]}\nkey_file = {own[1]}\n"
        address = server_of(
            "geard", ssl_cert=cert, ssl_key=key, ssl_ca=ca
        ).address
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        address = proxy_to(server_of("geard").address, tls=context).address
    site.write(address, gearman=settings, awaited=[])
    worker = site.run()
    worker.logged("ready for jobs")

    said = subprocess.run(
        [
            sys.executable, "-m", "turbo_hipster", "--config-file",
            str(site.conf), "submit", "unit", "--param", "DO=exit 1",
        ],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert said.returncode == 1, said
    assert "FAILURE" in said.stdout
    assert worker.end(signal.SIGTERM) == 0
