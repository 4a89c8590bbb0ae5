"""The TaskContext of a real build; it lives in the build process."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from turbo_hipster import exceptions, model
from turbo_hipster.builds import asking
from turbo_hipster.builds.acceptance import Rules
from turbo_hipster.builds.record import Recorder
from turbo_hipster.steps import Running, Steps
from turbo_hipster.task import Exit

LONGEST_NAME = 200


class Context:
    """What a task may use of the house; see ``turbo_hipster.task``."""

    Further = Callable[[str, str | None], Path]

    def __init__(
        self,
        build: model.Build,
        keeper: asking.Keeper,
        recorder: Recorder,
        *,
        workspace: Path,
        results_dir: Path,
        state_dir: Path,
    ) -> None:
        self.build = build
        self.base: str | None = None
        self.workspace = workspace
        self.results_dir = results_dir
        self.state_dir = state_dir
        self.log = logging.getLogger(f"turbo_hipster.build.{build.job}")
        self.rules = Rules()
        self.failing: list[model.Finding] = []
        self.further: Context.Further | None = None
        self._kept: list[object] = []
        self._keeper = keeper
        self._recorder = recorder
        self._lock = threading.Lock()
        self._steps = Steps(self._end_step)
        self._plan: list[str] = []
        self._done = 0

    def keep(self, thing: object) -> None:
        """Hold on to something until the build process ends."""
        self._kept.append(thing)

    def record_commit(self, commit: str) -> None:
        """Say which commit is judged."""
        self._recorder.write("commit", commit)

    def plan(self, names: Sequence[str]) -> None:
        """Name the steps to come; may be called again."""
        with self._lock:
            self._plan = [str(name) for name in names]
            total = self._done + len(self._plan)
        self._keeper.tell({"done": self._done, "total": total})

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[Running]:
        """Do a step: timed, shown, counted."""
        name = str(name)
        with self._lock:
            if name in self._plan:
                self._plan.remove(name)
            total = self._done + 1 + len(self._plan)
        self._tell(name, total)
        with self._steps.run(name) as step:
            yield step
        self._tell(name, total)

    def _end_step(self, step: model.Step) -> None:
        self._recorder.write("step", step)
        with self._lock:
            self._done += 1

    def _tell(self, name: str, total: int) -> None:
        self._keeper.tell(
            {"step": name[:LONGEST_NAME], "done": self._done, "total": total}
        )

    def checkout(self, ref: str, *, project: str | None = None) -> Path:
        """Lay out a further read-only tree from the same mirror."""
        if self.further is None:
            raise exceptions.CannotJudge(
                f"{ref} cannot be checked out: this job has no repository "
                "(checkout = none)"
            )
        return self.further(ref, project)

    def execute(
        self,
        argv: Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float | None = None,
        watch: Mapping[str, Path] | None = None,
        log: str = "shell_output.log",
    ) -> Exit:
        """Run a command to its end: captured, time-stamped, tree-killed."""
        command = self._keeper.command(
            asking.request(
                argv,
                cwd,
                env,
                log,
                self.workspace,
                timeout=timeout,
                watch={
                    name: str(path) for name, path in (watch or {}).items()
                },
            )
        )
        end = command.wait()
        assert end is not None
        return end

    def start(
        self,
        argv: Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        log: str = "shell_output.log",
    ) -> asking.Command:
        """Start a command that lives until stopped or the build ends."""
        return self._keeper.command(
            asking.request(argv, cwd, env, log, self.workspace, user=user)
        )

    def finding(
        self,
        id: str,
        message: str,
        *,
        severity: model.Severity = model.Severity.FAIL,
        where: Mapping[str, str] | None = None,
        measured: float | str | None = None,
        limit: float | str | None = None,
        limit_source: str = "",
        advice: str = "",
        detail: str = "",
    ) -> model.Finding:
        """Point at something; returns it as the job's rules leave it."""
        found = model.Finding(
            id,
            severity,
            message,
            dict(where or {}),
            measured,
            limit,
            limit_source,
            advice,
            detail=detail,
        )
        ruled = self.rules.apply(found)
        if ruled is None:
            self.not_checked(f"{id}: {message}", "the job turned it off")
            return dataclasses.replace(found, severity=model.Severity.NOTE)
        self._recorder.write("finding", ruled)
        if ruled.severity is model.Severity.FAIL and ruled.accepted is None:
            self._steps.fail()
            with self._lock:
                self.failing.append(ruled)
        return ruled

    def table(
        self, name: str, rows: Sequence[Mapping[str, Any]], title: str = ""
    ) -> None:
        """Show rows; rows of a table that exists are added to it."""
        self._recorder.write("table", model.Table(name, tuple(rows), title))

    def chart(self, chart: model.Chart) -> None:
        """Show a picture."""
        self._recorder.write("chart", chart)

    def artefact(self, path: Path, title: str = "") -> None:
        """Give a file in ``results_dir`` a title in the report."""
        inside = Path(path).absolute().relative_to(self.results_dir)
        self._recorder.write("artefact", model.Artefact(str(inside), title))

    def not_checked(self, what: str, why: str) -> None:
        """Say aloud what was not checked."""
        self._recorder.write("not_checked", model.NotChecked(what, why))
