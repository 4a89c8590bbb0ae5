"""Copies of the tree, and the one change that is made in each.

What is imported in a copy, also by processes that clear their environment,
can only be the copy: it has a virtual environment of its own whose path
knows the copy and the installed libraries, and not the folder it came from.
"""

from __future__ import annotations

import ast
import contextlib
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv*", ".tox", ".*_cache", "__pycache__", "build", "dist",
    "demo-report", ".hypothesis",
)  # fmt: skip
OPEN = 0o755
"""Some tests run as another user, who must be able to read the copy."""


class Unusable(Exception):
    """A mutation, or a copy, is not what it says."""


@contextlib.contextmanager
def copy_in(place: Path) -> Iterator[Path]:
    """Give a copy of the tree, somewhere in ``place``, for a while."""
    name = tempfile.mkdtemp(dir=place)
    try:
        Path(name).chmod(OPEN)
        folder = Path(name) / "tree"
        copy_tree(folder)
        yield folder
    finally:
        # broken code may have left what nobody can remove
        shutil.rmtree(name, ignore_errors=True)


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
    if path.suffix == ".py":
        try:
            ast.parse(changed)
        except SyntaxError as error:
            # every test would be red, which proves nothing of this one
            raise Unusable(f"{mutation['name']}: {error}") from None
    path.write_text(changed, encoding="utf-8")
