"""Tasks that hurt, and their sound twin.  BASE is the test's folder."""

import array
import contextlib
import ctypes
import json
import mmap
import os
import pathlib
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time

import hostile

from turbo_hipster import exceptions, model
from turbo_hipster.task import Task

PYTHON = sys.executable
HOSTILE = hostile.__file__


class Specimen(Task):
    def run(self, context):
        self.base = context.build.parameters.get("BASE", "")
        self.root = context.results_dir.parent
        hostile.BASE = self.base
        if self.base:
            hostile.witness(self.base)
        return self.act(context)

    def act(self, context):
        return model.Result.success("all is well")

    def wire(self):
        """Find the socket to the keeper among our descriptors."""
        for name in os.listdir("/proc/self/fd"):
            with contextlib.suppress(OSError):
                number = int(name)
                if number > 2 and stat.S_ISSOCK(os.fstat(number).st_mode):
                    found = socket.socket(fileno=os.dup(number))
                    if found.type & socket.SOCK_SEQPACKET:
                        return found
        raise RuntimeError("no wire was found")

    def send(self, text, *descriptors):
        rights = array.array("i", descriptors)
        extra = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)]
        with self.wire() as wire:
            wire.sendmsg([text], extra if descriptors else [])


class Sound(Specimen):
    steps = ("one", "two")

    def act(self, context):
        for name in self.steps:
            with context.step(name):
                end = context.execute(["/bin/sh", "-c", f"echo {name}"])
        (context.results_dir / "kept.txt").write_text("kept")
        if end.status:
            return model.Result.failure("the shell is broken")
        return super().act(context)


class Fails(Specimen):
    def act(self, context):
        return model.Result.failure("the change is bad")


class FailsByFinding(Specimen):
    def act(self, context):
        context.finding("TH-ONE", "it is too slow", where={"place": "here"})
        return super().act(context)


class Lurks(Specimen):
    """Wait in the phase "run" until somebody ends it."""

    def act(self, context):
        print("lurking", flush=True)
        with context.step("lurk"):
            context.execute([PYTHON, HOSTILE, "double_fork", self.base])


class LurksBeside(Lurks):
    """The same, while another command runs."""

    def act(self, context):
        context.start(["sleep", "1000"])
        return super().act(context)


class Script(Specimen):
    """Run hostile.py; its exit status decides."""

    def act(self, context):
        kind = context.build.parameters["KIND"]
        end = context.execute(
            [PYTHON, HOSTILE, kind, self.base],
            env={**os.environ, **context.build.parameters},
        )
        if end.status:
            return model.Result.failure(f"it ended with {end.status}")
        return super().act(context)


class Exits(Specimen):
    def act(self, context):
        sys.exit(3)


class Vanishes(Specimen):
    def act(self, context):
        os._exit(0)


class Segfaults(Specimen):
    def act(self, context):
        ctypes.string_at(1)


class Asserts(Specimen):
    def act(self, context):
        raise AssertionError("I doubt it")


class RaisesBase(Specimen):
    def act(self, context):
        raise BaseException("of the lowest kind")


class Interrupts(Specimen):
    def act(self, context):
        raise KeyboardInterrupt


class RaisesUnprintable(Specimen):
    def act(self, context):
        class Unprintable(Exception):
            def __str__(self):
                raise RuntimeError("not even this")

        raise Unprintable


class ReturnsText(Specimen):
    def act(self, context):
        return "SUCCESS"


class ReturnsNothing(Specimen):
    def act(self, context):
        return None


class ReturnsAborted(Specimen):
    def act(self, context):
        return model.Result(model.Verdict.ABORTED)


class LoopsSilently(Specimen):
    def act(self, context):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            pass


class LoopsLoudly(Specimen):
    def act(self, context):
        while True:
            try:
                print("again and again")
            except BaseException:
                continue


class SaysItBegins(Specimen):
    """Try to have the clock set back, for ever."""

    def act(self, context):
        while True:
            self.send(b'{"phase": "run"}')
            time.sleep(0.05)


class Multiplies(Specimen):
    """Fork without end; stops itself at 2,000."""

    def act(self, context):
        count = mmap.mmap(-1, 4)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while int.from_bytes(count[:4], "little") < 2000:
            number = int.from_bytes(count[:4], "little") + 1
            count[:4] = number.to_bytes(4, "little")
            if os.fork() == 0:
                if number % 50 == 0:
                    hostile.witness(self.base)
                if number % 2:
                    hostile.lurk()
        return model.Result.failure("it was not stopped")


class ClosesEverything(Specimen):
    def act(self, context):
        os.closerange(0, 4096)
        context.execute(["/bin/true"])


class ClosesAndPasses(Specimen):
    def act(self, context):
        os.closerange(0, 4096)
        return super().act(context)


