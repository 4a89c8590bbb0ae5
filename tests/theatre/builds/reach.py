"""Let another user read our tree and run our Python."""

import atexit
import contextlib
import functools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import pytest

ROOT = pathlib.Path(__file__).parents[3]
BUILDS = ROOT / "tests/functional/builds"


def as_user(uid, argv, **more):
    return subprocess.run(
        argv,
        cwd="/",
        user=uid if os.geteuid() == 0 else None,
        capture_output=True,
        text=True,
        **more,
    )


def within_reach(uid, folder):
    """Return a folder, or a copy of it where the user cannot read it."""
    if as_user(uid, ["ls", folder]).returncode == 0:
        return folder
    return copied(folder)


@functools.cache
def copied(folder):
    place = pathlib.Path(tempfile.mkdtemp(prefix="th-reach-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    place.chmod(0o755)

    def link(source, target):
        try:
            os.link(source, target)
        except OSError:  # another file system
            shutil.copy2(source, target)

    away = shutil.ignore_patterns(".*", "build", "__pycache__")
    shutil.copytree(
        folder, place / "it", copy_function=link, ignore=away, symlinks=True
    )
    return place / "it"


def root_for(uid):
    return within_reach(uid, ROOT)


@functools.cache
def python_for(uid):
    """Return an interpreter that the user may run, and its environment."""
    root = root_for(uid)
    libraries = {
        within_reach(uid, pathlib.Path(path))
        for path in sys.path
        if path.endswith("site-packages")
    }
    places = [
        root,
        root / BUILDS.relative_to(ROOT) / "specimens",
        *root.glob("turbo_hipster_plugins/*"),
        *libraries,
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": ":".join(map(str, places)),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    told = []
    for python in (sys.executable, "/usr/bin/python3"):
        with contextlib.suppress(OSError):
            tried = as_user(
                uid,
                [python, "-c", "import turbo_hipster.service"],
                env=environment,
            )
            if tried.returncode == 0:
                return python, environment
            told.append(f"{python}: {tried.stderr[-500:]}")
            continue
        told.append(f"{python}: may not be run")
    pytest.fail(
        f"no Python can run turbo_hipster as user {uid}; give that user "
        f"access to an interpreter and to {ROOT}. " + " ".join(told)
    )
