"""The page "test your migrations in ten minutes" is true."""

import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytestmark = [pytest.mark.functional, pytest.mark.timeout(900)]

PAGE = Path(__file__).parents[3] / "doc/source/migrations.rst"
BLOCK = re.compile(
    r"^\.\. code-block:: (?P<language>\w+)\n"
    r"(?:   :caption: (?P<file>\S+)\n)?\n"
    r"(?P<text>(?:(?:   .*)?\n)+)",
    re.MULTILINE,
)
SOMEBODY = {
    f"GIT_{role}_{what}": "someone@example.org"
    for role in ("AUTHOR", "COMMITTER")
    for what in ("NAME", "EMAIL")
}


def blocks():
    """Return file (or nothing) and text of each block, in their order."""
    return [
        (match["file"], textwrap.dedent(match["text"]).strip("\n") + "\n")
        for match in BLOCK.finditer(PAGE.read_text())
    ]


def commands(text):
    """Return each command of a console with the lines it shall print."""
    found = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        else:
            found[-1][1].append(line)
    return found


class Reader:
    """Does what the page says, in a folder of her own."""

    def __init__(self, folder):
        self.folder = self.cwd = folder

    def write(self, file, text):
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        state = str(self.folder / "state")  # the page's is for all
        path.write_text(text.replace("/tmp/turbo-hipster-migrations", state))

    def do(self, command):
        """Run a command; return what it prints."""
        if command.startswith("pip install"):
            return ""  # it is installed: these tests come with it
        if command.startswith("cd "):
            self.cwd = (self.cwd / command.removeprefix("cd ")).resolve()
            return ""
        ended = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self.cwd,
            env={
                **os.environ,
                **SOMEBODY,
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "HOME": str(self.folder),
                "LANG": "C.UTF-8",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return ended.stdout

    def findings(self, report):
        """Return the engines of each finding of a report, by its id."""
        path = self.folder / "library" / report / "report.json"
        found = {}
        for one in json.loads(path.read_text())["findings"]:
            found.setdefault(one["id"], set()).add(one["where"]["engine"])
        return found


def test_who_does_what_the_page_says_sees_what_it_shows(tmp_path):
    # given a reader who does all of it
    reader = Reader(tmp_path)
    for file, text in blocks():
        if file:
            reader.write(file, text)
        elif text.startswith("$ "):
            for command, expected in commands(text):
                printed = reader.do(command)
                for line in expected:
                    assert line in printed, f"{command} prints:\n{printed}"

    # then the reports say what the page says of them
    both = {"sqlite", "postgresql"}
    assert reader.findings("report") == {
        "TH-M104": both,
        "TH-M202": both,
        "TH-M203": both,
        "TH-M301": {"sqlite"},
    }
    assert reader.findings("mended") == {}
    assert reader.findings("orders") == {"TH-M104": both}


def test_the_page_names_every_check():
    from turbo_hipster_db_migration.words import CHECKS

    text = PAGE.read_text()
    assert all(f"\n{check.id}   " in text for check in CHECKS)
