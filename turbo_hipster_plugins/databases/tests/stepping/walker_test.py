"""The process that steps, when it does not do as it should."""

import shutil

import pytest

from turbo_hipster_databases.exceptions import StepperLost
from turbo_hipster_databases.stepping import walker
from turbo_hipster_databases.stepping.walker import Walker

pytestmark = pytest.mark.functional


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Return a function that puts another program in the place of ours."""

    def put(text):
        path = tmp_path / "program.py"
        path.write_text(text)
        monkeypatch.setattr(walker, "PROGRAM", path)

    return put


MEETS = """
import json, os, socket, sys
folder, name = os.path.split(sys.argv[1])
wire = socket.socket(socket.AF_UNIX)
wire.connect("/proc/self/fd/%d/%s" % (os.open(folder, os.O_RDONLY), name))
lines = wire.makefile("rb")
json.loads(lines.readline())
lines.readline()
"""


@pytest.fixture
def ask(in_build, project):
    """Return a function that asks a walker one thing."""

    def call(seconds=60, **more):
        def asked(context):
            one = Walker(context, project(**more), "sqlite://", "no_walk")
            try:
                return one.ask({"do": "history"}, seconds), one.ended()
            finally:
                one.close()

        return in_build(asked)

    return call


def test_an_interpreter_that_does_not_start_is_told_with_its_words(
    ask, program
):
    program("raise ValueError('not here')")
    with pytest.raises(StepperLost, match="ValueError: not here"):
        ask()


def test_an_interpreter_that_is_not_there_is_told(ask):
    with pytest.raises(StepperLost, match="No such file"):
        ask(python="/nowhere/python", network=False)


def test_a_process_that_ends_instead_of_answering_is_an_end(ask, program):
    program(f"{MEETS}\nprint('that is all')\nsys.exit(5)\n")
    answer, ended = ask()
    assert answer is None
    assert ended.status == 5
    assert "that is all" in ended.tail


def test_a_process_that_does_not_answer_is_given_its_time_only(ask, program):
    program(f"{MEETS}\nwire.recv(1)\n")
    with pytest.raises(TimeoutError):
        ask(seconds=0.1)


def test_a_process_that_is_busy_is_not_asked_to_end(ask, program, tmp_path):
    told = tmp_path / "told"
    program(f"{MEETS}\nopen({str(told)!r}, 'wb').write(lines.readline())\n")
    with pytest.raises(TimeoutError):
        ask(seconds=0.1)
    assert not told.exists() or b"end" not in told.read_bytes()


def test_a_process_that_hangs_up_and_stays_is_ended(ask, program, monkeypatch):
    monkeypatch.setattr(walker, "LAST_WORDS", 0.1)
    program(
        f"{MEETS}\nlines.close()\nwire.close()\n"
        "import threading\nthreading.Event().wait()\n"
    )
    answer, ended = ask()
    assert answer is None
    assert ended.status < 0


def test_our_own_files_are_not_found_by_the_project(
    in_build, project, tmp_path, monkeypatch
):
    inside = tmp_path / "inside"
    shutil.copytree(
        walker.PROGRAM.parent, inside, ignore=shutil.ignore_patterns("__*__")
    )
    for name in ("__init__.py", "__main__.py"):
        shutil.copy(walker.PROGRAM.with_name(name), inside)
    monkeypatch.setattr(walker, "PROGRAM", inside / "__main__.py")
    (inside / "seen.py").write_text(SEES)
    made = project()
    (made.checkout / "alembic_history.py").write_text("own = True\n")

    def look(context):
        one = Walker(context, made, "sqlite://", "seen")
        try:
            return one.ask({"do": "history"}, 60)
        finally:
            one.close()

    own, path = in_build(look)["said"]
    assert own is True
    assert path[0] == str(made.checkout)
    assert str(inside) not in path
    assert not list(inside.glob("__pycache__"))


SEES = """
import sys

class Walk:
    def __init__(self, told):
        pass

    def history(self):
        import alembic_history
        return [alembic_history.own, sys.path]
"""
