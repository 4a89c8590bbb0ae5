"""The judges: what those who own the formats publish about them."""

import fcntl
import os
import subprocess
import sys
import tarfile
import zipfile

import pytest

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
