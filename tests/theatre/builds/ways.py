"""Each technique of containment, and each user that may use it."""

import functools
import os
import subprocess

import pytest

from theatre.builds.reach import python_for

NOBODY = 65534


def users_here():
    return [0, NOBODY] if os.geteuid() == 0 else [os.geteuid()]


def combinations():
    for uid in users_here():
        for name in ("cgroup", "pid_namespace", "descendants"):
            who = "root" if uid == 0 else "nobody"
            yield pytest.param((name, uid), id=f"{name}-{who}")


@functools.cache
def refusal(technique, uid):
    """Ask in a process of its own why a technique does not work here."""
    python, environment = python_for(uid)
    code = (
        "import sys\n"
        "from turbo_hipster.builds import containment\n"
        "from turbo_hipster.builds.containment import trial\n"
        "try:\n"
        "    print(trial.why_not(containment.make(sys.argv[1])))\n"
        "except OSError as error:\n"
        "    print(error)\n"
    )
    return subprocess.run(
        [python, "-c", code, technique],
        env=environment,
        cwd="/",
        user=uid if os.geteuid() == 0 else None,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.strip()


@pytest.fixture(scope="module", params=combinations())
def way(request):
    """A technique's name and the user it is used by."""
    if reason := refusal(*request.param):
        pytest.skip(f"not on this machine: {reason}")
    return request.param
