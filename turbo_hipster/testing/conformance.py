"""Tests that any task must pass; an author subclasses them."""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from turbo_hipster import exceptions, model, plugins
from turbo_hipster.conf import job
from turbo_hipster.task import Task
from turbo_hipster.testing import rooms, surroundings
from turbo_hipster.testing.outcome import Outcome
from turbo_hipster.testing.project import Project
from turbo_hipster.testing.running import run_task

CORE = tuple(option.dest for option in job.OPTIONS)


class TaskConformance:
    """Hold one installed task to the contract.

    Name the class as pytest expects it and say what to check::

        class TestConformance(TaskConformance):
            plugin = "my_task"
            options = {"command": "true"}

    ``options`` must be what a task can judge a small change with; lay out
    that change in ``make_project`` if the default one does not do.
    """

    plugin: ClassVar[str] = ""
    options: ClassVar[Mapping[str, str | Sequence[str]]] = {}
    params: ClassVar[Mapping[str, str]] = {}
    _outcome: ClassVar[Outcome]

    def make_project(self, folder: Path) -> tuple[Path | None, str | None]:
        """Lay out a repository; return its path and the change's base."""
        project = Project(folder)
        base = project.commit({"README": "Before the change.\n"})
        project.commit({"README": "After the change.\n", "new.txt": "new\n"})
        return project.path, base

    def test_it_is_installed_and_loads(self) -> None:
        """The name has one owner, and a probe can import it."""
        assert self.plugin, (
            "say which plugin is checked: plugin = 'NAME', the name under "
            "turbo_hipster.task in your setup.cfg"
        )
        self.probed()

    def test_its_import_starts_nothing(self) -> None:
        """Whoever lists plugins imports them; that must cost nothing."""
        notes = self.probed().notes
        assert not notes, f"{self.plugin}: {'; '.join(notes)}"

    def test_its_options_are_accepted(self) -> None:
        """No option clashes with the core's, and ``check`` agrees."""
        self.probed(
            {
                key: [value] if isinstance(value, str) else list(value)
                for key, value in self.options.items()
            }
        )

    def test_its_options_are_explained(self) -> None:
        """Each option's help stands in the sample configuration."""
        for option in self.probed().options:
            name = option["name"]
            assert len(option["help"].split()) >= 3, (
                f"option {name!r} has no help; say in a sentence what it "
                "does, in which unit: help='Most seconds that ...'"
            )
            assert re.fullmatch(r"[a-z][a-z0-9_]*", name), (
                f"option {name!r}: write names as in_small_letters"
            )

    def test_it_says_what_it_is(self) -> None:
        """The first line of the docstring is shown by ``plugin list``."""
        summary = self.probed().summary
        inherited = (Task.__doc__ or "").partition("\n")[0]
        assert summary and summary != inherited, (
            f"{self.plugin} has no docstring; write one line under "
            f"'class {self.task().__name__}' that says what it judges"
        )

    def test_it_keeps_to_the_public_rooms(self) -> None:
        """The other modules of turbo-hipster may change in any release."""
        package = self.task().__module__.partition(".")[0]
        found = rooms.private_imports(package)
        assert not found, (
            f"{'; '.join(found)}: of turbo_hipster import only "
            f"{', '.join(sorted(rooms.PUBLIC))}, and ask for what is missing"
        )

    def test_it_judges_a_change(self, tmp_path: Path) -> None:
        """``run`` returns a Result that says something."""
        outcome = self.outcome(tmp_path)
        if outcome.verdict is model.Verdict.FAILURE:
            assert outcome.sentences and outcome.sentences[0].strip(), (
                "a FAILURE without a sentence helps nobody; return "
                "Result.failure('what is wrong, and where')"
            )

    def test_it_takes_the_steps_it_declares(self, tmp_path: Path) -> None:
        """Progress is counted from the plan."""
        outcome = self.outcome(tmp_path)
        taken = [step.name for step in outcome.steps]
        assert outcome.planned, (
            "it declares no steps; name them, steps = ('compare', ...), or "
            "call context.plan() once they are known"
        )
        for name in taken:
            assert name in outcome.planned, (
                f"the step {name!r} is in no plan; add it to steps, or call "
                "context.plan() before"
            )
        if outcome.verdict is model.Verdict.SUCCESS:
            for name in outcome.planned:
                assert name in taken, (
                    f"the step {name!r} was announced and never taken; put "
                    f"the work into 'with context.step({name!r}):'"
                )

    def test_its_findings_can_be_acted_upon(self, tmp_path: Path) -> None:
        """A finding has an id to accept it by, and advice."""
        for finding in self.outcome(tmp_path).findings:
            assert re.fullmatch(r"TH-[A-Za-z0-9_.-]+", finding.id), (
                f"the finding {finding.id!r} needs a stable id that begins "
                "with TH-, so that warn, off and accept can name it"
            )
            if finding.severity is model.Severity.FAIL:
                assert finding.advice, (
                    f"{finding.id} fails a change without saying what to do; "
                    "give it advice='one line'"
                )
            if finding.limit is not None:
                assert finding.limit_source, (
                    f"{finding.id} has a limit; say with limit_source where "
                    "it came from"
                )

    def test_it_survives_an_empty_workspace(self) -> None:
        """A job may have no repository (``checkout = none``)."""
        # to say that it cannot judge is an answer, too
        with contextlib.suppress(exceptions.TurboHipsterError):
            run_task(self.task(), self.options, self.params)

    def test_a_cancel_passes_through(self, tmp_path: Path) -> None:
        """Cancelled is no Exception; nobody may keep it."""
        outcome = self.outcome(tmp_path / "first")
        if not outcome.steps:
            return
        step = outcome.steps[0].name
        try:
            self.run(tmp_path / "second", cancel_at=step)
        except exceptions.Cancelled:
            return
        raise AssertionError(
            f"the build was cancelled at the step {step!r}, and run() went "
            "on; let exceptions.Cancelled pass, and catch Exception at most"
        )

    def test_it_leaves_the_process_as_it_was(self, tmp_path: Path) -> None:
        """A build process is thrown away, a test's and a desk's is not."""
        self.outcome(tmp_path / "first")  # may import and fill caches
        before = surroundings.look()
        self.run(tmp_path / "second")
        left = surroundings.differences(before, surroundings.look())
        assert not left, (
            f"run() leaves behind {'; '.join(left)}: use 'with' and "
            "'finally', and context.start() for what must live on"
        )

    def test_its_commands_end_with_it(self, tmp_path: Path) -> None:
        """What outlives its command is killed, perhaps in mid-work."""
        left = self.outcome(tmp_path).left
        assert not left, (
            f"{left} processes outlived the commands that started them and "
            "were killed; wait for them, or stop what you start()"
        )

    def outcome(self, folder: Path) -> Outcome:
        """Judge the change once for all tests that only look at it."""
        if "_outcome" not in vars(type(self)):
            type(self)._outcome = self.run(folder)
        return self._outcome

    def run(self, folder: Path, cancel_at: str | None = None) -> Outcome:
        """Judge the change of ``make_project``."""
        project, base = self.make_project(folder / "project")
        return run_task(
            self.task(),
            self.options,
            self.params,
            project=project,
            base=base,
            cancel_at=cancel_at,
        )

    def probed(
        self, raw: Mapping[str, Sequence[str]] | None = None
    ) -> plugins.Probed:
        """Ask a probe, and turn a refusal into a failed test."""
        try:
            if raw is None:
                return imported(self.plugin)
            return plugins.probe(
                plugins.TASKS, self.plugin, raw, "job:test", CORE
            )
        except exceptions.ConfigurationError as error:
            notes = "\n".join(getattr(error, "__notes__", ()))
            raise AssertionError(f"{error}\n{notes}".strip()) from None

    def task(self) -> type[Task]:
        """Return the task's class."""
        return plugins.load(plugins.find(plugins.TASKS, self.plugin).entry)


@functools.cache
def imported(plugin: str) -> plugins.Probed:
    """Ask a probe to import the plugin, once for all tests."""
    return plugins.probe(plugins.TASKS, plugin)
