"""How a worker starts, what it refuses, what it shows, and --once."""

import json
import subprocess
import sys

import pytest

JOB = 'checkout = none\ncommand = eval "$DO"\n'

STARTLING = {
    "exits": "import sys\nsys.exit(3)\n",
    "asserts": "assert False, 'not today'\n",
    "dies": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n",
}


def command(site, *words):
    return subprocess.run(
        [
            sys.executable, "-m", "turbo_hipster",
            "--config-file", str(site.conf), *words,
        ],
        capture_output=True, text=True, timeout=60, env=site.environment,
    )  # fmt: skip


def test_without_jobs_there_is_nothing_to_do(site, geard):
    site.write(geard.address, jobs={})

    said = command(site, "worker")

    assert said.returncode == 2
    assert "no job is enabled" in said.stderr
    assert "turbo-hipster config sample" in said.stderr
    assert "Traceback" not in said.stderr


def test_jobs_that_are_all_refused_are_a_refusal(site, geard):
    site.write(
        geard.address,
        jobs={"one": "plugin = absent", "two": "command =\ncheckout = none"},
    )

    said = command(site, "worker")

    assert said.returncode == 2
    for part in ("one", "absent", "two", "command"):
        assert part in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize(
    "text, part",
    [
        ("slots = 0", "slots"),
        ("nonsense = 1", "nonsense"),
        ("containment = magic", "containment"),
    ],
)
def test_a_mistake_in_the_configuration_is_named(site, geard, text, part):
    site.write(geard.address, default=text)

    said = command(site, "worker")

    assert said.returncode == 2
    assert part in said.stderr and str(site.conf) in said.stderr


def test_a_state_dir_that_cannot_be_made(site, geard):
    site.state.write_text("this is a file")
    site.write(geard.address)

    said = command(site, "worker")

    assert said.returncode == 2, said
    assert str(site.state) in said.stderr
    assert "Traceback" not in said.stderr


def test_a_plugin_that_does_not_load_costs_its_own_job_only(
    site, geard, zuul_of, queues
):
    for name, code in STARTLING.items():
        site.plugin(
            name, code, f"[turbo_hipster.task]\n{name} = {name}:Task\n"
        )
    jobs = {name: f"plugin = {name}\n" for name in STARTLING}
    site.write(geard.address, jobs={"unit": JOB, **jobs})
    site.jobs = {"unit": JOB}
    worker = site.run().ready()

    offered = set(queues(geard.address))
    assert "build:unit" in offered
    for name in STARTLING:
        assert f"build:{name}" not in offered
        assert f"job {name} is not offered" in worker.log
    told = zuul_of(geard.address).launch(parameters={"DO": "true"}).wait()
    assert told.conclusion == "SUCCESS"


def test_once_does_one_build_and_leaves_the_rest(
    site, job_server, zuul_of, until
):
    site.write(job_server.address, slots=2)
    zuul = zuul_of(job_server.address)
    builds = [zuul.launch(parameters={"DO": "true"}) for _ in range(4)]

    assert site.run("--once").ended() == 0

    until(lambda: [told for told in builds if told.terminal])
    done = [told for told in builds if told.terminal]
    assert len(done) == 1
    assert done[0].conclusion == "SUCCESS"
    assert sum(bool(told.facts) for told in builds) == 1
    assert not list((site.state / "workers").iterdir())


def test_the_status_file_says_what_every_slot_does(
    site, geard, zuul_of, script, until
):
    worker = site.start(geard.address)
    until(lambda: worker.status().get("servers"))
    said = worker.status()
    assert said["worker"] == "th01"
    assert said["manager"].startswith("th01-")
    assert said["functions"] == ["build:unit"]
    assert said["containment"]
    assert [slot["state"] for slot in said["slots"]] == ["idle", "idle"]

    told = zuul_of(geard.address).launch(parameters=script.waiting())
    script.begun()

    until(lambda: any(slot.get("step") for slot in worker.status()["slots"]))
    (busy,) = (
        slot for slot in worker.status()["slots"] if slot["state"] == "busy"
    )
    assert busy["job"] == "unit"
    assert busy["step"] == "run the command"
    assert told.facts[0]["url"].rstrip("/").endswith(busy["build"])
    address = f"{geard.address[0]}:{geard.address[1]}"
    assert worker.status()["servers"] == [
        {"server": address, "registered": True, "trouble": ""}
    ]
    shown = command(site, "status", "-f", "json")
    assert shown.returncode == 0, shown
    (here,) = json.loads(shown.stdout)["workers_here"]
    assert here["manager"] == said["manager"] and not here["gone"]
    shown = command(site, "status").stdout
    for part in ("th01", busy["build"], "run the command"):
        assert part in shown
    script.go()
    told.wait()
    until(
        lambda: all(
            slot["state"] == "idle" for slot in worker.status()["slots"]
        )
    )


def test_the_status_of_a_server_that_is_away_says_why(site, server_of, until):
    server = server_of("geard")
    worker = site.start(server.address)
    server.stop()
    # news of a server alone are written with the next news of a slot
    worker.logged("is lost")
    server.start()
    worker.ready()


def test_an_idle_worker_costs_no_processor_time(site, geard, children):
    """Counted in clock ticks of the processor, not by a clock."""
    worker = site.start(geard.address)

    def ticks():
        total = 0
        for pid in (worker.pid, worker.fork_server()):
            with open(f"/proc/{pid}/stat") as stat:
                fields = stat.read().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total

    before = ticks()
    with pytest.raises(subprocess.TimeoutExpired):
        worker.process.wait(3)

    assert ticks() - before <= 10  # hundredths of a second
