"""The demo: two verdicts, two pages, and nothing else that stays."""

import os
import re
import subprocess
import sys
import uuid
from pathlib import Path

import pytest


@pytest.fixture
def demo(tmp_path, until):
    """Run it in a folder of its own, and see that it cleans up."""
    mark = uuid.uuid4().hex
    for name in ("tmp", "home", "here"):
        (tmp_path / name).mkdir()

    def run(*words):
        return subprocess.run(
            [sys.executable, "-m", "turbo_hipster", "demo", *words],
            cwd=tmp_path / "here",
            env={
                **os.environ,
                "DEMO": mark,
                "HOME": str(tmp_path / "home"),
                "TMPDIR": str(tmp_path / "tmp"),
            },
            capture_output=True, text=True, timeout=110,
        )  # fmt: skip

    yield run

    def processes():
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                text = path.read_bytes()
            except OSError:
                continue
            if f"DEMO={mark}".encode() in text.split(b"\0"):
                found.append(path)
        return found

    until(lambda: not processes())  # and with them their ports
    assert not list((tmp_path / "tmp").iterdir())
    assert not list((tmp_path / "home").iterdir())


def test_the_demo_shows_a_good_and_a_bad_change(demo, tmp_path):
    said = demo()

    assert said.returncode == 0, said
    assert said.stderr == ""
    pages = re.findall(r"change \d,1  (\w+) +(/.*)", said.stdout)
    assert [verdict for verdict, _ in pages] == ["SUCCESS", "FAILURE"]
    for _verdict, page in pages:
        assert page.startswith(str(tmp_path / "here" / "demo-report"))
        assert "<html" in Path(page).read_text()
        for name in ("report.json", "junit.xml", "shell_output.log"):
            assert Path(page).with_name(name).exists()
    assert "test_a_discount_is_taken_off" in (
        Path(pages[1][1]).with_name("shell_output.log").read_text()
    )
    left = [path.name for path in (tmp_path / "here").iterdir()]
    assert left == ["demo-report"]


def test_the_demo_can_be_seen_twice(demo, tmp_path):
    """The reports of before stay, and the new ones stand beside them."""
    where = tmp_path / "some where"

    for _ in range(2):
        said = demo("--reports", str(where))
        assert said.returncode == 0, said

    assert {path.name for path in where.iterdir()} == {
        "change-1", "change-1.2", "change-2", "change-2.2",
    }  # fmt: skip


def test_the_demo_without_git_says_what_to_install(
    demo, tmp_path, monkeypatch
):
    monkeypatch.setenv("PATH", str(tmp_path))

    said = demo()

    assert said.returncode == 2
    assert "install the package git" in said.stderr
