"""A step behind one that failed was not measured, and is not checked."""

from types import SimpleNamespace

import pytest

from turbo_hipster_databases.model import Migration
from turbo_hipster_real_db_upgrade.checking.budget import Budget
from turbo_hipster_real_db_upgrade.checking.halfway import checked as halfway
from turbo_hipster_real_db_upgrade.checking.subject import Subject
from turbo_hipster_real_db_upgrade.checking.undo import checked as undo


@pytest.mark.parametrize("check", [undo.check, halfway.check])
def test_a_step_that_was_not_measured_is_said_not_to_be_checked(check):
    # given a step that was rehearsed, and never measured
    gaps = []
    step = SimpleNamespace(
        link=SimpleNamespace(migration=Migration("new", ("two",))),
        after=object(),
    )
    climbed = SimpleNamespace(judged={"new"}, new=(), marks={})
    ground = SimpleNamespace(
        case="user_001/sqlite",
        context=SimpleNamespace(not_checked=lambda *gap: gaps.append(gap)),
        go_on=lambda: None,
        tool=SimpleNamespace(has_statement_hook=True),
    )

    # when a pass comes to it
    check(Subject("pass", ground, climbed, [step], None, Budget(60)))

    # then that is said, and nothing else is done
    assert gaps == [
        ("user_001/sqlite: two->new, pass",
         "it was not measured: one before it failed"),
    ]  # fmt: skip
    assert climbed.marks == {"new": {"pass": "not checked"}}
