"""Stop is not cancel: drain, cancel now, and another configuration."""

import signal

import pytest

JOB = """
checkout = none
command = eval "$DO"
kill_grace = 1
"""


def offered(queues, server, function="build:unit"):
    return queues(server.address).get(function, (0, 0, 0))[2]


def test_sigterm_lets_the_build_end_and_takes_no_more(
    site, job_server, zuul_of, new_script, queues, until
):
    running, later = new_script(), new_script()
    worker = site.start(job_server.address, slots=2)
    zuul = zuul_of(job_server.address)
    told = zuul.launch(parameters=running.waiting())
    running.begun()

    worker.send(signal.SIGTERM)
    worker.logged("draining")
    until(lambda: offered(queues, job_server) <= 1)
    queued = zuul.launch(parameters=later.waiting())
    other = zuul.launch(parameters={"DO": "true"})

    assert not told.terminal
    running.go()
    assert told.wait().conclusion == "SUCCESS"
    assert worker.ended() == 0
    assert later.runs == 0 and not queued.terminal and not other.terminal
    # another worker takes what was left in the queue
    site.run().ready()
    later.go()
    assert queued.wait().conclusion == "SUCCESS"
    assert other.wait().conclusion == "SUCCESS"
    assert queued.facts[0]["manager"] != told.facts[0]["manager"]


def test_a_draining_worker_offers_only_what_runs(
    site, gearmand, zuul_of, script, queues, until
):
    worker = site.start(
        gearmand.address, slots=1, jobs={"unit": JOB, "other": JOB}
    )
    told = zuul_of(gearmand.address).launch(parameters=script.waiting())
    script.begun()

    worker.send(signal.SIGTERM)

    until(lambda: offered(queues, gearmand, "build:other") == 0)
    script.go()
    assert told.wait().conclusion == "SUCCESS"
    assert worker.ended() == 0


def test_a_cancel_is_heard_while_draining(site, geard, zuul_of, script):
    worker = site.start(geard.address)
    zuul = zuul_of(geard.address)
    told = zuul.launch(parameters=script.waiting())
    script.begun()
    worker.send(signal.SIGTERM)
    worker.logged("draining")

    assert zuul.cancel(told)

    assert told.wait().conclusion == "IGNORED"
    assert worker.ended() == 0


def test_a_drain_that_takes_too_long_becomes_a_cancel(
    site, geard, zuul_of, script, until
):
    worker = site.start(geard.address, default="drain_timeout = 1")
    told = zuul_of(geard.address).launch(parameters=script.waiting())
    script.begun()

    worker.send(signal.SIGTERM)

    assert told.wait().conclusion == "RETRY"
    assert worker.ended() == 0
    assert "the drain took too long" in worker.log
    assert script.gone()
    (report,) = site.reports()
    assert report["verdict"] == "ABORTED"


@pytest.mark.parametrize(
    "numbers",
    [
        (signal.SIGTERM, signal.SIGTERM),
        (signal.SIGINT,),
        (signal.SIGQUIT,),
        (signal.SIGTERM, signal.SIGINT),
    ],
)
def test_cancel_now(site, geard, zuul_of, new_script, numbers):
    scripts = [new_script(), new_script()]
    worker = site.start(geard.address)
    zuul = zuul_of(geard.address)
    builds = [zuul.launch(parameters=one.waiting()) for one in scripts]
    for one in scripts:
        one.begun()

    for number in numbers:
        worker.send(number)
        # two of a kind that are pending count as one
        worker.logged("draining" if number == signal.SIGTERM else "cancel")
        if numbers.count(number) == 2:
            worker.send(number)
            break

    for told in builds:
        assert told.wait().conclusion == "RETRY"
        assert told.terminal == ["WORK_FAIL"]
        assert "result" not in told.facts[-1]
    assert worker.ended() == 0
    assert all(one.gone() for one in scripts)
    assert {report["verdict"] for report in site.reports()} == {"ABORTED"}


