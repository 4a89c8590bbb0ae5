"""The task: one step, one command, one verdict."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from types import SimpleNamespace

from turbo_hipster import model, task
from turbo_hipster_shell_script import result_file, result_json, verdict
from turbo_hipster_shell_script.environment import environment, working_dir
from turbo_hipster_shell_script.options import (
    OPTIONS,
    refuse_unusable,
    watched,
)

STEP = "run the command"


class ShellScript(task.Task):
    """Run a command in the checkout and judge the change by its end."""

    options = OPTIONS
    steps = (STEP,)

    @classmethod
    def check(cls, options: SimpleNamespace) -> None:
        """Raise InvalidJob if the section's options cannot work."""
        refuse_unusable(options.command, options.watch)

    def run(self, context: task.TaskContext) -> model.Result:
        """Judge the change."""
        # TMPDIR is the build's own, and goes with it
        said = tempfile.mkdtemp(prefix="said-", dir=os.environ.get("TMPDIR"))
        message = Path(said, "message")
        document = Path(said, "result.json")
        with context.step(STEP) as step:
            ended = context.execute(
                ["/bin/sh", "-c", self.command(context)],
                cwd=context.workspace,
                env=environment(context, message, document),
                watch=watched(self.settings.watch, context.workspace),
            )
            result = verdict.judge(
                ended,
                result_file.first_line(message),
                result_json.show(document, context),
            )
            if result.verdict is model.Verdict.FAILURE:
                step.fail()
            return result

    def command(self, context: task.TaskContext) -> str:
        """Return the command, with the arguments that the job asks for."""
        command: str = self.settings.command
        if self.settings.arguments == "none":
            return command
        import shlex

        return f"{command.rstrip()} " + shlex.join(
            [
                str(context.workspace),
                str(working_dir(context)),
                context.build.unique,
            ]
        )
