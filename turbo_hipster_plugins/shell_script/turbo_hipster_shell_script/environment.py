"""What the command finds in its environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from turbo_hipster import task


def working_dir(context: task.TaskContext) -> Path:
    """Return the build's own folder, where a command may leave anything.

    It lies beside the results, and is gone when the build has ended.
    """
    folder = context.results_dir.parent / "work"
    folder.mkdir(exist_ok=True)
    return folder


def environment(
    context: task.TaskContext, result_file: Path, result_json: Path
) -> Mapping[str, str]:
    """Return the whole environment of the command.

    First the build's own (HOME and TMPDIR are folders of this build), then
    every job parameter, then our words, which a parameter cannot replace.
    The house has already left out parameters with a dangerous name.
    """
    return {
        **os.environ,
        **context.build.parameters,
        "TH_JOB_NAME": context.build.job,
        "TH_GIT_PATH": str(context.workspace),
        "TH_JOB_WORKING_DIR": str(working_dir(context)),
        "TH_RESULTS_DIR": str(context.results_dir),
        "TH_RESULT_FILE": str(result_file),
        "TH_RESULT_JSON": str(result_json),
        "CI_PARALLEL_JOBS": str(usable_cpus()),
    }


def usable_cpus() -> int:
    """Return the number of processors that this build may use."""
    return len(os.sched_getaffinity(0))
