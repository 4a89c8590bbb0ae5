"""The whole worker as an ordinary user: it builds, cancels, dies, is swept."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from theatre.builds.reach import python_for
from theatre.worker.scripts import Script
from theatre.worker.sites import opened
from theatre.worker.workers import Worker

NOBODY = 65534
USER = NOBODY if os.geteuid() == 0 else os.geteuid()
BECOME = (
    {"user": USER, "group": USER, "extra_groups": []}
    if os.geteuid() == 0
    else {}
)


class OrdinaryWorker(Worker):
    """A worker that was started by somebody else than us."""

    def __init__(self, site, arguments):
        self.site = site
        self.log_path = site.folder / f"worker-{len(site.workers)}.log"
        python, environment = python_for(USER)
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    python, "-P", "-m", "turbo_hipster",
                    "--config-file", str(site.conf), "worker", *arguments,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**environment, "SITE": site.mark},
                cwd="/",
                **BECOME,
            )  # fmt: skip
        self.pid = self.process.pid


@pytest.fixture
def place():
    """A folder that the user may reach and write to."""
    folder = Path(tempfile.mkdtemp(prefix="th-", dir="/tmp"))
    if BECOME:
        os.chown(folder, USER, USER)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def script(place):
    made = Script(place / "script")
    for path in (made.gate, made.witness, made.gate.parent):
        if BECOME:
            os.chown(path, USER, USER)
    yield made
    made.close()


class House:
    """One slot of an ordinary user at a gearmand."""

    def __init__(self, site, server, zuul):
        self.site, self.server, self.zuul = site, server, zuul
        site.write(server.address, slots=1)
        self.worker = self.start()

    def start(self):
        worker = OrdinaryWorker(self.site, ())
        self.site.workers.append(worker)
        return worker.ready()


@pytest.fixture
def ordinary(place, script, gearmand, zuul_of):
    with opened(place) as site:
        yield House(site, gearmand, zuul_of(gearmand.address))


def owners(folder):
    found = set()
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # the status's draft
            found.add(path.stat().st_uid)
    return found


def test_a_build_is_the_users_and_is_published(ordinary, until):
    # when
    told = ordinary.zuul.launch(
        parameters={"DO": 'id -u > "$TH_RESULTS_DIR/user"; echo hello'}
    ).wait()

    # then
    assert told.conclusion == "SUCCESS"
    site = ordinary.site
    until(lambda: not site.builds())
    (report,) = site.reports()
    assert report["verdict"] == "SUCCESS"
    (user,) = site.published.glob("**/files/user")
    assert int(user.read_text()) == USER
    assert owners(site.published) == owners(site.state) == {USER}


def test_a_cancel_ends_everything(ordinary, script, until):
    # given
    told = ordinary.zuul.launch(
        parameters=script.waiting(before="setsid sleep 1000 & trap '' TERM;")
    )
    script.begun()

    # when
    assert ordinary.zuul.cancel(told)

    # then
    told.wait()
    assert told.terminal == ["WORK_FAIL"]
    assert script.gone()
    until(lambda: not ordinary.site.builds())
    (report,) = ordinary.site.reports()
    assert report["verdict"] == "ABORTED"
    again = ordinary.zuul.launch(parameters={"DO": "true"}).wait()
    assert again.conclusion == "SUCCESS"


def test_a_killed_worker_is_swept_by_the_next(ordinary, script, until):
    # given
    site = ordinary.site
    told = ordinary.zuul.launch(
        parameters=script.waiting(before="echo begun; setsid sleep 1000 &")
    )
    script.begun()

    # when
    os.kill(ordinary.worker.pid, signal.SIGKILL)
    ordinary.worker.process.wait()

    # then nothing of it lives, and its workspace waits
    until(lambda: not site.processes())
    until(script.gone)
    assert len(site.builds()) == 1

    # when
    ordinary.start()

    # then the log is published, and the job is done anew
    until(site.reports)
    (report,) = site.reports()
    assert report["verdict"] == "ERROR"
    assert report["sentences"][0].startswith("LOST: the worker died.")
    (log,) = site.published.glob("**/shell_output.log")
    assert "[output] begun\n" in log.read_text()
    script.begun(times=2)
    script.go()
    assert told.wait().conclusion == "SUCCESS"
    assert len(told.terminal) == 1
    until(lambda: not site.builds())
    assert len(list((site.state / "workers").glob("*.json"))) == 1
    assert owners(site.published) == owners(site.state) == {USER}
