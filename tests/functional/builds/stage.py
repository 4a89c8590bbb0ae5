"""A worker without a server, for the tests: a launcher and its builds.

Run as a program.  argv: a JSON object with ``base`` (a folder of its own),
``uid`` to become, ``technique`` and ``spares``.  It obeys JSON lines on its
standard input and tells what happens in JSON lines on its standard output.
"""

import ctypes
import json
import logging
import os
import pathlib
import sys
import threading

LOCK = threading.Lock()


def say(**words):
    with LOCK:
        os.write(1, (json.dumps(words) + "\n").encode())


def become(uid):
    if uid and os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        # as after an exec by that user: its files in /proc are its own
        ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)


TOLD = json.loads(sys.argv[1])
become(TOLD["uid"])

from turbo_hipster import exceptions, plugins  # noqa: E402
from turbo_hipster.builds import plan, recovery, request  # noqa: E402
from turbo_hipster.builds.containment import proc  # noqa: E402
from turbo_hipster.builds.launcher import Launcher  # noqa: E402
from turbo_hipster.conf import load  # noqa: E402

RENDERERS = ("page", "json", "junit", "markdown")


class Stage:
    def __init__(self):
        self.base = pathlib.Path(TOLD["base"])
        self.state = self.base / "state"
        self.launcher = Launcher(TOLD["technique"], TOLD["spares"])
        self.builds = {}
        found = {
            one.name: one.entry
            for one in plugins.installed("turbo_hipster.report")
        }
        self.renderers = tuple(found[name] for name in RENDERERS[::-1])

    def local(self):
        return {
            "name": "local",
            "entry": "turbo_hipster.publishers.local:LocalPublisher",
            "raw": {"path": [str(self.base / "published")]},
        }

    def publishers(self, told):
        extra = [
            {"name": name, "entry": entry, "raw": {}}
            for name, entry in told.get("publishers", {}).items()
        ]
        return (*extra, *([self.local()] if told.get("local", True) else []))

    def planned(self, told):
        """Read a configuration file that has just this job."""
        options = {"checkout": "none", "kill_grace": "5", **told["options"]}
        text = [
            "[DEFAULT]",
            "enabled_jobs = unit",
            f"state_dir = {self.state}",
            f"process_limit = {told.get('process_limit', 300)}",
            "[git]",
            f"origin = {told.get('origin', 'https://git.invalid')}",
            "[publish]",
            "publishers = local",
            "[publish:local]",
            f"path = {self.base / 'published'}",
            "[job:unit]",
            *(f"{name} = {value}" for name, value in options.items()),
        ]
        file = self.base / f"{told['name']}.conf"
        file.write_text("\n".join(text) + "\n")
        settings = load.load([file], [])
        job = plan.PlannedJob(settings.jobs["unit"], told["entry"])
        return job, plan.Plan(
            settings,
            {"unit": job},
            {},
            (),
            (*told.get("renderers", ()), *self.renderers),
            {},
        )

    def build(self, told):
        job, whole = self.planned(told)
        try:
            asked = request.accept(
                json.dumps(told.get("params", {})).encode(),
                job="unit",
                function="build:unit",
                label="",
                unique=told["name"],
                core=job.core,
            )
        except exceptions.RefusedInput as refused:
            say(event="refused", name=told["name"], text=str(refused))
            return
        order = whole.order(
            job,
            asked,
            {"worker_name": "stage"},
            tree=told.get("tree", ""),
            base_ref=told.get("base_ref", ""),
        )
        publishers = self.publishers(told)
        try:
            order.workspace.create()
            execution = self.launcher.execution(order, publishers)
        except (exceptions.CannotJudge, OSError) as error:
            order.workspace.remove()
            say(event="over", name=told["name"], error=str(error))
            return
        self.builds[told["name"]] = execution
        say(
            event="begun",
            name=told["name"],
            keeper=execution.keeper,
            build=order.build.id,
            folder=str(order.workspace.root),
        )
        threading.Thread(
            target=self.follow, args=(told["name"], execution, publishers)
        ).start()

    def follow(self, name, execution, publishers):
        self.listen(name, execution)
        if execution.lost and TOLD.get("recover", True):
            say(event="lost", name=name)
            try:
                execution = recovery.recover(
                    self.launcher, execution.order, publishers, "keeper gone"
                )
            except (exceptions.CannotJudge, OSError) as error:
                say(event="over", name=name, error=str(error))
                return
            self.listen(name, execution)
        say(event="over", name=name, answer=execution.answer)

    def listen(self, name, execution):
        while not execution.over:
            for message in execution.receive():
                if "answer" not in message:
                    say(event="news", name=name, **message)
        execution.close()

    def facts(self):
        server = self.launcher.pid
        say(
            event="facts",
            technique=self.launcher.technique,
            server=server,
            mine=len(os.listdir("/proc/self/fd")),
            threads=threading.active_count(),
            descriptors=len(os.listdir(f"/proc/{server}/fd")),
            tree=len(proc.children_tree(os.getpid())),
        )

    def sweep(self):
        count = recovery.sweep(self.launcher, self.state, (self.local(),))
        say(event="swept", count=count)

    def run(self):
        try:
            self.launcher.start()
        except exceptions.ConfigurationError as error:
            say(event="failed", text=str(error))
            return
        say(event="ready", server=self.launcher.pid)
        for line in sys.stdin:
            told = json.loads(line)
            word = told.pop("do")
            if word == "build":
                self.build(told)
            elif word == "cancel":
                self.builds[told["name"]].cancel(told["reason"])
            elif word == "sweep":
                self.sweep()
            elif word == "facts":
                self.facts()
        for execution in self.builds.values():
            execution.cancel("the stage closes")
        self.launcher.close()
        say(event="closed", clean=self.launcher.wait(60))


logging.basicConfig(level=logging.WARNING)
Stage().run()
