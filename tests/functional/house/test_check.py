"""Few tests that fail beside others are run again, alone; and not more."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECK = Path(__file__).parents[3] / ".ci" / "check"
TEST = """
import pathlib
import pytest

MARK = pathlib.Path(__file__).with_name("mark")

@pytest.mark.parametrize("number", range({flaky}))
def test_flaky(number):
    mark = MARK.with_suffix(f".{{number}}")
    again = mark.exists()
    mark.touch()
    assert again

@pytest.mark.parametrize("number", range({bad}))
def test_bad(number):
    with MARK.open("a") as mark:
        mark.write("x")
    assert False

def test_good():
    pass
"""

pytestmark = pytest.mark.functional


@pytest.fixture
def check(tmp_path):
    """Run a copy of it over so many tests of each kind."""

    def run(flaky=0, bad=0, text=TEST):
        folder = tmp_path / "tree"
        (folder / ".ci").mkdir(parents=True)
        shutil.copy(CHECK, folder / ".ci")
        (folder / "pytest.ini").write_text("[pytest]\n")
        (folder / "one_test.py").write_text(text.format(flaky=flaky, bad=bad))
        done = subprocess.run(
            [sys.executable, ".ci/check"],
            cwd=folder,
            capture_output=True,
            text=True,
        )
        told = folder / "build/check/flaky.txt"
        return (
            done.returncode,
            done.stdout + done.stderr,
            told.read_text() if told.exists() else "",
        )

    return run


def test_when_all_pass_nothing_is_run_twice(check):
    status, said, told = check()

    assert status == 0
    assert "Again" not in said
    assert told == ""


def test_three_that_pass_alone_are_named_and_do_not_fail(check):
    status, said, told = check(flaky=3)

    assert status == 0
    assert told.splitlines() == [
        f"FLAKY: one_test.py::test_flaky[{number}] failed beside others and "
        "passed alone"
        for number in range(3)
    ]
    assert told in said
    # those that passed are not run again
    assert "3 passed" in said


def test_one_that_fails_again_fails_and_the_other_is_named(check):
    status, said, told = check(flaky=1, bad=1)

    assert status == 1
    assert "FAILED: one_test.py::test_bad[0] failed twice" in said
    assert told.startswith("FLAKY: one_test.py::test_flaky[0]")


def test_more_than_three_fail_at_once(check, tmp_path):
    status, said, told = check(bad=4)

    assert status == 1
    assert "Again" not in said
    assert (tmp_path / "tree/mark").read_text() == "xxxx"


def test_what_cannot_be_collected_fails_at_once(check):
    status, said, _ = check(text="import nothing_of_this_name\n")

    assert status not in (0, 5)
    assert "Again" not in said
