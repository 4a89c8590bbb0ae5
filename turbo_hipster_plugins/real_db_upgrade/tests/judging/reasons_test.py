"""Why a step failed is told with the names of code, and no values."""

import pytest

from turbo_hipster_databases.model import Failure
from turbo_hipster_real_db_upgrade.judging.reasons import told

SECRET = "ann@example.org"


@pytest.mark.parametrize(
    "failure, shown",
    [
        (Failure(f"ValueError: {SECRET}"), "it raises ValueError"),
        (Failure(f"{SECRET} is there twice"), "it raises an error"),
        (
            Failure("NameError: name 'ordres' is not defined"),
            "NameError: name 'ordres' is not defined",
        ),
        (
            Failure("it hangs", kind="hang"),
            "it hangs",
        ),
        (
            Failure(
                "DataError: (1406, \"Data too long for column 'state' at row"
                ' 7")',
                "sql",
                "UPDATE orders SET state = ?",
                "1406",
            ),
            "Data too long for column 'state' (1406)",
        ),
        (
            Failure(
                "OperationalError: (1054, \"Unknown column 'gone' in 'field"
                " list'\")",
                "sql",
                "SELECT gone FROM t",
                "1054",
            ),
            "Unknown column 'gone' in 'field list' (1054)",
        ),
        (
            Failure(
                "StringDataRightTruncation: value too long for type"
                " character varying(20)",
                "sql",
                "",
                "22001",
            ),
            "value too long for type character varying(20) (22001)",
        ),
        (
            Failure(f"RaiseException: no {SECRET}", "sql", "", "P0001"),
            "a trigger refuses it (P0001)",
        ),
        (
            Failure(f"OperationalError: what is '{SECRET}', 42", "sql", "x"),
            "what is '…', …",
        ),
    ],
)
def test_no_value_is_told(failure, shown):
    assert told(failure, (), "postgresql") == shown
