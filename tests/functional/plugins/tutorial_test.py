"""The tutorial is true: its files are written, its commands are run."""

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytestmark = pytest.mark.functional

TUTORIAL = Path(__file__).parents[3] / "doc/source/tutorial.rst"
BLOCK = re.compile(
    r"^\.\. code-block:: (?P<language>\w+)\n"
    r"(?:   :caption: (?P<file>\S+)\n)?\n"
    r"(?P<text>(?:(?:   .*)?\n)+)",
    re.MULTILINE,
)


def blocks():
    """Return language, file and text of each block, in the page's order."""
    return [
        (
            match["language"],
            match["file"],
            textwrap.dedent(match["text"]).strip("\n") + "\n",
        )
        for match in BLOCK.finditer(TUTORIAL.read_text())
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

    def __init__(self, folder, install, installed):
        self.folder = self.cwd = folder
        self.install, self.installed = install, installed

    def write(self, file, text):
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        state = str(self.folder.parent / "state")  # the page's is for all
        path.write_text(text.replace("/tmp/turbo-hipster-tutorial", state))

    def do(self, command):
        """Run a command; return what it prints."""
        if command.startswith("pip install"):
            self.install(self.folder, into=self.installed)
            return ""
        if command.startswith("cd "):
            self.cwd = self.cwd / command.removeprefix("cd ")
            return ""
        who = {
            f"GIT_{role}_{what}": "someone@example.org"
            for role in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        ended = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self.cwd,
            env={
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "PYTHONPATH": str(self.installed),
                "HOME": str(self.folder.parent),
                "LANG": "C.UTF-8",
            }
            | who,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=100,
        )
        return ended.stdout


@pytest.fixture
def reader(tmp_path, install):
    folder = tmp_path / "turbo-hipster-large-files"
    folder.mkdir()
    installed = tmp_path / "installed"
    installed.mkdir()
    return Reader(folder, install, installed)


def test_the_page_has_what_the_other_tests_look_for():
    languages = [language for language, _, _ in blocks()]
    assert languages.count("console") == 4
    assert [file for _, file, _ in blocks() if file] == [
        "setup.cfg",
        "setup.py",
        "turbo_hipster_large_files/__init__.py",
        "turbo_hipster_large_files/task.py",
        "tests/large_files_test.py",
        "th.conf",
    ]


def test_who_does_what_the_page_says_sees_what_it_shows(reader):
    for language, file, text in blocks():
        if file:
            reader.write(file, text)
        elif language == "console":
            for command, expected in commands(text):
                printed = reader.do(command)
                for line in expected:
                    assert line in printed, f"{command} prints:\n{printed}"
    report = (reader.folder / "out" / "report.json").read_text()
    assert "TH-LARGE-FILE" in report


def test_the_code_is_as_the_house_writes(reader):
    for language, file, text in blocks():
        if language == "python" and file:
            reader.write(file, text)
    for check in (["check", "--select", "E,W,F,I,B,UP"], ["format", "--diff"]):
        subprocess.run(
            [sys.executable, "-m", "ruff", *check, "--no-cache"]
            + ["--line-length", "79", "."],
            cwd=reader.folder,
            check=True,
        )
