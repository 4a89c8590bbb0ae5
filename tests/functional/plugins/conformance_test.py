"""The conformance suite tells an author what she forgot, and only that."""

import os
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from turbo_hipster import exceptions
from turbo_hipster.testing import TaskConformance, rooms

pytestmark = pytest.mark.functional

FORGOTTEN = {
    "sound": {},
    "careless_core_name": {"options_are_accepted": "'kill_grace'"},
    "careless_no_help": {"options_are_explained": "'greeting' has no help"},
    "careless_no_words": {"says_what_it_is": "write one line under 'class No"},
    "careless_no_steps": {"takes_the_steps": "it declares no steps"},
    "careless_skips_step": {"takes_the_steps": "'wave' was announced and"},
    "careless_surprise_step": {"takes_the_steps": "'wave' is in no plan"},
    "careless_swallows_cancel": {"cancel_passes": "let exceptions.Cancelled"},
    "careless_no_advice": {"acted_upon": "give it advice='one line'"},
    "careless_odd_id": {"acted_upon": "that begins with TH-"},
    "careless_no_source": {"acted_upon": "say with limit_source where"},
    "careless_silent_failure": {"judges_a_change": "without a sentence"},
    "careless_needs_files": {"empty_workspace": "FileNotFoundError"},
    "careless_leaves_environment": {"as_it_was": "LEFT_BEHIND was"},
    "careless_leaves_signal": {"as_it_was": "SIGUSR1 was"},
    "careless_leaves_thread": {"as_it_was": "threads: "},
    "careless_leaves_file": {"as_it_was": "open files: new:"},
    "careless_leaves_child": {"as_it_was": "child processes: new:"},
    "careless_outlived": {"commands_end": "outlived the commands"},
}


SUITE = """
from turbo_hipster.testing import TaskConformance


class Suite(TaskConformance):
    def make_project(self, folder):
        folder.mkdir(parents=True)
        (folder / "README").touch()
        return folder, None
"""


def complaints(names, folder, broken_folder):
    """Run the suite over plugins; return what it says, by plugin and test."""
    text = SUITE + "".join(
        f"class Test_{name}(Suite):\n    plugin = {name!r}\n" for name in names
    )
    (folder / "suite_test.py").write_text(text)
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        + ["--junit-xml", "out.xml", "suite_test.py"],
        cwd=folder,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": os.pathsep.join(
                [str(broken_folder), os.environ.get("PYTHONPATH", "")]
            ),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        check=False,
        stdout=subprocess.DEVNULL,
        timeout=110,
    )
    found = {name: {} for name in names}
    for case in ElementTree.parse(folder / "out.xml").iter("testcase"):
        name = case.get("classname").partition("Test_")[2]
        for failure in case.iter("failure"):
            found[name][case.get("name")] = failure.get("message")
    return found


def agree(expected, found):
    """Say whether just what is expected was complained about."""
    return len(expected) == len(found) and all(
        any(part in test and words in found[test] for test in found)
        for part, words in expected.items()
    )


def test_what_was_forgotten_is_said_and_nothing_else(tmp_path, broken_folder):
    found = complaints(FORGOTTEN, tmp_path, broken_folder)
    surprises = {
        name: found[name]
        for name, expected in FORGOTTEN.items()
        if not agree(expected, found[name])
    }
    assert surprises == {}


def suite_of(name):
    class Suite(TaskConformance):
        plugin = name

    return Suite()


@pytest.mark.parametrize(
    ("plugin", "words"),
    [
        ("raises", "raised RuntimeError: broken on purpose"),
        ("absent", "no plugin 'absent' is installed"),
        ("", "say which plugin is checked"),
    ],
)
def test_a_plugin_that_cannot_be_had_says_why(broken, plugin, words):
    with pytest.raises(AssertionError, match=words):
        suite_of(plugin).test_it_is_installed_and_loads()


def test_processes_that_an_import_starts_are_counted(broken):
    with pytest.raises(AssertionError, match="left 3 processes behind"):
        suite_of("leaves_children").test_its_import_starts_nothing()


def test_a_result_that_is_none_is_refused(broken, tmp_path):
    with pytest.raises(exceptions.CannotJudge, match="returned 'SUCCESS'"):
        suite_of("careless_nonsense").test_it_judges_a_change(tmp_path)


def test_an_import_behind_the_doors_is_named(tmp_path, monkeypatch):
    package = tmp_path / "nosy"
    (package / "tests").mkdir(parents=True)
    (package / "__init__.py").write_text(
        "from turbo_hipster import model, conf\n"
        "import turbo_hipster.testing.project\n"
        "from nosy import inside\n"
    )
    (package / "inside.py").write_text(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n"
        "    from turbo_hipster.builds.context import Context\n"
    )
    (package / "tests" / "x.py").write_text("import turbo_hipster.builds\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert rooms.private_imports("nosy") == [
        "__init__.py:1 imports turbo_hipster.conf",
        "inside.py:3 imports turbo_hipster.builds.context.Context",
    ]
