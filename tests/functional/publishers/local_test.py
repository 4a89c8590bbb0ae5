"""Publishing to another file system, and to one that is full, for real."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from turbo_hipster.publishers.local import LocalPublisher

pytestmark = pytest.mark.functional

FULL = """
import os, subprocess, sys
from pathlib import Path
from types import SimpleNamespace
from turbo_hipster import exceptions
from turbo_hipster.publishers.local import LocalPublisher

place, root = Path(sys.argv[1]), Path(sys.argv[2])
subprocess.run(
    ["mount", "-t", "tmpfs", "-o", "size=256k", "none", root], check=True
)
results = place / "results"
results.mkdir()
(results / "index.html").write_text("<p>")
(results / "a.log").write_text("x" * 100000)
(results / "z.log").write_text("x" * 400000)
publisher = LocalPublisher(SimpleNamespace(path=str(root), url=""))
try:
    publisher.publish(results, "job/b", {})
except exceptions.PublishFailed as error:
    print(error)
print(sorted(path.name for path in root.rglob("*")))
print(sorted(path.name for path in results.iterdir()))
(results / "z.log").unlink()
publisher.publish(results, "job/b", {})
print(sorted(path.name for path in root.rglob("*")))
"""


@pytest.fixture
def other(tmp_path):
    """A folder on another file system than ``tmp_path``."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as place:
        if os.stat(place).st_dev == tmp_path.stat().st_dev:
            pytest.skip("/dev/shm is on the file system of the tests")
        yield Path(place)


def test_results_cross_to_another_file_system(tmp_path, other):
    from types import SimpleNamespace

    results = tmp_path / "results"
    (results / "files").mkdir(parents=True)
    (results / "index.html").write_text("<p>")
    (results / "files/run.sh").write_text("#!")
    (results / "files/run.sh").chmod(0o700)
    options = SimpleNamespace(path=str(other / "www"), url="")
    LocalPublisher(options).publish(results, "job/b", {})
    done = other / "www/job/b"
    assert (done / "index.html").read_text() == "<p>"
    assert (done / "files/run.sh").stat().st_mode & 0o777 == 0o755
    assert [path.name for path in done.parent.iterdir()] == ["b"]


def test_a_full_disk_leaves_nothing_half_and_the_results_intact(tmp_path):
    (tmp_path / "root").mkdir()
    inside = ["unshare", "--user", "--map-root-user", "--mount"]
    if subprocess.run([*inside, "true"], capture_output=True).returncode:
        pytest.skip("no user namespace may be made here to mount in")
    script = [sys.executable, "-c", FULL, str(tmp_path)]
    done = subprocess.run(
        [*inside, *script, str(tmp_path / "root")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    told, left, results, later = done.stdout.splitlines()
    assert "No space left" in told
    assert left == "['job']"
    assert results == "['a.log', 'index.html', 'z.log']"
    assert later == "['a.log', 'b', 'index.html', 'job']"
