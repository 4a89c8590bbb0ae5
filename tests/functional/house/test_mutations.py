"""The mutation runner: only a test that notices counts."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

MUTATIONS = Path(__file__).parents[3] / "tests" / "mutations"
TEST = """
import pytest, subprocess, sys, time, turbo_hipster

def test_answer():
    assert turbo_hipster.ANSWER == 42

def test_nothing():
    pass

def test_red():
    assert not "green"

def test_a_child_without_environment_imports_the_same():
    code = "import turbo_hipster as t; print(t.ANSWER)"
    said = subprocess.run(
        [sys.executable, "-I", "-c", code],
        env={}, cwd="/", capture_output=True, text=True)
    assert said.stdout.strip() == "42"

@pytest.fixture
def right():
    assert turbo_hipster.ANSWER == 42

def test_with_a_fixture(right):
    pass

def test_that_waits_in_vain():
    while turbo_hipster.ANSWER != 42:
        time.sleep(0.1)

def test_a_leaked_process():
    if turbo_hipster.ANSWER != 42:
        subprocess.Popen(["sleep", "987654"], start_new_session=True)
    assert turbo_hipster.ANSWER == 42
"""

pytestmark = pytest.mark.functional


@pytest.fixture
def judge(tmp_path):
    """Run the runner on a small tree of its own with one mutation."""

    def run(test, find="42", replace="43"):
        folder = tmp_path / "tree"
        runner = folder / "tests/mutations"
        shutil.copytree(MUTATIONS / "proof", runner / "proof")
        (folder / "turbo_hipster").mkdir()
        (folder / "turbo_hipster/__init__.py").write_text("ANSWER = 42\n")
        (folder / "tests/answer_test.py").write_text(TEST)
        shutil.copy(MUTATIONS / "run.py", runner)
        mutation = {
            "name": "the answer",
            "file": "turbo_hipster/__init__.py",
            "find": find,
            "replace": replace,
            "test": f"tests/answer_test.py::{test}",
        }
        data = runner / "words.py"
        data.write_text(f"MUTATIONS = [{mutation!r}]\n")
        done = subprocess.run(
            [sys.executable, runner / "run.py", "--least", "3"],
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout + done.stderr

    return run


def test_a_mutation_that_is_noticed_is_fine(judge):
    status, said = judge("test_answer")

    assert "red      words: the answer" in said
    assert status == 0


def test_a_mutation_that_nobody_notices_fails_the_run(judge):
    status, said = judge("test_nothing")

    assert "green    words: the answer" in said
    assert status == 1


def test_a_test_that_is_red_without_mutation_proves_nothing(judge):
    status, said = judge("test_red")

    assert "though nothing is changed" in said
    assert status == 1


def test_a_test_that_does_not_exist_proves_nothing(judge):
    status, said = judge("test_of_old")

    assert "though nothing is changed" in said
    assert status == 1


def test_a_text_that_is_not_there_fails_the_run(judge):
    status, said = judge("test_answer", find="41")

    assert "has 0 places" in said
    assert status == 1


def test_a_change_that_is_no_python_proves_nothing(judge):
    status, said = judge("test_answer", replace="(")

    assert "broken   words: the answer" in said
    assert status == 1


def test_a_fixture_that_breaks_proves_nothing_of_its_test(judge):
    status, said = judge("test_with_a_fixture")

    assert "broken   words: the answer" in said
    assert status == 1


def test_a_test_that_waits_in_vain_fails_at_its_limit(judge):
    status, said = judge("test_that_waits_in_vain")

    assert "red      words: the answer" in said
    assert status == 0


def test_a_change_that_reaches_only_children_is_noticed(judge):
    status, said = judge("test_a_child_without_environment_imports_the_same")

    assert "red      words: the answer" in said
    assert status == 0


def test_what_broken_code_leaves_running_is_ended(judge):
    status, _ = judge("test_a_leaked_process")

    running = [
        path.read_bytes()
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if path.exists()
    ]
    assert b"sleep\x00987654\x00" not in running
    assert status == 0