class WritesGarbage(Specimen):
    def act(self, context):
        for text in (
            b"\x00\xff",
            b"[]",
            b"null",
            b'{"total": 1}',
            b'{"total": 1, "done": 1e999, "step": {}}',
            b'{"total": "x", "done": []}',
            b'{"step": "' + b"x" * 60_000,
            b"[" * 60_000,
        ):
            self.send(text)
        return super().act(context)


class SendsStrangeDescriptors(Specimen):
    """A file, a pipe, sockets that are silent, or say what they should not."""

    def act(self, context):
        with open("/dev/null") as nothing:
            self.send(b"{}", *[nothing.fileno()] * 3)
        read, write = os.pipe()
        self.send(b"{}", read)
        self.kept = []
        for text in (
            b"",
            b"no message\n",
            b"[]\n",
            b'{"argv": 1}\n',
            b'{"argv": ["true"], "cwd": "/", "env": {}, "watch": [1]}\n',
            b'{"argv": ["true"], "cwd": "/", "env": {}, "timeout": "x"}\n',
            b'{"argv": ["true"], "cwd": "/", "env": {}, "log": "../x"}\n',
            b'{"argv": ["true"], "cwd": "/", "env": {}, "user": "\\u0000"}\n',
        ):
            ours, theirs = socket.socketpair()
            ours.send(text)
            self.send(b"{}", theirs.fileno())
            theirs.close()
            self.kept.append(ours)
        end = context.execute(["/bin/sh", "-c", "echo still heard"])
        assert end.status == 0
        return super().act(context)


class Dribbles(Specimen):
    """Ask for a command a byte at a time, without end."""

    def act(self, context):
        ours, theirs = socket.socketpair()
        self.send(b"{}", theirs.fileno())
        print("dribbling", flush=True)
        while True:
            ours.send(b" ")
            time.sleep(0.05)


class AsksAndEnds(Specimen):
    """Ask for many commands, which nobody has heard when we are gone."""

    def act(self, context):
        pathlib.Path(self.base, "ready").touch()
        while not os.path.exists(f"{self.base}/ask"):
            time.sleep(0.01)
        request = {
            "argv": ["/bin/sh", "-c", f"echo ran >> {self.base}/ran"],
            "cwd": "/",
            "env": {"PATH": os.environ["PATH"]},
        }
        self.kept = []
        for _ in range(20):
            ours, theirs = socket.socketpair()
            ours.sendall(json.dumps(request).encode() + b"\n")
            self.send(b"{}", theirs.fileno())
            self.kept.append(ours)
        os._exit(0)


class LeaksThreads(Specimen):
    def act(self, context):
        for _ in range(20):
            threading.Thread(target=lambda: time.sleep(3600)).start()
        return super().act(context)


class MovesHouse(Specimen):
    def act(self, context):
        os.chdir("/")
        os.umask(0o777)
        for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGPIPE):
            signal.signal(number, signal.SIG_IGN)
        os.environ.clear()
        sys.stdout = sys.stderr = None
        return super().act(context)


class Prints(Specimen):
    def act(self, context):
        line = b"x" * 79 + b"\n"
        os.write(1, b"the first line\n")
        for _ in range(50):
            os.write(1, line * 12_500)
        os.write(1, b"the last line\n")
        return super().act(context)


class DeletesItsFolder(Specimen):
    def act(self, context):
        shutil.rmtree(self.root)
        return super().act(context)


class DeletesItsReport(Specimen):
    def act(self, context):
        shutil.rmtree(self.root / "report")
        return super().act(context)


class LinksItsFolders(Specimen):
    """Put links in the place of report/ and results/."""

    def act(self, context):
        for name in ("report", "results"):
            elsewhere = pathlib.Path(self.base, f"elsewhere-{name}")
            elsewhere.mkdir()
            (elsewhere / "precious").write_text("precious")
            shutil.rmtree(self.root / name)
            (self.root / name).symlink_to(elsewhere)
        return super().act(context)


class LinksItsIndex(Specimen):
    """Have the report written into somebody else's files."""

    def act(self, context):
        precious = pathlib.Path(self.base, "precious")
        precious.write_text("precious")
        for name in ("index.html", "report.json", "junit.xml", "files"):
            (self.root / "report" / name).symlink_to(precious)
        os.mkfifo(self.root / "report" / "summary.md")
        (context.results_dir / "kept.txt").write_text("kept")
        return super().act(context)


class LogsIntoAPipe(Specimen):
    def act(self, context):
        os.mkfifo(self.root / "report" / "mine.log")
        with contextlib.suppress(exceptions.CommandFailed):
            context.execute(
                ["/bin/sh", "-c", "head -c 1000000 /dev/zero"], log="mine.log"
            )
        return super().act(context)


