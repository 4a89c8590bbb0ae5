"""The one door to uv: makes an environment and fills it."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uv

from turbo_hipster.task import Exit, TaskContext
from turbo_hipster_databases.environments import probe, settings
from turbo_hipster_databases.environments.requirements import Required
from turbo_hipster_databases.exceptions import (
    EnvironmentFailed,
    RequirementsRefused,
)

LOG = "environment.log"
NOT_THE_CHANGE = re.compile(
    r"Request failed|Failed to fetch|error sending request|dns error|"
    r"timed out|os error (?:5|12|13|23|24|28|30)\)|No space left|"
    r"error: Failed to (?:acquire|lock|initialize)|interpreter",
    re.IGNORECASE,
)
"""uv's words for trouble with the network, the disk, or this machine."""

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
TRIMMING = 120.0
"""Seconds that tidying the cache may take."""
LINES = 40
"""Lines of uv's explanation that are passed on."""


class Installer:
    """Makes one environment at a place of its own."""

    def __init__(
        self, context: TaskContext, place: Path, cache: Path, checkout: Path
    ) -> None:
        self._context = context
        self._checkout = checkout
        self.place = place
        told, self._arguments = settings.translated(os.environ)
        self._environ = {
            **os.environ,
            **told,
            "UV_CACHE_DIR": str(cache),
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_NO_PROGRESS": "1",
            "NO_COLOR": "1",
        }
        # pip's and uv's own defaults for the place to install to are not ours
        for name in ("VIRTUAL_ENV", "UV_SYSTEM_PYTHON", "PYTHONPATH"):
            self._environ.pop(name, None)

    def make(
        self, python: Path, required: Required, specifiers: Sequence[str]
    ) -> None:
        """Make it; raises RequirementsRefused and EnvironmentFailed."""
        self.place.mkdir(mode=0o755)
        self._uv("venv", "--quiet", "--allow-existing", f"--python={python}")
        lines = self._file("requirements.txt", [*required.lines, *specifiers])
        wanted = ["-r", lines] if required.lines or specifiers else []
        if required.itself is not None:
            wanted += ["-r", str(required.itself)]
            wanted += [f"--extra={name}" for name in sorted(required.extras)]
        if required.constraints:
            wanted += [
                "-c", self._file("constraints.txt", required.constraints)
            ]  # fmt: skip
        if not wanted:
            return
        before = set(self._left_by_builds())
        try:
            self._uv(
                "pip",
                "install",
                f"--python={self.place}/bin/python",
                *self._arguments,
                *wanted,
                place=False,
            )
        finally:
            for left in set(self._left_by_builds()) - before:
                shutil.rmtree(left, ignore_errors=True)
        self._compile()

    def _compile(self) -> None:
        """Compile all now: it is read-only later, and used often.

        Not by uv, which can do that for newer interpreters only.  Packages
        may bring files that do not compile; they are not imported either.
        """
        python = f"{self.place}/bin/python"
        argv = [python, "-I", "-m", "compileall", "-qq"]
        argv += [str(one) for one in self.place.glob("lib/python3*")]
        self._context.execute(argv, env=self._environ, log=LOG)

    def probe(self, modules: Sequence[str]) -> dict[str, Any]:
        """Return what can be imported, and the interpreter's version."""
        self.place.chmod(0o755)
        answer = self.place / "probe.json"
        self._run(
            [
                f"{self.place}/bin/python",
                "-I",
                probe.__file__,
                str(answer),
                *modules,
            ],
            "its interpreter does not start",
        )
        said: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        answer.unlink()
        return said

    def close(self) -> None:
        """Make its folders read-only: builds share it."""
        for folder, _folders, _files in os.walk(self.place):
            Path(folder).chmod(0o555)
        self.place.chmod(0o755)  # the manifest is still to come

    def cache(self, what: str) -> None:
        """Have uv ``prune`` or ``clean`` its cache; it may not want to."""
        argv = [_binary(), "cache", what, "--quiet"]
        self._context.execute(
            argv, env=self._environ, timeout=TRIMMING, log=LOG
        )

    def _left_by_builds(self) -> list[Path]:
        """Return what setuptools leaves where it asks for metadata."""
        return [
            path
            for pattern in ("*.egg-info", "src/*.egg-info")
            for path in self._checkout.glob(pattern)
        ]

    def _file(self, name: str, lines: Sequence[str]) -> str:
        path = self.place / name
        path.write_text("".join(f"{line}\n" for line in lines))
        return str(path)

    def _uv(self, *words: str, place: bool = True) -> None:
        argv = [_binary(), *words, *([str(self.place)] if place else [])]
        self._run(argv, "the environment could not be made")

    def _run(self, argv: Sequence[str], what: str) -> None:
        ended = self._context.execute(
            argv, cwd=self._checkout, env=self._environ, log=LOG
        )
        if ended.status:
            raise _failure(ended, what)


def _binary() -> str:
    try:
        return str(uv.find_uv_bin())
    except FileNotFoundError:
        found = shutil.which("uv")
    if found is None:
        raise EnvironmentFailed(
            "uv is not installed beside turbo-hipster-databases; pip install "
            "uv"
        )
    return found


def _failure(ended: Exit, what: str) -> Exception:
    """Say whose fault it is, in uv's own words."""
    said = ESCAPES.sub("", ended.tail).strip().splitlines()
    errors = [at for at, line in enumerate(said) if _is_error(line)]
    told = "\n".join(said[errors[0] :][:LINES] if errors else said[-LINES:])
    if ended.status < 0 or NOT_THE_CHANGE.search(told) or not told:
        return EnvironmentFailed(
            f"{what} (exit status {ended.status}): {told}"
        )
    return RequirementsRefused(
        f"what the project requires cannot be had: {told}"
    )


def _is_error(line: str) -> bool:
    return bool(re.match(r"\s*(?:error\b|\xd7|x )", line, re.IGNORECASE))
