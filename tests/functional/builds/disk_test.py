"""Full disks, files that cannot be removed, mounts, and folders kept."""

import errno
import os
import shutil
import subprocess

import pytest

pytestmark = pytest.mark.functional

FINE = ("SUCCESS", "all is well")
ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to mount")


@pytest.fixture
def small(new_stage, users):
    """A stage whose state lies on a disk of 4 MiB."""
    if os.geteuid() != 0:
        pytest.skip("needs root to mount")
    stage = new_stage("auto", uid=users[-1])
    mount(stage.state, users[-1], "4m")
    yield stage
    stage.close()
    subprocess.run(["umount", stage.state], check=True)


def mount(place, uid, size):
    options = f"size={size},uid={uid},gid={uid},mode=755"
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "none", place], check=True
    )


def fill(place):
    """Fill a disk to the last byte; returns the file that does it."""
    path = place / "filler"
    with pytest.raises(OSError) as caught, open(path, "wb", 0) as filler:
        while True:
            filler.write(b"x" * 4096)
    assert caught.value.errno == errno.ENOSPC
    return path


def test_a_log_waits_for_room_and_says_what_is_missing(small):
    # given a task that fills the disk, prints, and makes room again
    build = small.build("FillsTheDisk", params={"TIDY": "1"})

    # then
    assert build.judgement == FINE
    log = build.log()
    assert "[output] room again\n" in log
    assert "line 199 " in log or "bytes were lost here" in log


def test_a_full_disk_does_not_cost_the_report(small):
    # given a task that leaves the disk full
    build = small.build("FillsTheDisk")

    # then it cannot leave its result, and what is not published makes room
    # for what is
    verdict, sentence = build.judgement
    assert verdict == "ERROR"
    assert "is the disk full?" in sentence
    assert build.wait()["published"] == "published"
    assert build.report["verdict"] == "ERROR"
    assert "[output] line 0 " in build.log()
    assert small.judge("Sound") == FINE


def test_a_build_that_cannot_begin_leaves_the_slot_free(small):
    # given
    filler = fill(small.state)

    # when
    build = small.build("Sound")

    # then it is no judgement, whatever was possible
    answer = build.wait()
    assert answer is None or answer["verdict"] == "ERROR"
    filler.unlink()
    assert small.judge("Sound") == FINE
    small.await_quiet_but_for_mounts()


@ROOT
def test_results_that_find_no_room_are_kept_aside(new_stage, users):
    # given a full disk where results are published
    stage = new_stage("auto", uid=users[-1])
    place = stage.base / "published"
    place.mkdir()
    mount(place, users[-1], "64k")
    try:
        fill(place)
        build = stage.build("Sound")

        # then
        assert build.judgement == FINE
        answer = build.wait()
        assert answer["published"] == "not"
        assert "No space left" in answer["problems"][0]
        kept = stage.state / "unpublished" / build.begun["build"]
        assert (kept / "index.html").exists()
    finally:
        subprocess.run(["umount", place], check=True)


def test_what_an_ordinary_user_cannot_remove_is_put_aside(one, wait_until):
    if os.geteuid() != 0:
        pytest.skip("needs root to leave a file that is not the user's")
    # given a folder of root's in the workspace
    build = one.build("Lurks")
    one.witnesses.await_number(4)
    theirs = build.folder / "work" / "roots"
    theirs.mkdir()
    (theirs / "file").touch()

    # when
    build.cancel()

    # then it is reported, and the next build has room
    assert build.judgement[0] == "ABORTED"
    quarantine = one.state / "quarantine" / build.begun["build"]
    wait_until((quarantine / "work/roots/file").exists, "the quarantine")
    assert one.judge("Sound") == FINE
    assert any(
        str(quarantine) in news.get("quarantined", "") for news in build.news
    )


