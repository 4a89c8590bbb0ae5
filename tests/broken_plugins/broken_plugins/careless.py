"""Tasks that work, and whose authors forgot one thing each."""

import os
import signal
import subprocess
import threading

from oslo_config import cfg

from broken_plugins.sound import Sound
from turbo_hipster import model, task

left = []


class NoHelp(Sound):
    options = [cfg.StrOpt("greeting", default="hello")]


class CoreName(Sound):
    options = [
        *Sound.options,
        cfg.IntOpt("kill_grace", default=1, help="It is taken already."),
    ]


class NoWords(task.Task):
    steps = ("greet",)

    def run(self, context):
        with context.step("greet"):
            return model.Result.success()


class NoSteps(Sound):
    steps = ()

    def run(self, context):
        return model.Result.success()


class SkipsStep(Sound):
    steps = ("greet", "wave")


class SurpriseStep(Sound):
    def run(self, context):
        with context.step("wave"):
            return super().run(context)


class SwallowsCancel(Sound):
    def run(self, context):
        try:
            return super().run(context)
        except BaseException:
            return model.Result.success()


class NoAdvice(Sound):
    def run(self, context):
        context.finding("TH-RUDE", "It does not greet")
        return super().run(context)


class OddId(Sound):
    def run(self, context):
        context.finding("rude", "It is rude", severity=model.Severity.NOTE)
        return super().run(context)


class NoSource(Sound):
    def run(self, context):
        context.finding(
            "TH-SLOW", "It is slow", measured=2, limit=1, advice="Be quick."
        )
        return super().run(context)


class SilentFailure(Sound):
    def run(self, context):
        super().run(context)
        return model.Result.failure()


class NeedsFiles(Sound):
    def run(self, context):
        (context.workspace / "README").read_text()
        return super().run(context)


class LeavesEnvironment(Sound):
    def run(self, context):
        left.append(None)
        os.environ["LEFT_BEHIND"] = str(len(left))
        return super().run(context)


class LeavesSignal(Sound):
    def run(self, context):
        signal.signal(signal.SIGUSR1, lambda *_: None)
        return super().run(context)


class LeavesThread(Sound):
    def run(self, context):
        threading.Thread(
            target=threading.Event().wait, daemon=True, name="left behind"
        ).start()
        return super().run(context)


class LeavesFile(Sound):
    def run(self, context):
        left.append(os.open(os.devnull, os.O_RDONLY))
        return super().run(context)


class LeavesChild(Sound):
    def run(self, context):
        left.append(subprocess.Popen(["sleep", "5"]))
        return super().run(context)


class Outlived(Sound):
    def run(self, context):
        context.execute(["sh", "-c", "sleep 60 >/dev/null & exit 0"])
        return super().run(context)


class Nonsense(Sound):
    def run(self, context):
        super().run(context)
        return "SUCCESS"
