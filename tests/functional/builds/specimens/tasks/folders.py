"""Tasks that leave their folders in a bad state."""

import contextlib
import os
import pathlib
import shutil
import socket
import stat
import time

from tasks.stage import Specimen
from turbo_hipster import exceptions


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