class LeavesOddThings(Specimen):
    def act(self, context):
        here = context.results_dir
        os.mkfifo(here / "pipe")
        (here / "link").symlink_to("/etc/passwd")
        (here / "loop").symlink_to(here)
        (here / "gone").symlink_to("/nowhere")
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(os.path.relpath(here / "socket"))
        if os.geteuid() == 0:
            with contextlib.suppress(PermissionError):
                os.mknod(here / "device", 0o666 | stat.S_IFBLK, 0x700)
        (here / os.fsdecode(b"\xff name")).write_text("odd name")
        (here / "closed").mkdir()
        (here / "closed" / "inside.txt").write_text("inside")
        (here / "closed" / "inside.txt").chmod(0)
        (here / "closed").chmod(0)
        (here / "kept.txt").write_text("kept")
        return super().act(context)


class LeavesHostileRecord(Specimen):
    """Entries that no task could have made, and a pipe at the end."""

    def act(self, context):
        step = {"name": 1, "started": 10**400, "seconds": 1, "verdict": "X"}
        finding = {
            "id": ["x"], "message": None, "limit_source": {}, "advice": 1,
            "severity": "fail", "where": {"a": {"b": 1}}, "measured": [1],
            "limit": {"a": 1}, "accepted": 7, "proposed": ["x"],
        }  # fmt: skip
        with open(self.root / "record.jsonl", "a") as record:
            for entry in (
                None, 1, [], ["step"], [[], {}], ["step", step],
                ["finding", finding], ["table", {"name": 1, "rows": "abc"}],
                ["table", {"name": [], "title": {}, "rows": [{"x": {}}]}],
                ["chart", {"series": [{"name": 1, "points": [[1, "y"]]}]}],
                ["artefact", {"path": "../../x", "title": 1}],
                ["not_checked", {"what": 1, "why": None}], ["nobody", 1],
            ):  # fmt: skip
                record.write(json.dumps(entry) + "\n")
            record.write("[" * 50_000 + "\n\x00\xff{\n")
        return super().act(context)


class LeavesAPipeForARecord(Specimen):
    def act(self, context):
        (self.root / "record.jsonl").unlink()
        os.mkfifo(self.root / "record.jsonl")
        return super().act(context)


class LeavesAPipeForAResult(Specimen):
    def act(self, context):
        os.mkfifo(self.root / "result.json")
        os._exit(0)


class LeavesItsOwnResult(Specimen):
    def act(self, context):
        said = context.build.parameters["RESULT"]
        (self.root / "result.json").write_text(said)
        os._exit(0)


class ForksAndDies(Specimen):
    """The child comes back and says SUCCESS; we die afterwards."""

    def act(self, context):
        child = os.fork()
        if child:
            os.waitpid(child, 0)
            os.kill(os.getpid(), signal.SIGSEGV)
        return super().act(context)


class ShowsOddThings(Specimen):
    def act(self, context):
        context.finding(
            "TH-ODD",
            "<script>\x1b[31m",
            where={"x": object(), 3: None},
            measured=float("nan"),
            limit=float("inf"),
            severity=model.Severity.WARN,
        )
        context.table("t", [{"a": object(), "b": [1, {"c": 2}], 7: {1, 2}}])
        context.table("empty", [])
        context.chart(model.Chart("c", "pie", "", ()))
        return super().act(context)


class TellsSecrets(Specimen):
    """The secret in everything that is shown, and in an exception."""

    def act(self, context):
        secret = context.build.parameters["PASSWORD"]
        print("printed", secret, flush=True)
        context.log.warning("logged %s", secret)
        with context.step(f"step {secret}"):
            context.execute(["/bin/sh", "-c", f"echo said {secret}"])
        context.finding(
            "TH-X", f"message {secret}", where={f"k{secret}": secret},
            measured=f"m {secret}", advice=f"a {secret}",
        )  # fmt: skip
        context.table(f"t {secret}", [{f"c {secret}": f"v {secret}"}])
        context.not_checked(f"what {secret}", f"why {secret}")
        (context.results_dir / "kept.txt").write_text("kept")
        context.artefact(context.results_dir / "kept.txt", f"title {secret}")
        raise ValueError(f"it was {secret}")


class ShowsItsWorld(Specimen):
    """Leave what it sees of the parameters and the environment."""

    def act(self, context):
        seen = {
            "parameters": dict(context.build.parameters),
            "environment": dict(os.environ),
            "command": subprocess.run(
                ["env", "-0"], stdout=subprocess.PIPE, text=True, check=True
            ).stdout,
        }
        (context.results_dir / "seen.json").write_text(json.dumps(seen))
        return super().act(context)


