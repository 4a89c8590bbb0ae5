"""Launchers without a server; functional/builds/stage.py is the program."""

import contextlib
import json
import os
import pathlib
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
import time

from theatre.builds.build import Build
from theatre.builds.reach import BUILDS, ROOT, python_for, root_for
from theatre.builds.witnesses import Witnesses
from theatre.waiting import LIMIT, wait_until
from turbo_hipster.builds import containment
from turbo_hipster.builds.containment import proc


class Stage:
    """One run of stage.py."""

    def __init__(
        self,
        technique="descendants",
        *,
        uid=0,
        spares=1,
        base=None,
        state=None,
    ):
        uid = uid if os.geteuid() == 0 else os.geteuid()
        self.uid = uid
        self.spares = spares
        self.technique = technique
        self.own = base is None
        self.base = base or new_base(uid)
        self.state = self.base / "state"
        if self.own:
            self.witnesses = Witnesses(self.base)
            for path in self.base.iterdir():
                os.chown(path, uid, uid)
        self.heard = []
        self.counter = 0
        python, environment = python_for(uid)
        told = {
            "base": str(self.base),
            "uid": uid,
            "technique": technique,
            "spares": spares,
        }
        self.errors = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self.process = subprocess.Popen(
            [
                python,
                "-P",
                root_for(uid) / BUILDS.relative_to(ROOT) / "stage.py",
                json.dumps(told),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            env=environment,
            user=uid if os.geteuid() == 0 else None,
            group=uid if os.geteuid() == 0 else None,
            extra_groups=[] if os.geteuid() == 0 else None,
            start_new_session=True,
            text=True,
        )
        self.queue = queue.SimpleQueue()
        self.reader = threading.Thread(target=self._read, name="stage reader")
        self.reader.start()
        first = self._next()
        self.refusal = first.get("text", "")
        self.server = first.get("server", 0)
        self.server_started = proc.start_time(self.server)

    def _read(self):
        for line in self.process.stdout:
            self.queue.put(json.loads(line))
        self.queue.put(None)

    def _next(self):
        deadline = time.monotonic() + LIMIT
        while True:
            # few senders fit into the queue of a socket
            if self.own:
                self.witnesses.listen()
            with contextlib.suppress(queue.Empty):
                told = self.queue.get(timeout=0.2)
                break
            assert time.monotonic() < deadline, "nothing happens on the stage"
        assert told is not None, f"the stage fell silent: {self.said()}"
        self.heard.append(told)
        return told

    def said(self):
        self.errors.seek(0)
        return self.errors.read()

    def tell(self, **words):
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()

    def await_event(self, event, name=None):
        """Return the last such event, waiting until there is one."""
        while True:
            for told in reversed(self.heard):
                if told["event"] == event and told.get("name") == name:
                    return told
            self._next()

    def build(self, task, *, entry=None, params=None, **told):
        self.counter += 1
        name = f"b{self.counter}"
        options = {
            key: str(value) for key, value in told.pop("options", {}).items()
        }
        self.tell(
            do="build",
            name=name,
            entry=entry or f"tasks:{task}",
            params={"BASE": str(self.base), **(params or {})},
            options=options,
            **told,
        )
        while True:
            first = self._next()
            if first.get("name") == name:
                return Build(self, name, first)

    def judge(self, task, **told):
        """Do a build to its end; returns its verdict and sentences."""
        return self.build(task, **told).judgement

    def wait_until(self, condition, what):
        wait_until(condition, what)

    def facts(self):
        count = len(self.heard)
        self.tell(do="facts")
        while True:
            told = self._next()
            if told["event"] == "facts":
                self.heard = self.heard[:count]
                return told

    def sweep(self):
        self.tell(do="sweep")
        return self.await_event("swept")["count"]

    def sweep_again(self):
        self.heard = [told for told in self.heard if told["event"] != "swept"]
        return self.sweep()

    def folders(self):
        folder = self.state / "builds"
        return sorted(folder.iterdir()) if folder.exists() else []

    def await_quiet(self):
        """Nothing of any build is left: mounts too."""
        self.await_quiet_but_for_mounts()
        assert str(self.base) not in pathlib.Path("/proc/mounts").read_text()

    def await_quiet_but_for_mounts(self):
        """Nothing of any build is left: witnesses, folders, processes."""
        wait_until(self.witnesses.gone, "the end of all processes")
        wait_until(lambda: not self.folders(), f"no {self.folders()}")
        wait_until(self._is_at_rest, "only the spares")
        self.witnesses.forget()

    def _is_at_rest(self):
        """Whether there is nobody but those who wait for an order.

        These are the fork server, and keepers with two processes each: for
        the build, and for what is published of it.  A number alone is not
        enough: one may be leaving and another still to come.
        """
        begun = any(told["event"] == "begun" for told in self.heard)
        keepers = proc.children(self.server)
        return (
            len(keepers) == self.spares * begun
            and all(len(proc.children(keeper)) == 2 for keeper in keepers)
            and self.facts()["tree"] == 1 + 3 * len(keepers)
        )

    def kill(self):
        """Kill the "worker" itself with -9."""
        self.process.kill()
        self.process.wait()

    def close(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            wait_until(
                lambda: self.process.poll() is not None, "the stage's end"
            )
        else:
            self.process.stdin.close()
        self.reader.join(LIMIT)
        self.process.stdout.close()
        self.errors.close()
        if self.server:
            wait_until(
                lambda: not proc.alive(self.server), "the fork server's end"
            )

    def end_by_force(self):
        """After a failure: no process of ours outlives the test."""
        ours = {self.server: self.server_started}
        if self.process.poll() is None:
            ours[self.process.pid] = proc.start_time(self.process.pid)
        for above, started in ours.items():
            if started and proc.start_time(above) == started:
                for pid in (above, *proc.children_tree(above)):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.reader.join(LIMIT)

    def clear_away(self):
        if self.own:
            self.witnesses.close()
            shutil.rmtree(self.base, ignore_errors=True)


def new_base(uid):
    base = pathlib.Path(tempfile.mkdtemp(prefix="th-", dir="/tmp"))
    (base / "state").mkdir()
    os.chown(base, uid, uid)
    return base


def our_cgroups():
    try:
        base = containment.make("cgroup").base
    except OSError:
        return set()
    return set(base.glob("turbo-hipster-*"))


@contextlib.contextmanager
def stages():
    """Give out a maker of stages; see that nothing of them stays."""
    before = our_cgroups()
    opened = []

    def open_stage(*arguments, **named):
        opened.append(Stage(*arguments, **named))
        return opened[-1]

    try:
        yield open_stage
        for one in reversed(opened):
            one.close()
        for one in opened:
            if one.own:
                wait_until(one.witnesses.gone, "the end of all processes")
    finally:
        for one in reversed(opened):
            one.end_by_force()
            one.clear_away()
    wait_until(
        # other tests, which run at the same time, may have some as well
        lambda: all(map(_is_anothers, our_cgroups() - before)),
        "the end of each cgroup",
    )


def _is_anothers(path):
    """Whether its keeper lives."""
    return proc.alive(int(path.name.split("-")[3]))
