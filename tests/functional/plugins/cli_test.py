"""Commands about plugins: what a person asks, and what she is told."""

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.functional


@pytest.fixture
def turbo_hipster(tmp_path):
    """Run the command in an empty folder."""

    def run(*words, path="", cwd=tmp_path):
        return subprocess.run(
            [sys.executable, "-m", "turbo_hipster", *words],
            cwd=cwd,
            env=os.environ | {"PYTHONPATH": str(path)},
            capture_output=True,
            text=True,
            timeout=100,
        )

    return run


def test_list_shows_what_is_installed(turbo_hipster):
    shown = turbo_hipster("plugin", "list", "--namespace", "publisher")
    assert shown.returncode == 0
    assert "| local " in shown.stdout


def test_list_tells_a_program_what_loads_and_why_not(
    turbo_hipster, install, tmp_path
):
    source = tmp_path / "source"
    source.mkdir()
    (source / "setup.cfg").write_text(
        "[metadata]\nname = two\nversion = 3\n[options]\n"
        "py_modules = good, bad\n[options.entry_points]\n"
        "turbo_hipster.cli =\n  good = good:here\n  bad = bad:here\n"
    )
    (source / "setup.py").write_text("import setuptools\nsetuptools.setup()\n")
    (source / "good.py").write_text("here = 1\n")
    (source / "bad.py").write_text("import sys\nsys.exit(3)\n")
    shown = turbo_hipster(
        *("plugin", "list", "--namespace", "turbo_hipster.cli", "-f", "json"),
        path=install(source),
    )
    assert shown.returncode == 0
    # our own libraries may bring commands as well
    bad, good = [
        row
        for row in json.loads(shown.stdout)
        if row["Name"] in ("bad", "good")
    ]
    assert good == {
        "Name": "good",
        "Namespace": "turbo_hipster.cli",
        "Distribution": "two",
        "Version": "3",
        "Loads": True,
        "Reason": "",
    }
    assert not bad["Loads"]
    assert "ended its process with exit status 3" in bad["Reason"]


def test_check_says_what_a_sound_plugin_is(turbo_hipster, broken_folder):
    shown = turbo_hipster("plugin", "check", "sound", path=broken_folder)
    assert shown.returncode == 0
    assert shown.stdout.splitlines() == [
        "broken_plugins.sound:Sound of turbo-hipster-broken-plugins 0.1",
        "Passes every change.",
        "Steps: greet",
        "greeting (string value, default hello)",
        "    What to say.",
    ]


def test_check_says_why_a_plugin_is_refused(turbo_hipster, broken_folder):
    shown = turbo_hipster("plugin", "check", "raises", path=broken_folder)
    assert shown.returncode == 2
    assert 'raise RuntimeError("broken on purpose")' in shown.stderr
    last = shown.stderr.splitlines()[-1]
    assert last.startswith("turbo-hipster: the plugin 'raises'")
    assert last.endswith("it raised RuntimeError: broken on purpose")


@pytest.mark.parametrize(
    ("job", "status", "words"),
    [
        ("good", 0, "Steps: run the command"),
        ("bad", 2, "[job:bad] command: a value is required"),
        ("other", 2, "[job:other] uses the plugin 'elsewhere'"),
        ("none", 2, "there is no section [job:none]; there are good, bad"),
    ],
)
def test_check_holds_a_plugin_against_a_job(
    turbo_hipster, tmp_path, job, status, words
):
    (tmp_path / "th.conf").write_text(
        "[job:good]\ncommand = true\n[job:bad]\ncommand =\n"
        "[job:other]\nplugin = elsewhere\n"
    )
    shown = turbo_hipster(
        *("--config-file", "th.conf", "plugin", "check", "shell_script"),
        *("--job", job),
    )
    assert shown.returncode == status
    assert words in shown.stdout + shown.stderr


def test_a_new_plugin_can_be_installed_and_passes_its_tests(
    turbo_hipster, install, tmp_path
):
    written = turbo_hipster("plugin", "new", "large_files")
    assert written.returncode == 0, written.stderr
    folder = tmp_path / "turbo-hipster-large-files"
    path = install(folder)
    tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(path)},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert tests.returncode == 0, tests.stdout
    assert "17 passed" in tests.stdout
    shown = turbo_hipster("plugin", "check", "large_files", path=path)
    assert shown.returncode == 0
    assert "Fail a change that adds a given word." in shown.stdout


def test_a_new_plugin_is_written_as_the_house_writes(turbo_hipster, tmp_path):
    turbo_hipster("plugin", "new", "large-files", "--dir", "here")
    for check in (["check", "--select", "E,W,F,I,B,UP"], ["format", "--diff"]):
        subprocess.run(
            [sys.executable, "-m", "ruff", *check, "--no-cache"]
            + ["--line-length", "79", "."],
            cwd=tmp_path / "here",
            check=True,
        )


def test_nothing_is_written_over(turbo_hipster, tmp_path):
    (tmp_path / "turbo-hipster-x").mkdir()
    (tmp_path / "turbo-hipster-x" / "mine").write_text("mine")
    shown = turbo_hipster("plugin", "new", "x")
    assert shown.returncode == 2
    assert "name an empty folder with --dir" in shown.stderr
    assert os.listdir(tmp_path / "turbo-hipster-x") == ["mine"]


@pytest.mark.parametrize("name", ["../x", "Big", "a b", "class", "1st", ""])
def test_a_name_that_is_none_is_refused(turbo_hipster, name, tmp_path):
    shown = turbo_hipster("plugin", "new", name)
    assert shown.returncode == 2
    assert "cannot be a plugin's name" in shown.stderr
    assert os.listdir(tmp_path) == []
