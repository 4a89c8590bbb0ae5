"""kill -9 of each of our processes in each phase of a build.

The client hears one end (the server's own word counts), or gearmand queues
the job again and it is done anew; what was logged is published and says LOST;
no process is left; the next build finds everything in order.
"""

import os
import signal
from pathlib import Path

import pytest

JOB = """
checkout = {checkout}
command = eval "$DO"
setup_timeout = 3
kill_grace = 1
"""


@pytest.fixture
def ground(site, server_of, zuul_of, script, tarpit, until, children, gated):
    made = Ground(site, server_of, zuul_of, script, tarpit, until, children)
    made.gated = gated
    return made


class Ground:
    """A worker with one slot, and a build in the phase that is wanted."""

    def __init__(
        self, site, server_of, zuul_of, script, tarpit, until, children
    ):
        self.site, self.script, self.tarpit = site, script, tarpit
        self.until, self.children = until, children
        self.server_of, self.zuul_of = server_of, zuul_of

    def prepare(self, kind, phase):
        site, self.phase = self.site, phase
        self.server = self.server_of(kind)
        self.worker = site.start(
            self.server.address,
            slots=1,
            jobs={
                "unit": JOB.format(checkout="none"),
                "change": JOB.format(checkout="change"),
            },
            **self.gated,
        )
        self.zuul = self.zuul_of(self.server.address)
        # so that a keeper waits ahead of its order
        self.fine()
        site.published.rename(site.folder / "before")
        self.told = None
        if phase == "checkout":
            self.told = self.zuul.launch(
                "build:change",
                {
                    "DO": "true",
                    "ZUUL_PROJECT": "p",
                    "ZUUL_URL": self.tarpit.url,
                    "ZUUL_REF": "refs/zuul/main/Z1",
                },
            )
            self.tarpit.reached()
        elif phase == "run":
            self.told = self.zuul.launch(parameters=self.script.waiting())
            self.script.begun()
        elif phase == "publish":
            self.told = self.zuul.launch(
                parameters={"DO": "true", "GATE": str(self.script.gate)}
            )
            self.script.begun()

    def keeper(self):
        if self.told is not None:
            return self.site.keeper()
        server = self.worker.fork_server()
        # one that has its build process ready, not one that is just ending
        return self.until(
            lambda: [
                pid for pid in self.children(server) if self.children(pid)
            ]
        )[0]

    def victim(self, which):
        if which == "worker":
            return self.worker.pid
        if which == "fork server":
            return self.worker.fork_server()
        keeper = self.keeper()
        if which == "keeper":
            return keeper
        return self.until(lambda: self.children(keeper))[0]

    def kill(self, which):
        pid = self.victim(which)
        assert pid > 1
        self.before = set(self.site.processes())
        os.kill(pid, signal.SIGKILL)
        self.until(lambda: is_over(pid))

    def go_on(self, times=1, runs=1):
        """Let what waits go on, once it has begun ``runs`` times."""
        if self.phase == "checkout":
            self.tarpit.close()
        elif self.phase != "waiting":
            self.script.begun(runs)
            self.script.go(times)

    def lost(self):
        """The report that says LOST, with its log beside it."""
        self.until(lambda: self.lost_reports())
        (report,) = self.lost_reports()
        assert report["verdict"] == "ERROR"
        return report

    def lost_reports(self):
        return [
            report
            for report in self.site.reports()
            if any("LOST" in text for text in report["sentences"])
        ]

    def fine(self):
        """The next build is as good as ever."""
        told = self.zuul.launch(parameters={"DO": "true"}).wait()
        assert told.conclusion == "SUCCESS"
        self.until(lambda: not self.site.builds())


def is_over(pid):
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
    return text.rpartition(")")[2].split()[0] in "ZX"


PHASES = ["waiting", "checkout", "run", "publish"]
END = {
    "waiting": None,
    "checkout": "RETRY",
    "run": "SUCCESS",
    "publish": "SUCCESS",
}
"""What a build comes to that nothing happens to."""


@pytest.mark.parametrize("phase", PHASES)
def test_worker_killed_at_a_server_that_forgets(ground, phase):
    ground.prepare("geard", phase)

    ground.kill("worker")
    ground.worker.process.wait()

    if ground.told:
        assert ground.told.wait().terminal == ["WORK_FAIL"]
        assert ground.told.conclusion == "RETRY"
    ground.until(lambda: not ground.site.processes())
    assert ground.script.gone()
    status = list((ground.site.state / "workers").glob("*.json"))
    assert len(status) == 1

    ground.worker = ground.site.run().ready()
    assert not status[0].exists()
    if ground.told:
        ground.go_on(runs=2 if phase == "publish" else 1)
        ground.lost()
    ground.fine()


