"""Disks that a test mounts, and small ones that are soon full."""

import contextlib
import os
import subprocess

import pytest


@contextlib.contextmanager
def mounted(folder, *argv):
    """Mount, or skip where we may not; a CI that is root must be able to."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount")
    done = subprocess.run(
        ["mount", *argv, folder], capture_output=True, text=True
    )
    if done.returncode:
        assert not os.environ.get("CI"), done.stderr
        pytest.skip(f"nothing can be mounted here: {done.stderr}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture(name="small_disk")
def small_disk_fixture(tmp_path):
    """Return a function that makes a disk of so many mebibytes."""
    with contextlib.ExitStack() as stack:

        def make(mebibytes):
            place = tmp_path / "small disk"
            place.mkdir()
            how = f"size={mebibytes}m,mode=755"
            return stack.enter_context(
                mounted(place, "-t", "tmpfs", "-o", how, "none")
            )

        yield make


@pytest.fixture(name="build_on")
def build_on_fixture(monkeypatch):
    """Return a function that has all that follows build on a disk."""
    return lambda disk: monkeypatch.setattr("tempfile.tempdir", str(disk))
