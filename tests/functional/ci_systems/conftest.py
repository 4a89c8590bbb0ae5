"""The judges: what those who own the formats publish about them."""

import fcntl
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from theatre.servers import geard, server_of
from theatre.worker.relay import proxy_to
from theatre.worker.sites import site

__all__ = ["geard", "proxy_to", "server_of", "site"]

JUDGES = {
    # the authors' own object model: its source has the JSON schema it is
    # made from, with the draft's number; the words that we use are the same
    "sarif-om": ["sarif-om==1.0.4", "--no-binary", "sarif-om"],
    # Zuul itself: zuul_return as its executor has it, and its schemas
    "zuul": ["zuul==14.3.0"],
}


@pytest.fixture(scope="session")
def judge(tmp_path_factory):
    """Download and unpack a package, once for all processes of a run."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent

    def unpacked(name):
        folder = shared / f"judge-{name}"
        with (shared / f"judge-{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                place = shared / f"judge-{name}.new"
                place.mkdir(exist_ok=True)
                pip = [sys.executable, "-m", "pip", "-qq", "download"]
                subprocess.run(
                    [*pip, "--no-deps", "--dest", place, *JUDGES[name]],
                    check=True,
                )
                [file] = [one for one in place.iterdir() if one.is_file()]
                if file.suffix == ".whl":
                    zipfile.ZipFile(file).extractall(place)
                else:
                    with tarfile.open(file) as archive:
                        archive.extractall(place, filter="data")
                place.rename(folder)
        return folder

    return unpacked


SCRIPT = """\
echo '::set-output name=x::y'
printf '\\033[31mERROR: it broke\\033[0m\\n'
cat > "$TH_RESULT_JSON" <<'END'
{"findings": [
  {"id": "TH-BAD", "message": "It is ::error:: bad",
   "where": {"file": "shop/cart.py", "line": "12"}},
  {"id": "TH-SO", "message": "It is so so", "severity": "warn"}
]}
END
exit 1
"""


class Desk:
    """A project with a configuration; what is installed here is used."""

    def __init__(self, place):
        self.place = place
        self.tree = place / "src" / "shop"
        self.tree.mkdir(parents=True)
        for words in (
            ["init", "-q", "-b", "main"],
            ["commit", "-q", "--allow-empty", "-m", "base"],
            ["update-ref", "refs/remotes/origin/main", "HEAD"],
        ):
            told = ["-c", "user.name=T", "-c", "user.email=t@t"]
            subprocess.run(["git", *told, *words], cwd=self.tree, check=True)
        self.config = self.tree / "turbo-hipster.conf"
        self.config.write_text(
            "[DEFAULT]\n"
            f"state_dir = {place / 'state'}\n"
            "[publish]\npublishers = local\n"
            f"[publish:local]\npath = {place / 'published'}\n"
            "[job:good]\nplugin = shell_script\ncommand = true\n"
            "[job:bad]\nplugin = shell_script\n"
            f"command = sh {place / 'bad.sh'}\n"
            "[job:unsure]\nplugin = shell_script\ncommand = exit 75\n"
        )
        (place / "bad.sh").write_text(SCRIPT)
        self.environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(place),
            "LANG": "C.UTF-8",
        }

    def run(self, argv, cwd=None, **environment):
        """Return the ended process; its output is text, with its returns."""
        done = subprocess.run(
            argv,
            cwd=cwd or self.tree,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=240,
        )
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
        return done


@pytest.fixture
def desk(tmp_path):
    """A place of its own, with jobs that are good, bad and unsure."""
    return Desk(tmp_path)
