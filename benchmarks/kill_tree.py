"""How soon 200 processes are gone after KILL, and what a keeper costs."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator

from benchmarks import measure
from turbo_hipster.builds import containment
from turbo_hipster.builds.containment import choice, proc, trial

PROCESSES = 200


def rows(quick: bool = False) -> Iterator[measure.Row]:
    """Measure each technique that works here, as the user that runs this."""
    works = [name for name in choice.STRONGEST_FIRST if _works(name)]
    contenders = {name: _killer(name) for name in works}
    contenders["killpg and wait, nothing proved"] = _bare
    seen = _apart(contenders, 2 if quick else 9)
    rival = {"killpg and wait, nothing proved": seen.popitem()[1]}
    for name, value in seen.items():
        yield measure.row(
            f"{PROCESSES} processes gone after KILL ({name}, {_user()})",
            "ms",
            value * 1e3,
            {key: seconds * 1e3 for key, seconds in rival.items()},
            reach="< 200 ms, aim 20 ms",
            reached=value < 0.2,
        )
    forks = {name: _forker(name) for name in works}
    forks["os.fork"] = _bare_fork
    seen = _apart(forks, 3 if quick else 31)
    rival = {"os.fork": seen.popitem()[1]}
    for name, value in seen.items():
        yield measure.row(
            f"a keeper forked and ready ({name}, {_user()})",
            "ms",
            value * 1e3,
            {key: seconds * 1e3 for key, seconds in rival.items()},
            reach="< 50 ms, spent before a build is known",
            reached=value < 0.05,
        )


def _works(name: str) -> bool:
    try:
        return not trial.why_not(containment.make(name))
    except OSError:
        return False


def _user() -> str:
    return "ordinary user" if os.geteuid() else "root"


def _apart(contenders: dict, rounds: int) -> dict[str, float]:
    """Take turns in a process of its own, which is a sub-reaper."""
    return measure.alternate(
        {
            name: lambda action=action: _in_child(action)
            for name, action in contenders.items()
        },
        rounds,
        warm_up=1,
    )


def _in_child(action) -> float:
    sys.stdout.flush()
    told, teller = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(told)
            containment.become_subreaper()
            os.write(teller, str(action()).encode())
        finally:
            os._exit(0)
    os.close(teller)
    with open(told) as stream:  # noqa: PTH123
        value = stream.read()
    os.waitpid(pid, 0)
    return float(value)


def _plant() -> None:
    """Fork a session of PROCESSES that wait; return when all are there."""
    ready, teller = os.pipe()
    for number in range(PROCESSES):
        if os.fork() == 0:
            if number % 10 == 0:
                os.setsid()
            os.execv("/bin/sleep", ["sleep", "1000"])
    os.close(teller)
    os.read(ready, 1)  # at its end when all have begun to sleep


def _killer(name: str):
    """Return an action: a keeper kills a build of PROCESSES."""

    def action() -> float:
        technique = containment.make(name)
        told, teller = os.pipe()
        keeper = technique.fork()
        if keeper == 0:
            technique.enter("bench", containment.new_mark(()))
            if os.fork() == 0:
                technique.join()
                os.setsid()
                _plant()
                os.write(teller, b"!")
                while True:
                    signal.pause()
            os.read(told, 1)
            began = time.perf_counter()
            left = technique.kill(time.monotonic() + 20)
            taken = time.perf_counter() - began
            technique.leave()
            os.write(teller, b"inf" if left else str(taken).encode())
            os._exit(0)
        os.waitpid(keeper, 0)
        return float(os.read(told, 100))

    return action


def _bare() -> float:
    """Kill one process group of as many; escaped sessions are not found."""
    told, teller = os.pipe()
    leader = os.fork()
    if leader == 0:
        os.setsid()
        for _ in range(PROCESSES):
            if os.fork() == 0:
                os.execv("/bin/sleep", ["sleep", "1000"])
        os.close(teller)
        while True:
            signal.pause()
    os.close(teller)
    os.read(told, 1)
    began = time.perf_counter()
    os.killpg(leader, signal.SIGKILL)
    while proc.children(os.getpid()):
        os.waitpid(-1, 0)
    return time.perf_counter() - began


def _forker(name: str):
    """Return an action: a keeper is forked and enters its build."""

    def action() -> float:
        technique = containment.make(name)
        told, teller = os.pipe()
        began = time.perf_counter()
        keeper = technique.fork()
        if keeper == 0:
            technique.enter("bench", 500_000)
            os.write(teller, b".")
            technique.leave()
            os._exit(0)
        os.read(told, 1)
        taken = time.perf_counter() - began
        os.waitpid(keeper, 0)
        return taken

    return action


def _bare_fork() -> float:
    told, teller = os.pipe()
    began = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        os.write(teller, b".")
        os._exit(0)
    os.read(told, 1)
    taken = time.perf_counter() - began
    os.waitpid(pid, 0)
    return taken
