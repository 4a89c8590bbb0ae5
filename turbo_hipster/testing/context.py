"""A TaskContext for tests, honest to the contract."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import stat
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from turbo_hipster import exceptions, model
from turbo_hipster.steps import Running, Steps
from turbo_hipster.task import Exit
from turbo_hipster.testing import project as projects
from turbo_hipster.testing.commands import Command, Log
from turbo_hipster.testing.outcome import Outcome


class Shown(logging.Handler):
    """Writes what the task logs where its commands' output goes."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record, line by line."""
        for line in self.format(record).splitlines():
            self._log.write("task", line)


class Context:
    """What a task may use of the house, and a record of what it used."""

    def __init__(
        self,
        folder: Path,
        build: model.Build,
        *,
        project: Path | None = None,
        base: str | None = None,
        state_dir: Path | None = None,
        warn: Collection[str] = (),
        off: Collection[str] = (),
        cancel_at: str | None = None,
    ) -> None:
        self.build = build
        self.results_dir = folder / "results"
        self.workspace = folder / "work"
        self.state_dir = state_dir or folder / "state"
        for made in (self.results_dir, self.workspace, self.state_dir):
            made.mkdir(parents=True, exist_ok=True)
        self.base = (
            projects.resolve(project, base) if project and base else None
        )
        if project:
            self.workspace = (
                folder / "git" / (build.change.project or "project")
            )
            projects.lay_out(project, "HEAD", self.workspace)
        self._project, self._folder = project, folder
        self._warn, self._off, self._cancel_at = warn, off, cancel_at
        self._log = Log()
        self._further = folder / "further"
        self._commands: list[Command] = []
        self.planned: list[str] = []
        self.steps: list[model.Step] = []
        self._running = Steps(self.steps.append)
        self.findings: list[model.Finding] = []
        self.tables: dict[str, model.Table] = {}
        self.charts: list[model.Chart] = []
        self.artefacts: list[model.Artefact] = []
        self.gaps: list[model.NotChecked] = []
        self.log = logging.Logger(f"build.{build.id}", logging.DEBUG)
        self.log.addHandler(Shown(self._log))

    def plan(self, names: Sequence[str]) -> None:
        """Name the steps to come; may be called again."""
        self.planned += [name for name in names if name not in self.planned]

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[Running]:
        """Do a step: timed, shown, counted."""
        with self._running.run(name) as step:
            if name == self._cancel_at:
                raise exceptions.Cancelled
            yield step

    def checkout(self, ref: str, *, project: str | None = None) -> Path:
        """Lay out a further read-only tree from the test's repository."""
        if self._project is None:
            raise exceptions.CannotJudge(
                f"{ref} cannot be checked out: this test has no repository; "
                "give run_task a project"
            )
        if project not in (None, self.build.change.project):
            raise exceptions.FetchFailed(
                f"this test knows no project {project!r}, only its own"
            )
        self._further.mkdir(exist_ok=True)
        target = self._further / str(len(list(self._further.iterdir())) + 1)
        projects.lay_out(self._project, ref, target)
        for path in [target, *target.rglob("*")]:
            if not path.is_symlink():
                path.chmod(stat.S_IMODE(path.stat().st_mode) & ~0o222)
        return target

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
        """Run a command to its end."""
        command = self._command(argv, cwd=cwd, env=env, watch=watch)
        ended = command.wait(timeout)
        if ended is not None:
            return ended
        self._log.write("timeout", f"after {timeout:g} seconds")
        return command.stop()._replace(timed_out=True)

    def start(
        self,
        argv: Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        log: str = "shell_output.log",
    ) -> Command:
        """Start a command that lives until stopped or the build ends."""
        return self._command(argv, cwd=cwd, env=env, user=user)

    def _command(
        self, argv: Sequence[str], cwd: Path | None, **how: Any
    ) -> Command:
        command = Command(argv, self._log, cwd=cwd or self.workspace, **how)
        self._commands.append(command)
        return command

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
        """Point at something; returns it as ``warn`` and ``off`` leave it."""
        found = model.Finding(
            id=id,
            severity=severity,
            message=message,
            where=dict(where or {}),
            measured=measured,
            limit=limit,
            limit_source=limit_source,
            advice=advice,
            detail=detail,
        )
        if id in self._off:
            self.not_checked(f"{id}: {message}", "the job turned it off")
            return dataclasses.replace(found, severity=model.Severity.NOTE)
        if id in self._warn and severity is model.Severity.FAIL:
            found = dataclasses.replace(found, severity=model.Severity.WARN)
        self.findings.append(found)
        if found.severity is model.Severity.FAIL:
            self._running.fail()
        return found

    def table(
        self, name: str, rows: Sequence[Mapping[str, Any]], title: str = ""
    ) -> None:
        """Show rows; rows of a table that exists are added to it."""
        before = self.tables.get(name, model.Table(name))
        self.tables[name] = model.Table(
            name, (*before.rows, *rows), title or before.title
        )

    def chart(self, chart: model.Chart) -> None:
        """Show a picture."""
        self.charts.append(chart)

    def artefact(self, path: Path, title: str = "") -> None:
        """Give a file in ``results_dir`` a title in the report."""
        inside = Path(path).absolute().relative_to(self.results_dir)
        self.artefacts.append(model.Artefact(str(inside), title))

    def not_checked(self, what: str, why: str) -> None:
        """Say aloud what was not checked."""
        self.gaps.append(model.NotChecked(what, why))

    def close(self) -> None:
        """End every command, and let the folder be removed."""
        for command in self._commands:
            command.stop()
        for path in [self._further, *self._further.rglob("*")]:
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o700)

    def outcome(self, result: model.Result) -> Outcome:
        """Return the record, once closed."""
        return Outcome(
            result=result,
            planned=tuple(self.planned),
            steps=tuple(self.steps),
            findings=tuple(self.findings),
            tables=dict(self.tables),
            charts=tuple(self.charts),
            artefacts=tuple(self.artefacts),
            not_checked=tuple(self.gaps),
            log=self._log.text(),
            files={
                str(file.relative_to(self.results_dir)): file.read_bytes()
                for file in sorted(self.results_dir.rglob("*"))
                if file.is_file() and not file.is_symlink()
            },
            left=sum(command.left for command in self._commands),
        )
