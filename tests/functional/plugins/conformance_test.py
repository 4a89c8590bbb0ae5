"""The conformance suite tells an author what she forgot, and only that."""

import subprocess
import sys
from xml.etree import ElementTree

import pytest

from turbo_hipster.testing import TaskConformance

pytestmark = pytest.mark.functional

FORGOTTEN = {
    "sound": {},
    "raises": None,
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


@pytest.fixture(scope="module")
def complaints(broken_folder, tmp_path_factory):
    """Run the suite over many plugins; return its failures by plugin."""
    folder = tmp_path_factory.mktemp("suite")
    text = "from turbo_hipster.testing import TaskConformance\n"
    for name in [*FORGOTTEN, "careless_nonsense", "absent"]:
        text += f"class Test_{name}(TaskConformance):\n    plugin = '{name}'\n"
    (folder / "suite_test.py").write_text(text)
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        + ["--junit-xml", "out.xml", "suite_test.py"],
        cwd=folder,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(broken_folder),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        check=False,
        stdout=subprocess.DEVNULL,
        timeout=100,
    )
    found = {}
    for case in ElementTree.parse(folder / "out.xml").iter("testcase"):
        name = case.get("classname").partition("Test_")[2]
        failures = found.setdefault(name, {})
        for failure in case.iter("failure"):
            failures[case.get("name")] = failure.get("message")
    return found


@pytest.mark.parametrize(
    "name", [name for name, what in FORGOTTEN.items() if what is not None]
)
def test_what_was_forgotten_is_said_and_nothing_else(complaints, name):
    expected = FORGOTTEN[name]
    found = complaints[name]
    assert len(found) == len(expected)
    for (test, message), (part, words) in zip(
        found.items(), expected.items(), strict=True
    ):
        assert part in test
        assert words in message


def test_a_plugin_that_does_not_load_says_why(complaints):
    reason = complaints["raises"]["test_it_is_installed_and_loads"]
    assert "raised RuntimeError: broken on purpose" in reason


def test_processes_that_an_import_starts_are_counted(broken):
    class Suite(TaskConformance):
        plugin = "leaves_children"

    with pytest.raises(AssertionError, match="left 3 processes behind"):
        Suite().test_its_import_starts_nothing()


def test_a_result_that_is_none_is_refused(complaints):
    reason = complaints["careless_nonsense"]["test_it_judges_a_change"]
    assert "the task returned 'SUCCESS'" in reason


def test_a_plugin_that_is_not_installed_is_said_to_be_so(complaints):
    reason = complaints["absent"]["test_it_is_installed_and_loads"]
    assert "no plugin 'absent' is installed" in reason