class DigsDeep(Specimen):
    def act(self, context):
        os.chdir(self.root / "work")
        for _ in range(1500):
            os.mkdir("deep")
            os.chdir("deep")
        for _ in range(20):
            os.mkdir("n" * 250)
            os.chdir("n" * 250)
        os.chdir("/")
        return super().act(context)


class ShutsItsFolders(Specimen):
    def act(self, context):
        folder = self.root / "work" / "a" / "b" / "c"
        folder.mkdir(parents=True)
        (folder / "file").touch()
        for path in (folder, *list(folder.parents)[:2]):
            path.chmod(0)
        return super().act(context)


class LeavesUnremovable(Specimen):
    """As root: a file that even root cannot remove."""

    def act(self, context):
        path = self.root / "work" / "stuck"
        path.touch()
        end = context.execute(["chattr", "+i", str(path)])
        if end.status:
            raise exceptions.CannotJudge("no chattr here")
        return super().act(context)


class Mounts(Specimen):
    """As root: mounts that stay in the workspace."""

    def act(self, context):
        for name in ("one", "two æ"):
            place = self.root / "work" / name
            place.mkdir()
            end = context.execute(["mount", "-t", "tmpfs", "none", str(place)])
            assert end.status == 0, end.tail
            (place / "file").write_text("x")
        return super().act(context)


class FillsTheDisk(Specimen):
    def act(self, context):
        big = open(self.root / "work" / "big", "wb", 0)  # noqa: SIM115
        with contextlib.suppress(OSError), big:
            while True:
                big.write(b"x" * 65536)
        print("said when full", flush=True)
        for number in range(200):
            print(f"line {number} {'y' * 100}", flush=True)
        if context.build.parameters.get("TIDY"):
            os.unlink(self.root / "work" / "big")
            time.sleep(1.5)
            print("room again", flush=True)
        return super().act(context)


class Independent(Specimen):
    """Say which commits there are; fails, so that the folder is kept."""

    def act(self, context):
        further = context.checkout("master")
        assert (further / "file").exists()
        return model.Result.failure("to be looked at")


class FindsWhatIsAsked(Specimen):
    def act(self, context):
        for one in json.loads(context.build.parameters["FINDINGS"]):
            context.finding(one["id"], "found", where=one.get("where"))
        return super().act(context)


class LeavesDaemons(Specimen):
    def act(self, context):
        context.execute([PYTHON, HOSTILE, "hold_stdout", self.base])
        print("the command is over", flush=True)
        while True:
            time.sleep(0.1)


class RunsTwo(Specimen):
    """The first one ends while the second one runs."""

    def act(self, context):
        go = self.root / "work" / "go"
        second = context.start(
            ["/bin/sh", "-c", f"until test -e {go}; do sleep 0.01; done;"
             "echo second"], log="second.log",
        )  # fmt: skip
        first = context.execute(["echo", "first"], log="first.log")
        assert first.tail == "first\n"
        assert second.wait(0.1) is None
        go.touch()
        assert second.wait().tail == "second\n"
        return super().act(context)


class RunsTooLong(Specimen):
    def act(self, context):
        end = context.execute(
            ["/bin/sh", "-c", "echo begun; exec sleep 1000"], timeout=0.5
        )
        assert end.timed_out
        assert end.status == -signal.SIGTERM
        assert end.tail == "begun\n"
        stopped = context.start(["sleep", "1000"])
        assert stopped.stop(5).status == -signal.SIGTERM
        return super().act(context)


class RunsWhatIsAsked(Specimen):
    def act(self, context):
        context.execute(json.loads(context.build.parameters["ARGV"]))


class RunsHundreds(Specimen):
    def act(self, context):
        running = []
        with contextlib.suppress(exceptions.CommandFailed):
            while len(running) < 400:
                running.append(context.start(["sleep", "1000"]))
        assert 100 < len(running) < 300
        running.pop().stop()
        assert context.execute(["true"]).status == 0
        return super().act(context)


class ForksAndPauses(Specimen):
    """The child comes back; we go on when it is gone, and look."""

    def act(self, context):
        child = os.fork()
        if child == 0:
            return super().act(context)
        os.waitpid(child, 0)
        if (self.root / "result.json").exists():
            return model.Result.failure("the child left a result")
        return super().act(context)


class LeavesAResultAndDies(Specimen):
    def act(self, context):
        (self.root / "result.json").write_text(
            '{"kind": "judged", "verdict": "SUCCESS", "sentences": []}'
        )
        os.kill(os.getpid(), signal.SIGKILL)


class IsDeaf(Specimen):
    def act(self, context):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("lurking", flush=True)
        hostile.orphan()
        hostile.lurk()


class PrintsAndLurks(Specimen):
    def act(self, context):
        for number in range(10_000):
            print("line", number)
        sys.stdout.flush()
        (self.root / "work" / "done").touch()
        hostile.lurk()