@ROOT
def test_what_even_root_cannot_remove_is_put_aside(new_stage, wait_until):
    stage = new_stage("auto", uid=0)
    build = stage.build("LeavesUnremovable")
    try:
        if build.judgement[0] == "ERROR":
            pytest.skip("this file system knows no immutable files")
        stuck = (
            stage.state / "quarantine" / build.begun["build"] / "work/stuck"
        )
        wait_until(stuck.exists, "the quarantine")
        stage.await_quiet()
        assert stage.judge("Sound") == FINE
        assert any("quarantined" in news for news in build.news)
    finally:
        for path in stage.state.rglob("stuck"):
            subprocess.run(["chattr", "-i", path], check=True)


@ROOT
def test_mounts_in_the_workspace_are_detached_first(each):
    if each.uid:
        pytest.skip("an ordinary user cannot mount")
    build = each.build("Mounts")
    assert build.judgement == FINE
    each.await_quiet()  # looks for mounts and folders
    assert not (each.state / "quarantine").exists()


@pytest.fixture
def origin(one):
    place = one.base / "origin"
    yield Origin(place, one.uid)
    shutil.rmtree(place)


class Origin:
    """A repository with a change."""

    def __init__(self, place, uid):
        self.repository = place / "project"
        self.repository.mkdir(parents=True)
        self.git("init", "-q", "-b", "master")
        (self.repository / "file").write_text("base")
        self.commit("base")
        (self.repository / "file").write_text("change")
        self.commit("change")
        self.git("update-ref", "refs/changes/1", "HEAD")
        self.git("reset", "-q", "--hard", "HEAD^")
        for path in (place, *place.rglob("*")):
            os.chown(path, uid, uid, follow_symlinks=False)
        self.params = {
            "ZUUL_URL": f"file://{place}",
            "ZUUL_PROJECT": "project",
            "ZUUL_BRANCH": "master",
            "ZUUL_REF": "refs/changes/1",
        }
        self.asked = {"params": self.params, "origin": f"file://{place}"}

    def git(self, *words):
        return subprocess.run(
            ["git", "-c", "user.name=T", "-c", "user.email=t@t", *words],
            cwd=self.repository,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def commit(self, message):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)


def in_repository(path, *words):
    return subprocess.run(
        ["git", "-c", "safe.directory=*", *words],
        cwd=path,
        capture_output=True,
        text=True,
    )


def test_a_folder_that_is_kept_needs_no_mirror(one, origin):
    # given a job that keeps what failed
    build = one.build(
        "Independent",
        options={"checkout": "change", "keep_workspace": "failed"},
        **origin.asked,
    )
    assert build.judgement == ("FAILURE", "to be looked at")
    one.await_quiet()
    kept = one.state / "kept" / build.begun["build"]
    assert any(news.get("kept") == str(kept) for news in build.news)

    # when the mirror is gone
    shutil.rmtree(one.state / "git")

    # then the checkouts are whole, and no order with its secrets is kept
    for path in (kept / "git" / "project", kept / "further" / "1"):
        assert in_repository(path, "fsck", "--full").returncode == 0
        assert in_repository(path, "log", "--oneline").stdout.count("\n") >= 1
    assert not (kept / "order.json").exists()
    shutil.rmtree(kept)


def test_a_folder_is_kept_only_when_the_job_says_so(one):
    for keep, task, is_kept in (
        ("never", "Fails", False),
        ("failed", "Sound", False),
        ("failed", "Exits", True),
        ("always", "Sound", True),
    ):
        build = one.build(task, options={"keep_workspace": keep})
        build.wait()
        kept = one.state / "kept" / build.begun["build"]
        assert kept.exists() == is_kept, (keep, task)


@pytest.mark.parametrize("task", ["ShutsItsFolders", "DigsDeep"])
def test_folders_that_are_closed_or_deep_are_removed(one, task):
    build = one.build(task)
    assert build.judgement == FINE
    one.await_quiet()
    assert not (one.state / "quarantine" / build.begun["build"]).exists()