def test_signals_that_nobody_waits_for(site, geard):
    """An idle worker ends at once, with status 0, and says so."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        worker = site.start(geard.address)
        assert worker.end(number) == 0
        assert "the worker is home" in worker.log
        assert worker.status() == {}


def test_sighup_swaps_jobs_while_a_build_runs_by_the_old_one(
    site, geard, zuul_of, script, queues, until
):
    old = {"unit": JOB + "timeout = 1000\n", "gone": JOB}
    worker = site.start(geard.address, jobs=old)
    zuul = zuul_of(geard.address)
    told = zuul.launch(
        parameters=script.waiting('echo "$TH_JOB_NAME"; exit 1')
    )
    script.begun()

    new = {"unit": JOB.replace("eval", "exit 7; eval"), "added": JOB}
    site.write(geard.address, jobs=new)
    worker.send(signal.SIGHUP)
    worker.logged("the new configuration is in force")

    until(lambda: offered(queues, geard, "build:added"))
    until(lambda: not offered(queues, geard, "build:gone"))
    added = zuul.launch("build:added", {"DO": "true"})
    assert added.wait().conclusion == "SUCCESS"
    assert not told.terminal
    script.go()
    assert told.wait().result.endswith("non-zero (1)")  # and not 7
    assert zuul.describe(told.facts[0])
    again = zuul.launch(parameters={"DO": "true"}).wait()
    assert again.result.endswith("non-zero (7)")
    until(lambda: len(worker.status()["slots"]) == 2)
    assert worker.end(signal.SIGTERM) == 0


@pytest.mark.parametrize(
    "broken, why",
    [
        ("nonsense", "is no option"),
        ("[DEFAULT]\nenabled_jobs = absent\n", "absent"),
        ("[DEFAULT]\nslots = many\n", "slots"),
        ("[DEFAULT]\n", "no job is enabled"),
        (
            "[DEFAULT]\nenabled_jobs = unit\n[job:unit]\nplugin = absent\n",
            "absent",
        ),
        (
            "[DEFAULT]\nenabled_jobs = unit\nstate_dir = /nowhere\n"
            "[job:unit]\ncommand = true\n",
            "takes a restart",
        ),
        (
            "[DEFAULT]\nenabled_jobs = unit\nstate_dir = STATE\n"
            "[gearman]\nca_file = /nowhere\n[job:unit]\ncommand = true\n",
            "/nowhere",
        ),
    ],
    ids=range(7),
)
def test_a_broken_configuration_changes_nothing(house, script, broken, why):
    told = house.zuul.launch(parameters=script.waiting())
    script.begun()
    sound = house.site.conf.read_text()
    times = house.worker.log.count("the old configuration stays in force")
    try:
        house.site.conf.write_text(
            broken.replace("STATE", str(house.site.state))
        )
        house.worker.send(signal.SIGHUP)
        house.worker.logged("the old configuration stays in force", times + 1)
    finally:
        house.site.conf.write_text(sound)

    said = house.worker.log.split("the old configuration stays in force")[-1]
    assert why in said
    script.go()
    assert told.wait().conclusion == "SUCCESS"


def test_slots_come_and_go_and_builds_never_exceed_them(
    site, geard, zuul_of, new_script, until
):
    """2, then 1, then 3 slots; counted at the scripts that wait."""
    worker = site.start(geard.address, slots=2)
    zuul = zuul_of(geard.address)
    scripts = [new_script() for _ in range(6)]
    builds = [zuul.launch(parameters=one.waiting()) for one in scripts]

    def running():
        return [
            one
            for one, told in zip(scripts, builds, strict=True)
            if one.runs and not told.terminal
        ]

    def swap(slots):
        times = worker.log.count("is in force")
        site.write(geard.address, slots=slots)
        worker.send(signal.SIGHUP)
        worker.logged("is in force", times + 1)

    until(lambda: len(running()) == 2)
    swap(1)
    first = running()
    first[0].go()
    builds[scripts.index(first[0])].wait()
    # the other one of the two is the one that is allowed now
    worker.logged("SUCCESS")
    until(lambda: len(worker.status()["slots"]) <= 2)
    assert running() == [first[1]]
    # slots that come anew wait for it as well
    for _ in range(3):
        swap(1)
    assert running() == [first[1]]
    before = {one: one.runs for one in scripts}
    first[1].go()
    (new,) = until(lambda: [one for one in running() if one is not first[1]])
    assert before[new] == 0

    swap(3)
    until(lambda: len(running()) == 3)
    assert sum(one.runs for one in scripts) == 5

    for one in scripts:
        one.go()
    for told in builds:
        assert told.wait().conclusion == "SUCCESS"


def test_sighup_moves_to_another_server(
    site, server_of, zuul_of, script, until, queues
):
    old, new = server_of("geard"), server_of("gearmand")
    worker = site.start(old.address)
    zuul = zuul_of(old.address)
    told = zuul.launch(parameters=script.waiting())
    script.begun()

    site.write(new.address)
    worker.send(signal.SIGHUP)
    until(lambda: offered(queues, new))

    other = zuul_of(new.address).launch(parameters={"DO": "true"})
    assert other.wait().conclusion == "SUCCESS"
    # the build of the old one can be cancelled there still
    assert zuul.cancel(told)
    assert told.wait().conclusion == "IGNORED"
    manager = told.facts[0]["manager"]
    until(lambda: not offered(queues, old, f"stop:{manager}"))
    until(lambda: not offered(queues, old))
    assert offered(queues, new, f"stop:{manager}")


def test_sighup_while_draining_is_ignored(site, geard, zuul_of, script):
    worker = site.start(geard.address)
    told = zuul_of(geard.address).launch(parameters=script.waiting())
    script.begun()
    worker.send(signal.SIGTERM)
    worker.logged("draining")

    worker.send(signal.SIGHUP)

    worker.logged("SIGHUP is ignored")
    script.go()
    assert told.wait().conclusion == "SUCCESS"
    assert worker.ended() == 0
