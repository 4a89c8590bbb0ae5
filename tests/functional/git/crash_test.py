"""A build that dies by kill -9 leaves nothing the next one stumbles over."""

import os
import select
import signal
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.functional

BUILD = """
import logging, os, subprocess, sys, time
from pathlib import Path
from typing import NamedTuple
from turbo_hipster.git.checkout import lay_out
from turbo_hipster.git.source import Source

class Exit(NamedTuple):
    status: int
    timed_out: bool
    tail: str

def execute(argv, *, cwd=None, env=None, timeout=None, watch=None, log=""):
    done = subprocess.run(argv, cwd=cwd, env=env, capture_output=True,
                          text=True, start_new_session=sys.argv[6] == "alone")
    return Exit(done.returncode, False, done.stdout + done.stderr)

origin, project, ref, mirrors, target = sys.argv[1:6]
source = Source.from_parameters(
    {"ZUUL_PROJECT": project, "ZUUL_REF": ref, "ZUUL_BRANCH": "master"}, origin
)
print("go", flush=True)
sys.stdin.readline()
made = lay_out(source, mirrors=Path(mirrors), target=Path(target),
               execute=execute, log=logging.getLogger(), deadline=None)
print(made.commit, flush=True)
"""


@pytest.fixture
def start(worker):
    """Start a build in a process of its own, held before it begins."""
    started = []

    def make(number, session="together"):
        arguments = [
            worker.origin,
            "project",
            "refs/zuul/master/Z1",
            str(worker.mirrors),
            str(worker.state / f"own{number}"),
            session,
        ]
        process = subprocess.Popen(
            [sys.executable, "-c", BUILD, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield make
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.stdin.close()
        process.stdout.close()
        process.wait()


@pytest.fixture
def change(project):
    for number in range(300):
        (project.path / f"f{number}").write_text(f"{number}\n" * 500)
    project.commit()
    return project.change("refs/zuul/master/Z1", code="two\n")


def ready(processes):
    for process in processes:
        assert process.stdout.readline() == "go\n"


@pytest.mark.parametrize("session", ["together", "alone"])
def test_a_build_killed_at_any_moment_leaves_the_mirror_usable(
    worker, change, git, start, session
):
    """``alone``: its git lives on for a while, without the lock."""
    processes = [start(n, session) for n in range(8)]
    ready(processes)
    for number, process in enumerate(processes):
        process.stdin.write("\n")
        process.stdin.flush()
        # the moment is what the test is about: spread over a build
        select.select([process.stdout], [], [], 0.002 + number * 0.015)
        if session == "together":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()
        made = worker.build(
            ZUUL_REF="refs/zuul/master/Z1", ZUUL_BRANCH="master"
        )
        assert made.commit == change
        assert git(made.path, "status", "--porcelain") == ""
        assert git(made.path, "fsck", "--no-dangling") == ""
        made.close()
    assert len(worker.stores()) == 1


def test_eight_builds_at_once_share_one_mirror(worker, change, git, start):
    processes = [start(n) for n in range(8)]
    ready(processes)
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    deadline = time.monotonic() + 100
    for number, process in enumerate(processes):
        assert process.stdout.readline().strip() == change
        assert process.wait(deadline - time.monotonic()) == 0
        path = worker.state / f"own{number}" / "project"
        assert git(path, "status", "--porcelain") == ""
        assert git(path, "rev-parse", "origin/master")
    assert len(worker.stores()) == 1
    # what the first one fetched was not fetched again
    assert len(list((worker.store / "objects/pack").glob("*.pack"))) == 1
