"""A whole visit: everything sound, nothing left, as whoever runs it."""

import os
import pty
import select
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from theatre.builds.reach import python_for
from theatre.doctor import Place
from theatre.worker.sites import opened

MACHINE = {"clock", "containment", "disk", "snapshot technique"}
"""What the machine that runs the tests may lack; no fault of the place."""
NOBODY = 65534


def files(folder):
    return sorted(str(path) for path in folder.rglob("*"))


def sound(rows):
    assert [row for row in rows if row["state"] == "fail"] == []
    warned = {row["check"] for row in rows if row["state"] == "warn"}
    assert warned <= MACHINE


def test_a_sound_place_is_well_and_nothing_is_left(place, geard):
    place.at(geard)
    place.state.mkdir()
    before = files(place.folder)
    rows = place.told()
    sound(rows)
    assert files(place.folder) == before
    assert {row["check"] for row in rows} >= {
        "configuration", "state folder", "disk", "clock", "job server",
        "own certificate", "functions", "containment", "plugins", "git",
        "origin", "publisher", "database servers", "snapshot technique",
    }  # fmt: skip


def test_people_read_sentences_and_arrows(place):
    code, text = place.doctor("--only", "job server", "--only", "git")
    assert code == 2
    lines = text.splitlines()
    assert lines[0].startswith("fail  job server: nobody answers at")
    assert any(line.startswith("      -> start the") for line in lines)
    assert lines[-1].startswith("1 will go wrong; the arrows say")
    assert max(map(len, lines)) < 80
    code, text = place.doctor("--only", "git")
    assert code == 0
    assert text.endswith("All is well.\n")


def test_a_check_that_is_not_there_is_named(place):
    code, text = place.doctor("--only", "nonsense")
    assert code == 2
    assert "no check 'nonsense'" in text
    assert "publisher" in text


@pytest.fixture
def common():
    """A place that everybody can reach."""
    folder = Path(tempfile.mkdtemp(prefix="th-", dir="/tmp"))
    folder.chmod(0o755)
    made = Place(folder)
    python, environment = python_for(NOBODY)
    made.python = python
    made.environment |= environment
    made.conf.chmod(0o644)
    yield made
    shutil.rmtree(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has other eyes")
def test_root_looks_through_the_eyes_of_the_owner(common):
    # given: the folder is the service's, and the published one root's
    for folder in (common.state, common.results):
        folder.mkdir()
        folder.chmod(0o755)
    os.chown(common.state, NOBODY, NOBODY)

    # then
    bad = common.bad("state folder", "publisher", status=2)
    assert f"nothing can be written in {common.results}" in bad
    _code, text = common.doctor("--only", "state folder")
    assert text.startswith("Looked at as nobody.\nok ")
    assert common.bad("publisher", status=0, more=["--user", "root"]) == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has other eyes")
def test_a_program_that_the_services_user_may_not_run(common):
    common.state.mkdir()
    os.chown(common.state, NOBODY, NOBODY)
    closed = common.folder / "closed"
    closed.mkdir(mode=0o700)
    (closed / "python3").symlink_to(sys.executable)
    common.python = str(closed / "python3")
    common.environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    bad = common.bad("git", status=2)
    assert f"nobody cannot run this program with {common.python}" in bad
    assert "virtual environment in /opt" in bad


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is somebody else")
def test_an_ordinary_user_is_told_the_same(common, geard):
    common.at(geard)
    common.conf.chmod(0o644)
    for folder in (common.state, common.results):
        folder.mkdir()
        os.chown(folder, NOBODY, NOBODY)
    before = files(common.folder)
    common.become = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    sound(common.told())
    assert files(common.folder) == before
    _code, text = common.doctor("--user", "root")
    assert "only root may look through the eyes of root" in text


def test_a_worker_that_runs_here_is_asked_what_it_offers(
    tmp_path, place, geard
):
    with opened(tmp_path) as site:
        # given: a worker of this state_dir, and a job that it does not know
        site.start(geard.address)
        place.state = site.state
        place.at(geard)
        assert place.bad("functions", status=0) == ""
        (row,) = place.told("containment")
        assert row["sentence"].startswith("the worker that runs here uses ")
        place.at(
            geard,
            job="[job:unit]\nplugin = shell_script\n"
            "command = true\nlabels = large\n",
        )
        bad = place.bad("functions")
    assert "a worker runs here, and yet nobody offers build:unit:large" in bad


def test_a_terminal_sees_which_check_is_made(place):
    leader, follower = pty.openpty()
    seen = b""
    process = subprocess.Popen(
        [
            place.python, "-P", "-m", "turbo_hipster", "--config-file",
            place.conf, "doctor", "--only", "git",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=follower,
        env=place.environment,
    )  # fmt: skip
    try:
        os.close(follower)
        out, _ = process.communicate(timeout=100)
        while select.select([leader], [], [], 0)[0]:
            try:
                piece = os.read(leader, 4096)
            except OSError:  # how the end of a terminal is told
                break
            seen += piece
    finally:
        process.kill()
        process.wait()
        os.close(leader)
    assert b"1 of 1: git ..." in seen
    assert b"..." not in out
