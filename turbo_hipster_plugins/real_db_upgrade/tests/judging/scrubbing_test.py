"""What engines say of a failure is told without values of the data."""

import pytest

from turbo_hipster_real_db_upgrade.judging.scrubbing import (
    normalised,
    without_values,
)


@pytest.mark.parametrize(
    "said, told",
    [
        (
            'could not create unique index "once"\nDETAIL:  Key (email)='
            "(x@y) is duplicated.",
            'could not create unique index "once"',
        ),
        (
            'null value in column "a" violates not-null constraint\n'
            "DETAIL:  Failing row contains (1, x@y, null).",
            'null value in column "a" violates not-null constraint',
        ),
        (
            'invalid input syntax for type integer: "x@y"\nLINE 1: ...',
            'invalid input syntax for type integer: "…"',
        ),
        (
            "(1062, \"Duplicate entry 'x@y' for key 'once'\")",
            "(1062, \"Duplicate entry '…' for key 'once'\")",
        ),
        (
            "Duplicate entry 'it's x@y' for key 'once'",
            "Duplicate entry '…' for key 'once'",
        ),
        (
            "(1366, \"Incorrect integer value: 'x@y' for column"
            ' `turbo`.`orders`.`state` at row 1")',
            "(1366, \"Incorrect integer value: '…' for column"
            ' `turbo`.`orders`.`state` at row 1")',
        ),
        (
            "Truncated incorrect DOUBLE value: 'x@y'",
            "Truncated incorrect DOUBLE value: '…'",
        ),
        (
            "(1265, \"Data truncated for column 'state' at row 1\")",
            "(1265, \"Data truncated for column 'state' at row 1\")",
        ),
        (
            "Unknown column 'nothing' in 'SELECT'",
            "Unknown column 'nothing' in 'SELECT'",
        ),
        (
            "UNIQUE constraint failed: users.email",
            "UNIQUE constraint failed: users.email",
        ),
        (
            'date/time field value out of range: "x@y"',
            'date/time field value out of range: "…"',
        ),
        (
            'invalid input value for enum mood: "x@y"',
            'invalid input value for enum mood: "…"',
        ),
    ],
)
def test_values_are_taken_out_and_names_are_not(said, told):
    assert without_values(said) == told


def test_a_statement_is_told_without_its_literals():
    said = "UPDATE  users SET email = 'x@y' WHERE id = 5 -- x@y"
    assert normalised(said, "sqlite") == (
        "update users set email = ? where id = ?"
    )
