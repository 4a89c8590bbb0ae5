"""What a generated history costs to judge: ours, and pytest-alembic.

Both are commands that somebody would type; ours publishes a report too.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import database_builds, histories, measure, stepping
from turbo_hipster.task import TaskContext
from turbo_hipster_databases.environments import environment

OURS, RIVAL = "turbo-hipster run", "pytest --test-alembic"
STEPS = 100

CONFIGURATION = """\
[DEFAULT]
enabled_jobs = migrations
state_dir = {state}
[job:migrations]
plugin = db_migration
engines = sqlite
tool = alembic
requirements = requirements.txt
judge = all
checks = undo
timeout = 600
"""


def rows(quick: bool = False) -> Iterator[measure.Row]:
    """Measure both, with everything installed already."""
    count = 8 if quick else STEPS
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        place = Path(name)
        folder = place / "project"
        folder.mkdir()
        histories.write(folder, count, stepping.REQUIREMENTS)
        git(folder, "init", "-q")
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", "all steps")
        python = interpreter(folder)
        runs = {
            OURS: lambda: measure.seconds(lambda: ours(place)),
            RIVAL: lambda: measure.seconds(lambda: rival(folder, python)),
        }
        seen = measure.alternate(runs, 1 if quick else 5, warm_up=1)
    mine, other = seen[OURS], seen[RIVAL]
    yield measure.row(
        f"TH-M101 to M203 on {count} Alembic steps on SQLite",
        "s",
        mine,
        {RIVAL: other},
        reach=f"no slower than {RIVAL}",
        reached=mine <= other,
    )


def interpreter(folder: Path) -> Path:
    """Return the interpreter that has pytest-alembic."""

    def work(context: TaskContext) -> Path:
        made = environment(context, ["requirements.txt"], checkout=folder)
        return made.python

    return database_builds.in_build(database_builds.KEPT, work)


def git(folder: Path, *words: str) -> None:
    """Run git in the project."""
    who = ["-c", "user.name=Bench", "-c", "user.email=bench@example.org"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True)


def ours(place: Path) -> None:
    """Judge the project at a desk."""
    file = place / "desk.conf"
    state = database_builds.KEPT / "desk"
    file.write_text(CONFIGURATION.format(state=state))
    argv = [sys.executable, "-m", "turbo_hipster", "run", "migrations"]
    argv += ["--config-file", str(file), "--project", str(place / "project")]
    with tempfile.TemporaryDirectory(dir=place) as results:
        run([*argv, "--results", f"{results}/new"], place, "SUCCESS")


def rival(folder: Path, python: Path) -> None:
    """Run its default tests, which make a database each."""
    argv = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    run([*argv, "--test-alembic"], folder, "4 passed")


def run(argv: list[str], cwd: Path, sign: str) -> None:
    """Run a command; ``sign`` is what it says when all is well."""
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PYTEST")
    }
    done = subprocess.run(
        argv,
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode or sign not in done.stdout:
        raise RuntimeError(f"{argv}: {done.stdout[-3000:]}")
