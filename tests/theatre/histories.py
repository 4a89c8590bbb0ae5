"""Real histories from PyPI, laid out as changes to a repository.

The migrations are those of the package that our environments library
installs; the copy in the checkout is what a project's own repository would
have.  All environments are made once and shared by the session's processes.
"""

import fnmatch
import time
from pathlib import Path

import pytest

from turbo_hipster import model
from turbo_hipster.task import Task
from turbo_hipster.testing import Project, run_task
from turbo_hipster_databases import environments, plugins
from turbo_hipster_databases.engine import Engine
from turbo_hipster_databases.migration_tool import Project as Checkout
from turbo_hipster_databases.servers.fleet import Servers


def run(state_dir, project, work):
    """Call ``work`` with a build's context, and return its answer."""
    answers = []

    class Works(Task):
        def run(self, context):
            answers.append(work(context))
            return model.Result.success()

    outcome = run_task(Works, project=project, state_dir=state_dir)
    assert outcome.left == 0
    return answers[0]


class History:
    """A package's history: its environment, and a repository that has it."""

    def __init__(self, folder, state_dir, tool, requirements, engines):
        self.state_dir = state_dir
        self.tool = plugins.tool(tool)()
        self.requirements = requirements
        self.engines = engines
        self.project = Project(folder)
        self.base = None
        self.environment = run(state_dir, None, self._environment)

    def _environment(self, context):
        engines: list[Engine] = [plugins.engine(one) for one in self.engines]
        return environments.with_drivers(
            context,
            self.requirements,
            engines,
            extra=self.tool.requirements,
            checkout=context.workspace,
        )

    def installed(self, package):
        """Return the folder of a package in the environment."""
        lib = self.environment.python.parent.parent / "lib"
        (folder,) = lib.glob(f"python3.*/site-packages/{package}")
        return folder

    def lay_out(self, source: Path, target, more=None, changed=(), rungs=()):
        """Commit a folder; ``changed`` are patterns of the change's files.

        ``rungs`` are patterns of the files that releases brought, the oldest
        first; each is a branch of its own, ``stable/1`` and so on.
        """
        files = {
            f"{target}/{path.relative_to(source)}": path.read_bytes()
            for path in sorted(source.rglob("*"))
            if path.is_file() and path.suffix != ".pyc"
        }
        new = {
            name: text
            for name, text in files.items()
            if any(fnmatch.fnmatch(name, pattern) for pattern in changed)
        }
        old = {name: files[name] for name in files if name not in new}
        first = {
            name: text
            for name, text in old.items()
            if not any(
                fnmatch.fnmatch(name, pattern)
                for rung in rungs
                for pattern in rung
            )
        }
        self.base = self.project.commit({**first, **(more or {})})
        for number, rung in enumerate(rungs, 1):
            brought = {
                name: text
                for name, text in old.items()
                if any(fnmatch.fnmatch(name, pattern) for pattern in rung)
            }
            self.base = self.project.commit(brought)
            self.branch(f"stable/{number}")
        self.project.commit(new)

    def branch(self, name):
        """Have a branch point at the last commit."""
        ref = self.project.path / ".git" / "refs" / "heads" / name
        ref.parent.mkdir(parents=True, exist_ok=True)
        ref.write_text(f"{self.base}\n")

    def judge(self, task, params=None, **options):
        """Let a task judge the change; return the outcome."""
        given = {
            "tool": self.tool.name,
            "requirements": ", ".join(self.requirements),
            "engines": ", ".join(self.engines),
            **options,
        }
        off = given.pop("off", ())
        outcome = run_task(
            task,
            given,
            params,
            project=self.project.path,
            base=self.base,
            state_dir=self.state_dir,
            off=off,
        )
        assert outcome.left == 0
        return outcome

    def walk(self, engine, **options):
        """Step from empty to head; return the history and what ran."""

        def walked(context):
            checkout = Checkout(
                context.workspace,
                self.environment.python,
                self.environment.drivers,
                options,
            )
            with (
                Servers(context) as servers,
                self.tool.open(
                    context, checkout, servers.empty(plugins.engine(engine))
                ) as stepper,
            ):
                history = stepper.history()
                began = time.monotonic()
                ran = [stepper.step(one) for one in history.migrations]
                print(f"{len(ran)} steps in {time.monotonic() - began:.1f} s")
                return history, ran, stepper.current()

        return run(self.state_dir, self.project.path, walked)


@pytest.fixture(scope="session", name="state_dir")
def state_dir_fixture(tmp_path_factory):
    """A state directory for all processes of the session."""
    folder = tmp_path_factory.getbasetemp()
    if folder.name.startswith("popen-"):  # one of several processes
        folder = folder.parent
    return folder / "histories" / "plugins" / "histories"


@pytest.fixture(scope="session", name="make_history")
def make_history_fixture(tmp_path_factory, state_dir):
    """Return a function that makes a history's environment and repository."""

    def make(tool, *requirements, engines):
        folder = tmp_path_factory.mktemp("history") / "project"
        folder.mkdir()
        return History(folder, state_dir, tool, requirements, engines)

    return make


def told(outcome):
    """Return findings as short lines: severity, id, engine, revision."""
    print(*outcome.findings, sep="\n")  # pytest shows it on failure
    return sorted(
        " ".join(
            filter(
                None,
                (
                    one.severity.value,
                    one.id,
                    one.where.get("engine", ""),
                    one.where.get("revision", ""),
                ),
            )
        )
        for one in outcome.findings
    )
