#!/usr/bin/env python3
"""Break the code on purpose; the test that guards it must turn red.

Each file beside this one has ``MUTATIONS``: a list of

    {"name": what is broken, "file": path in the tree,
     "find": text that stands there exactly once, "replace": what instead,
     "test": the pytest node that must notice}

For each of them the tree is copied, changed in that one place, and the test
is run against the copy.  First every test is run against an unchanged copy,
where it must be green.  ``run.py [WORD...]`` takes only those mutations
whose name or data file contains a WORD.

What is imported in a copy, also by processes that clear their environment,
can only be the copy: it has a virtual environment of its own whose path
knows the copy and the installed libraries, and not the folder it came from.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEYS = {"name", "file", "find", "replace", "test"}
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv*", ".tox", ".*_cache", "__pycache__", "build", "dist",
    "demo-report", ".hypothesis",
)  # fmt: skip
TIMEOUT = 300
OPEN = 0o755
"""Some tests run as another user, who must be able to read the copy."""
PR_SET_CHILD_SUBREAPER = 36


class Unusable(Exception):
    """A mutation, or a copy, is not what it says."""


def collect(words: list[str]) -> list[dict[str, str]]:
    """Return the mutations of all data files, checked."""
    found = []
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.name == "run.py":
            continue
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for mutation in module.MUTATIONS:
            if set(mutation) != KEYS:
                raise Unusable(f"{path.name}: {mutation} needs just {KEYS}")
            label = f"{path.stem}: {mutation['name']}"
            if not words or any(word in label for word in words):
                found.append({**mutation, "name": label})
    return found


def copy_tree(folder: Path) -> None:
    """Copy the tree and give it an environment that sees only the copy."""
    shutil.copytree(ROOT, folder, symlinks=True, ignore=LEFT_OUT)
    home = folder / ".venv"
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", home], check=True
    )
    site = next(home.glob("lib/python3*/site-packages"))
    plugins = (folder / "turbo_hipster_plugins").glob("*/setup.cfg")
    places = [folder, *(path.parent for path in plugins)]
    # a folder named in a .pth file is not searched for further .pth files,
    # so the editable installs of the original stay out
    places.append(Path(sysconfig.get_path("purelib")))
    (site / "copy.pth").write_text("".join(f"{place}\n" for place in places))
    for script in Path(sys.executable).parent.iterdir():
        if script.is_symlink() or not script.is_file():
            continue
        text = script.read_bytes()
        if text.startswith(b"#!") and b"python" in text.splitlines()[0]:
            target = home / "bin" / script.name
            line = f"#!{home}/bin/python\n".encode()
            target.write_bytes(line + text.split(b"\n", 1)[1])
            target.chmod(0o755)
    prove(folder)


def prove(folder: Path) -> None:
    """Make sure that a bare child process imports the copy."""
    argv = [folder / ".venv/bin/python", "-I", "-B", "-c"]
    argv.append("import turbo_hipster; print(turbo_hipster.__file__)")
    said = subprocess.run(
        argv, cwd="/", env={}, capture_output=True, text=True, check=True
    ).stdout
    if not said.startswith(f"{folder}/"):
        raise Unusable(f"the copy is not what is imported, but {said}")


def apply(mutation: dict[str, str], folder: Path) -> None:
    """Make the one change; its text must stand there exactly once."""
    path = folder / mutation["file"]
    text = path.read_text(encoding="utf-8")
    count = text.count(mutation["find"])
    if count != 1:
        raise Unusable(
            f"{mutation['name']}: {mutation['file']} has {count} places "
            f"that read {mutation['find']!r}; it must be 1"
        )
    if mutation["find"] == mutation["replace"]:
        raise Unusable(f"{mutation['name']}: changes nothing")
    changed = text.replace(mutation["find"], mutation["replace"])
    path.write_text(changed, encoding="utf-8")


def run_tests(nodes: list[str], folder: Path) -> tuple[str, str]:
    """Run tests in a copy; return their colour and what they said."""
    argv = [folder / ".venv/bin/python", "-m", "pytest", "-q", "-x", "-rN"]
    argv += ["-p", "no:cacheprovider", "-p", "no:xdist", "--tb=short", *nodes]
    process = subprocess.Popen(
        argv,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        said, _ = process.communicate(timeout=TIMEOUT * len(nodes))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return "red", f"not done within {TIMEOUT * len(nodes)} s"
    if process.returncode == 0 and (
        " passed" not in said or " skipped" in said
    ):
        return "skipped", said
    colours = {0: "green", 1: "red"}
    return colours.get(process.returncode, "broken"), said


def judge(mutation: dict[str, str], place: Path) -> tuple[str, str]:
    """Return the colour of the mutation's test, and what it said."""
    with tempfile.TemporaryDirectory(dir=place) as name:
        Path(name).chmod(OPEN)
        folder = Path(name) / "tree"
        copy_tree(folder)
        try:
            apply(mutation, folder)
        except (Unusable, OSError) as error:
            return "broken", str(error)
        colour, said = run_tests([mutation["test"]], folder)
        if colour == "green":  # a race may hide a fault once
            colour, said = run_tests([mutation["test"]], folder)
        return colour, said


def end_leftovers() -> None:
    """Kill what broken code left running; orphans have become ours."""
    while True:
        for task in Path("/proc/self/task").iterdir():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                for pid in (task / "children").read_text().split():
                    os.kill(int(pid), signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def green_first(tests: list[str], place: Path) -> dict[str, tuple[str, str]]:
    """Run every test in one unchanged copy; return those not green."""
    folder = place / "unchanged"
    copy_tree(folder)
    if not tests or run_tests(tests, folder)[0] == "green":
        return {}
    with ThreadPoolExecutor(2) as pool:
        said = pool.map(lambda node: run_tests([node], folder), tests)
        seen = dict(zip(tests, said, strict=True))
    return {node: one for node, one in seen.items() if one[0] != "green"}


def main() -> int:
    """Judge all mutations; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("word", nargs="*")
    mutations = collect(parser.parse_args().word)
    began = time.monotonic()
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    bad = []
    with tempfile.TemporaryDirectory(prefix="mutations-") as name:
        place = Path(name).resolve()
        place.chmod(OPEN)
        tests = sorted({mutation["test"] for mutation in mutations})
        for test, (colour, said) in green_first(tests, place).items():
            bad.append(test)
            print(f"{colour}, though nothing is changed: {test}\n{said}")
        ready = [item for item in mutations if item["test"] not in bad]
        with ThreadPoolExecutor(2) as pool:
            judged = pool.map(lambda item: judge(item, place), ready)
            for mutation, (colour, said) in zip(ready, judged, strict=True):
                print(f"{colour:8} {mutation['name']}", flush=True)
                if colour != "red":
                    bad.append(mutation["name"])
                    print(f"{mutation['test']} did not notice:\n{said}")
        end_leftovers()
    print(
        f"{len(mutations)} mutations in {time.monotonic() - began:.0f} s, "
        f"{len(bad)} not noticed"
    )
    return 1 if bad or not mutations else 0


if __name__ == "__main__":
    sys.exit(main())
