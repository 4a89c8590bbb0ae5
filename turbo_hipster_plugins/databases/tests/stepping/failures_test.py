"""Exceptions of a project's code are told in the words of a Failure."""

import sqlite3

import pytest

from turbo_hipster_databases.stepping.inside import failures


def raised(function):
    """Return what a function raises."""
    try:
        function()
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


def from_cause(error, cause):
    def fail():
        raise error from cause

    return raised(fail)


def describe(error, failed="", down=False):
    return failures.describe(error, failed, down)


class Wrapped(Exception):
    """As SQLAlchemy wraps what a driver raises."""

    def __init__(self, orig, statement):
        super().__init__("wrapped", orig)
        self.orig, self.statement = orig, statement


class PyMySQLError(sqlite3.DatabaseError):
    sqlstate = "42S02"


class PsycopgError(sqlite3.DatabaseError):
    sqlstate = "42P01"


@pytest.mark.parametrize(
    ("orig", "code"),
    [
        (sqlite3.OperationalError("no such table: t"), ""),
        (PyMySQLError(1146, "no such table"), "1146"),
        (PsycopgError("no such table"), "42P01"),
        (sqlite3.DatabaseError({"C": "23505"}), "23505"),
    ],
)
def test_the_drivers_error_is_told_with_its_code(orig, code):
    told = describe(Wrapped(orig, "SELECT 1"))
    assert told["kind"] == "sql"
    assert told["statement"] == "SELECT 1"
    assert told["code"] == code


def test_the_first_failed_statement_stands_in():
    told = describe(sqlite3.OperationalError("locked"), "UPDATE t")
    assert told["statement"] == "UPDATE t"


@pytest.mark.parametrize(
    ("error", "down", "kind"),
    [
        (SystemExit(3), False, "exit"),
        (EOFError("EOF when reading a line"), False, "prompt"),
        (from_cause(RuntimeError("in between"), EOFError()), False, "prompt"),
        (NotImplementedError(), True, "not_implemented"),
        (NotImplementedError(), False, "python"),
        (KeyError("x"), True, "python"),
    ],
)
def test_the_kind_says_what_happened(error, down, kind):
    assert describe(error, down=down)["kind"] == kind


def test_a_ring_of_causes_has_an_end():
    first, second = KeyError("a"), KeyError("b")
    first.__cause__, second.__cause__ = second, first
    assert len(list(failures.chain(first))) == 2


def test_the_place_in_the_checkout_is_told(tmp_path):
    path = tmp_path / "versions.py"
    path.write_text("\n\nimport nothing_like_this\n")
    code = compile(path.read_text(), str(path), "exec")
    why = failures.broken(raised(lambda: exec(code, {})), str(tmp_path))
    assert why.kind == "import"
    assert str(why).startswith("versions.py:3: ModuleNotFoundError")
