"""TH-M101 to M104: from empty to head, at the newest, as the models say."""

import pytest

from turbo_hipster_databases.exceptions import HistoryBroken
from turbo_hipster_db_migration import rows


def test_a_sound_history_has_no_finding(judge, step):
    judged = judge(
        step("one", ("need a",), ("drop a",)),
        step("two", ("need b",), ("drop b",)),
    )

    assert judged.outcome.findings == ()
    cells = judged.cells()
    assert cells.pop("TH-M401") == "not checked"
    assert cells.pop("TH-M501") == "off"
    assert set(cells.values()) == {"ok", "Fakesql"}


def test_a_change_without_migrations_has_nothing_new(judge, step):
    judged = judge(step("one", ("make a",), ("fail",)), only=[])

    assert judged.outcome.findings == ()
    cells = judged.cells()
    assert cells["TH-M102"] == "ok"
    assert cells["TH-M201"] == cells["TH-M301"] == "nothing new"


def test_more_heads_than_declared_are_named(judge, step):
    judged = judge(step("one"), step("left"), step("right", parents=("one",)))

    assert judged.ids() == ["TH-M101"]
    assert "left, right" in judged.finding.message
    assert (judged.finding.measured, judged.finding.limit) == (2, 1)


def test_as_many_heads_as_declared_are_sound(judge, step):
    judged = judge(
        step("one"),
        step("left"),
        step("right", parents=("one",)),
        options={"heads": 2},
    )

    assert judged.ids() == []


def test_a_tool_whose_apps_have_a_head_each_is_not_blamed(judge, step):
    steps = step("one"), step("left"), step("right", parents=("one",))

    assert judge(*steps, lines=2).ids() == []


def test_heads_that_were_there_before_are_a_note(judge, step):
    judged = judge(
        step("one"),
        step("left"),
        step("right", parents=("one",)),
        only=["one"],
    )

    assert judged.ids() == []
    assert judged.ids("note") == ["TH-M101"]


def test_a_step_that_fails_is_named_with_statement_and_error(judge, step):
    judged = judge(step("one"), step("two", ("fail no room",)))

    finding = judged.finding
    assert finding.id == "TH-M102"
    assert "two fails on Fakesql: no room (FK001)" in finding.message
    assert "fail no room" in finding.detail
    assert finding.where["revision"] == "two"
    assert finding.where["file"] == "two.py"
    assert judged.cells()["TH-M103"] == "not checked"


def test_what_a_failed_walk_leaves_out_is_said(judge, step):
    judged = judge(step("one", ("fail",)))

    for check in ("TH-M103", "TH-M104", "TH-M301", "TH-M302"):
        assert any(check in gap for gap in judged.gaps()), check


def test_a_step_that_failed_before_the_change_is_a_note(judge, step):
    judged = judge(
        step("one", ("fail",)),
        step("two"),
        only=["two"],
        before={"steps": [step("one")], "failed": "one"},
    )

    assert judged.ids() == []
    assert judged.ids("note") == ["TH-M102"]


def test_a_step_that_the_change_broke_from_outside_fails(judge, step):
    judged = judge(step("one", ("fail",)), step("two"), only=["two"])

    assert judged.ids() == ["TH-M102"]


@pytest.mark.parametrize("kind", ["cycle", "missing_parent", "syntax", "odd"])
def test_a_history_that_cannot_be_read_is_a_finding(judge, step, kind):
    judged = judge(
        step("one"), broken=HistoryBroken(kind, "it is broken\nline 7")
    )

    assert judged.ids() == ["TH-M102"]
    assert "it is broken" in judged.finding.message
    assert judged.finding.detail == "line 7"
    assert judged.cells()["TH-M201"] == "not checked"


def test_a_database_that_is_not_at_the_newest_is_found(judge, step):
    judged = judge(step("one"), only=[], forgets=True)

    assert judged.ids() == ["TH-M103"]
    assert judged.finding.measured == "nothing"
    assert judged.finding.limit == "one"


def test_a_step_that_ends_its_server_is_named(judge, step):
    judged = judge(step("one"), step("two", ("kill",)))

    assert judged.ids() == ["TH-M102"]
    assert "the connection was lost" in judged.finding.message


def test_a_tool_that_names_no_migrations_has_no_newest(judge, step):
    judged = judge(step("head"), fineness="whole")

    assert judged.ids() == []
    assert judged.cells()["TH-M103"] == "not checked"


def test_models_that_cannot_be_read_are_found(judge, step):
    judged = judge(
        step("one"), differences=HistoryBroken("import", "no module x\nline")
    )

    assert judged.ids() == ["TH-M104"]
    assert "no module x" in judged.finding.message
    assert judged.finding.detail == "line"


def test_models_that_differ_are_shown_line_by_line(judge, step):
    judged = judge(step("one"), differences=("add column b", "drop a"))

    assert judged.ids() == ["TH-M104"]
    assert judged.finding.detail == "add column b\ndrop a"


def test_models_that_differed_before_the_change_are_a_note(judge, step):
    judged = judge(
        step("one"),
        differences=("old", "new"),
        before={"differences": ("old", "older")},
    )

    failing, note = judged.outcome.findings
    assert (failing.severity.value, failing.detail) == ("fail", "new")
    assert (note.severity.value, note.detail) == ("note", "old")


def test_a_tool_that_cannot_compare_is_said(judge, step):
    judged = judge(step("one"), differences=None)

    assert judged.cells()["TH-M104"] == "not checked"
    assert any("TH-M104" in gap for gap in judged.gaps())


def test_a_job_may_leave_out_what_takes_long(judge, step):
    judged = judge(step("one", ("make a",), ("fail",)), options={"checks": []})

    assert judged.outcome.findings == ()
    assert judged.tool.log == [("up", "one")]
    cells = judged.cells()
    for check in ("TH-M201", "TH-M202", "TH-M203", "TH-M301", "TH-M302"):
        assert cells[check] == "off"


def test_a_step_that_leaves_a_table_locked_fails(judge, step, monkeypatch):
    def count(server):
        raise rows.Unreadable("a table cannot be read: lock timeout")

    monkeypatch.setattr(rows, "count", count)

    judged = judge(step("one", ("make a",), ("drop a",)))

    assert judged.ids() == ["TH-M102"]
    assert "left a transaction open" in judged.finding.message
    assert "lock timeout" in judged.finding.message