@pytest.mark.parametrize("phase", PHASES)
def test_worker_killed_at_a_server_that_queues_again(ground, phase):
    ground.prepare("gearmand", phase)

    ground.kill("worker")
    ground.worker.process.wait()
    ground.until(lambda: not ground.site.processes())
    assert ground.script.gone()
    assert not (ground.told and ground.told.terminal)

    ground.worker = ground.site.run().ready()
    # it is done again; in "publish" the lost one is published as well
    again = 2 if phase == "publish" else 1
    ground.go_on(again, 1 + again)
    if ground.told:
        assert ground.told.wait().conclusion == END[phase]
        assert len(ground.told.terminal) == 1
        ground.lost()
    ground.fine()


@pytest.mark.parametrize("phase", PHASES)
def test_fork_server_killed(ground, phase):
    """Builds that run are none of its business."""
    ground.prepare("geard", phase)

    ground.kill("fork server")

    ground.go_on()
    if ground.told:
        assert ground.told.wait().conclusion == END[phase]
    ground.fine()
    ground.fine()
    assert ground.worker.fork_server() not in ground.before


@pytest.mark.parametrize("phase", PHASES)
def test_keeper_killed(ground, phase):
    ground.prepare("geard", phase)

    ground.kill("keeper")

    if phase == "checkout":
        ground.tarpit.close()
    elif phase == "publish":
        ground.go_on(runs=2)
    if ground.told:
        assert ground.told.wait().conclusion == "RETRY"
        assert ground.script.gone()
        assert "lost" not in ground.lost()["build"]
    ground.fine()
    ground.fine()


@pytest.mark.parametrize("phase", PHASES)
def test_build_process_killed(ground, phase):
    """In "publish" it is the process that publishes."""
    ground.prepare("geard", phase)

    ground.kill("build process")

    if phase == "checkout":
        ground.tarpit.close()
    if ground.told:
        ground.told.wait()
        expected = "POST_FAILURE" if phase == "publish" else "RETRY"
        assert ground.told.conclusion == expected
        assert ground.script.gone()
    ground.fine()
    ground.fine()


def test_fork_server_and_keeper_killed_together(ground):
    """Nobody is left to bury what they kept: the next keeper does."""
    ground.prepare("geard", "run")
    server, keeper = ground.victim("fork server"), ground.victim("keeper")

    os.kill(server, signal.SIGKILL)
    os.kill(keeper, signal.SIGKILL)

    assert ground.told.wait().conclusion == "RETRY"
    ground.until(ground.script.gone)
    ground.lost()
    ground.fine()


def test_everything_killed_at_once(ground):
    ground.prepare("gearmand", "run")

    for pid in ground.site.processes():
        os.kill(pid, signal.SIGKILL)
    ground.worker.process.wait()
    ground.until(lambda: not ground.site.processes())

    ground.worker = ground.site.run().ready()
    ground.go_on(runs=2)
    assert ground.told.wait().conclusion == "SUCCESS"
    ground.lost()
    ground.fine()


def test_keeper_killed_while_it_tidies_up(ground):
    """The answer is out; what it had no time to remove is removed."""
    ground.prepare("geard", "waiting")
    script = ground.script
    told = ground.zuul.launch(
        parameters=script.waiting('cd "$HOME" && seq 30000 | xargs touch')
    )
    script.begun()
    keeper = ground.site.keeper()
    script.go()
    told.wait()

    os.kill(keeper, signal.SIGKILL)

    assert told.conclusion == "SUCCESS"
    ground.until(lambda: not ground.site.builds())
    ground.fine()


def test_workers_that_share_a_folder_leave_each_other_alone(
    site, gearmand, zuul_of, new_script, until
):
    """Only what belongs to a dead worker is swept."""
    scripts = [new_script(), new_script()]
    workers = [site.start(gearmand.address, slots=1), site.run()]
    zuul = zuul_of(gearmand.address)
    builds = [zuul.launch(parameters=one.waiting()) for one in scripts]
    for one in scripts:
        one.begun()
    until(lambda: all(worker.status() for worker in workers))
    managers = [worker.status()["manager"] for worker in workers]
    (dying,) = (
        number
        for number, told in enumerate(builds)
        if told.facts[0]["manager"] == managers[0]
    )

    workers[0].kill()
    third = site.run()

    scripts[dying].begun(times=2)
    until(lambda: len(site.reports()) == 1)
    (report,) = site.reports()
    lost = builds[dying].facts[0]["url"].rstrip("/").rpartition("/")[2]
    assert report["build"] == lost
    assert "LOST" in report["sentences"][0]
    assert scripts[1 - dying].runs == 1 and not builds[1 - dying].terminal
    until(lambda: workers[1].status() and third.status())
    assert workers[0].status() == {}
    for one in scripts:
        one.go()
    for told in builds:
        assert told.wait().conclusion == "SUCCESS"
