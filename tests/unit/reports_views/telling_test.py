"""The first error in sight is an error."""

from __future__ import annotations

import pytest

from turbo_hipster.reports import telling

STAMP = "2013-11-22 21:42:45,908 "


@pytest.mark.parametrize(
    "line",
    [
        "Traceback (most recent call last):",
        f"{STAMP}[output] error: x",
        "nova: ERROR 1064 (42000) at line 1",
        "NameError: name 'x' is not defined",
        "java.lang.IllegalStateException: no",
        "tests/test_a.py::t FAILED  [ 10%]",
        "FAILED tests/error.py::t - assert 1 == 2",
        "=================== FAILURES ===================",
        "fatal: not a git repository",
        "make: *** [Makefile:3: all] Error 2",
        f"{STAMP}[script exit code = 1]",
        f"{STAMP}[script exit code = -9]",
        f"{STAMP}[timeout] after 3600 s",
        "error[E0308]: mismatched types",
        "src/error.c:12:3: error: expected ';'",
        "npm ERR! code ELIFECYCLE",
        "/bin/sh: 1: foo: command not found",
        "0 errors, 3 failures\tFAILED",
        "--- FAIL: TestX (0.00s)",
        "AssertionError",
        "not ok 3 - it works",
        "sqlalchemy.exc.OperationalError: (1205, 'x')",
        "\x1b[31mERROR\x1b[0m: boom",
        "Command 'x' returned non-zero exit status 1.",
        "process exited with code 137",
        "Segmentation fault (core dumped)",
        "a.ts(3,1): error TS2304: Cannot find name 'x'.",
    ],
)
def test_a_line_that_tells_is_seen(line):
    assert telling.tells(line.encode())


@pytest.mark.parametrize(
    "line",
    [
        "",
        "0 errors, 0 failures",
        "errors: 0",
        "Failed: 0, Passed: 12",
        f"{STAMP}[output] ok: [host] => changed=1 failed=0 unreachable=0",
        "No errors found",
        "finished without any error",
        "copying nova/error.py -> build/lib/nova/error.py",
        "tests/test_error.py::test_error PASSED",
        "test_error (tests.TestError) ... ok",
        "ok 3 - error path",
        "gcc -Werror=format -c x.c",
        "tool --fail-fast --error-exitcode=1",
        "INFO retry after error: timeout",
        f"{STAMP}[script exit code = 0]",
        "exited with code 0",
        "error handling is described in the manual",
        "raises an error when the value is wrong",
        "set -o errexit",
        "FAILED: 0",
        '{"errors": [], "error": null}',
        "killed 3 stale workers",
    ],
)
def test_the_words_of_success_are_passed_over(line):
    assert not telling.tells(line.encode())


def test_the_first_of_several_is_found_where_its_line_begins():
    block = b"fine\n0 errors\n  fatal: one\nfatal: two\n"
    assert telling.Detector().first(block) == block.index(b"  fatal: one")


def test_a_block_without_any_tells_nothing():
    assert telling.Detector().first(b"all is well\n" * 100) is None


def test_patience_with_suspicious_lines_has_an_end():
    detector = telling.Detector(allowance=10)
    assert detector.first(b"0 errors\n" * 11 + b"fatal: x\n") is None
    assert detector.allowance == 0
