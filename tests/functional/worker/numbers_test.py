"""What happens to builds is counted, and each worker counts its own."""

import signal
import time

DO = {"unit": 'checkout = none\ncommand = eval "$DO"\nkill_grace = 1\n'}
HASTY = {"hasty": DO["unit"] + "timeout = 0.4\n"}


def unit(**more):
    return {"job_name": "unit", "function": "build:unit", **more}


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

    hasty = {"job_name": "hasty", "function": "build:hasty"}
    for count, verdict, whose in (
        (3, "SUCCESS", unit()),
        (2, "FAILURE", unit()),
        (1, "ERROR", unit()),
        (1, "TIMED_OUT", hasty),
    ):
        seen = {"verdict": verdict, **whose}
        until(lambda s=seen, c=count: asked.count("builds_total", **s) == c)
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


def test_the_queue_time_comes_from_the_parameter_that_is_named(
    site, gearmand, zuul_of, asked, until
):
    options = asked.options + "queued_at = SENT\n"
    site.start(gearmand.address, publish=options)
    zuul = zuul_of(gearmand.address)
    for sent in (str(time.time() - 100), "yesterday"):
        zuul.launch(parameters={"DO": "true", "SENT": sent}).wait()

    until(lambda: asked.count("builds_total", **unit(verdict="SUCCESS")) == 2)
    assert asked.count("queue_seconds_count", **unit()) == 1
    assert asked.count("queue_seconds_sum", **unit()) >= 100


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
    site, gearmand, zuul_of, script, new_asked, until
):
    first, second = new_asked(), new_asked()
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
