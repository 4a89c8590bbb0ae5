"""Run tests in a copy, and say what colour they have.

green: all passed.  red: a test failed, in its body or because of what it
left behind.  skipped: it was not run.  broken: anything else, such as a
collection or a fixture that fails; that proves nothing of the test.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

PR_SET_CHILD_SUBREAPER = 36
OPTIONS = (
    "-vv", "-x", "-rN", "--tb=short", "--durations=0",
    # not needed, and each costs time
    "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:hypothesispytest",
)  # fmt: skip
TIDYING = 15.0
"""Seconds that a test has to tidy up after it failed."""
LAST_EFFORT = 10.0
"""Seconds to end what broken code left running."""
PAUSE = 0.1
DURATION = re.compile(r"^([\d.]+)s (?:setup|call|teardown) +(\S.*)$", re.M)
FAILED = re.compile(r"^\S.* FAILED\b", re.M)


class Run(NamedTuple):
    """What became of a run; seconds of each test by its node."""

    colour: str
    said: str
    seconds: dict[str, float]


def adopt_orphans() -> None:
    """Let what loses its parent below us become our child."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def run_tests(nodes: list[str], folder: Path, limit: float) -> Run:
    """Run tests in a copy; one that takes longer than ``limit`` fails.

    The caller has no children of its own: all that are left are killed.
    """
    argv = [folder / ".venv/bin/python", "-m", "pytest", *OPTIONS]
    argv += [f"--timeout={limit:g}", *nodes]
    # a file, since what is left behind would hold a pipe open
    with tempfile.NamedTemporaryFile() as output:
        process = subprocess.Popen(
            argv,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )

        said = functools.partial(Path(output.name).read_text, errors="replace")
        try:
            _await_end(process, said, limit * len(nodes) + TIDYING)
        finally:
            process.kill()
            process.wait()
            end_leftovers()
        text = said()
    return Run(_colour(process.returncode, text), text, _durations(text))


def _await_end(process, said, seconds: float) -> None:
    """Wait for the end of tests; a failed one has just time to tidy up."""
    end = time.monotonic() + seconds
    failed = False
    while time.monotonic() < end:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PAUSE)
            return
        if not failed and FAILED.search(said()):
            failed = True
            end = time.monotonic() + TIDYING


def _colour(status: int, said: str) -> str:
    if status == 0:
        whole = " passed" in said and " skipped" not in said
        return "green" if whole else "skipped"
    if status in (1, -signal.SIGKILL) and (
        FAILED.search(said) or "ERROR at teardown of " in said
    ):
        return "red"
    return "broken"


def _durations(said: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for seconds, node in DURATION.findall(said):
        found[node] = found.get(node, 0) + float(seconds)
    return found


def end_leftovers() -> None:
    """Kill what broken code left running; orphans have become ours."""
    end = time.monotonic() + LAST_EFFORT
    while time.monotonic() < end:
        for task in Path("/proc/self/task").iterdir():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                for pid in (task / "children").read_text().split():
                    # one of another user may not be ours to kill
                    with contextlib.suppress(PermissionError):
                        os.kill(int(pid), signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(PAUSE)
