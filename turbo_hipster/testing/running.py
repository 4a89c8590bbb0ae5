"""Run a task in a test: in this process, with no server."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from turbo_hipster import exceptions, model
from turbo_hipster.conf.section import read_section, unknown_keys
from turbo_hipster.task import Task
from turbo_hipster.testing.context import Context
from turbo_hipster.testing.outcome import Outcome

SECTION = "job:test"


def run_task(
    task: type[Task],
    options: Mapping[str, str | Sequence[str]] | None = None,
    params: Mapping[str, str] | None = None,
    *,
    project: Path | None = None,
    base: str | None = None,
    state_dir: Path | None = None,
    warn: Collection[str] = (),
    off: Collection[str] = (),
    cancel_at: str | None = None,
) -> Outcome:
    """Judge as a build would, and return everything that came of it.

    ``options`` is the text of the job's section, the task's own options only;
    ``params`` are the job's parameters.  ``project`` is a git repository,
    whose HEAD is checked out and compared with ``base``; without one the task
    gets an empty folder.  ``state_dir`` is kept, so that a second run finds
    what the first one left.  ``warn`` and ``off`` are those of the job.
    ``cancel_at`` cancels the build at the start of that step.

    Commands and git are real.  HOME and TMPDIR are set as in a build and the
    task runs in the workspace; both are put back, and all else is removed.

    Raises ConfigurationError and InvalidJob for the options, and whatever the
    task raises to say that it could not judge.
    """
    raw = {
        key: [value] if isinstance(value, str) else list(value)
        for key, value in (options or {}).items()
    }
    unknown = unknown_keys(task.options, raw)
    if unknown:
        raise exceptions.ConfigurationError(
            f"{task.__name__} has no option {', '.join(unknown)}; it has "
            + (", ".join(option.name for option in task.options) or "none")
        )
    typed = read_section(task.options, raw, SECTION)
    task.check(typed)
    with tempfile.TemporaryDirectory(prefix="run-task-") as folder:
        context = Context(
            Path(folder),
            build(params or {}),
            project=project,
            base=base,
            state_dir=state_dir,
            warn=warn,
            off=off,
            cancel_at=cancel_at,
        )
        context.plan(task.steps)
        try:
            with moved_in(Path(folder), context.workspace):
                result = task(typed).run(context)
        finally:
            context.close()
        return context.outcome(judged(result, context))


def judged(result: object, context: Context) -> model.Result:
    """Return the result as a build would take it."""
    if not isinstance(result, model.Result) or result.verdict not in (
        model.Verdict.SUCCESS,
        model.Verdict.FAILURE,
    ):
        raise exceptions.CannotJudge(
            f"the task returned {result!r:.200}; run() must return "
            "Result.success() or Result.failure(), or raise"
        )
    failing = [
        finding
        for finding in context.findings
        if finding.severity is model.Severity.FAIL
    ]
    if result.verdict is model.Verdict.SUCCESS and failing:
        return model.Result.failure(failing[0].message, *result.sentences)
    return result


def build(params: Mapping[str, str]) -> model.Build:
    """Return a build whose client sent ``params``."""
    return model.Build(
        id="0123456789abcdef",
        job="test",
        unique=params.get("ZUUL_UUID", "test-1"),
        function="build:test",
        label="",
        change=model.Change(
            project=params.get("ZUUL_PROJECT", ""),
            branch=params.get("ZUUL_BRANCH", ""),
            ref=params.get("ZUUL_REF", ""),
            commit=params.get("ZUUL_COMMIT", ""),
        ),
        log_path=params.get("LOG_PATH", "test/0123456789abcdef"),
        parameters=dict(params),
    )


@contextlib.contextmanager
def moved_in(folder: Path, workspace: Path) -> Iterator[None]:
    """Give this process the surroundings of a build, for a while."""
    cwd = Path.cwd()
    ours = {"HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp")}
    before = {name: os.environ.get(name) for name in ours}
    for path in ours.values():
        Path(path).mkdir()
    os.environ.update(ours)
    os.chdir(workspace)
    try:
        yield
    finally:
        os.chdir(cwd)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
