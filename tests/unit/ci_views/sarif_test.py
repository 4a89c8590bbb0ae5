"""What SARIF says of a report; its schema is asked in the tests beside."""

import json
import re

import pytest

from theatre import reports
from turbo_hipster import model
from turbo_hipster.reports.ci.sarif import Sarif

LEVELS = {"fail": "error", "warn": "warning", "note": "note"}


@pytest.fixture
def run(render):
    def told(report):
        text = render(Sarif, report)
        assert text.isascii()
        return json.loads(text)["runs"][0]

    return told


@pytest.mark.parametrize("severity", model.Severity)
@pytest.mark.parametrize("verdict", model.Verdict)
def test_each_severity_has_its_level_at_its_place(run, severity, verdict):
    where = {"file": "a/b c.py", "line": "12", "column": "3", "engine": "e"}
    one = model.Finding("TH-1", severity, "It is bad", where, 5, 2.5, "us")
    told = run(reports.report(one, verdict=verdict))
    result = told["results"][-1]
    assert result["level"] == LEVELS[severity.value]
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "a/b%20c.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 12, "startColumn": 3},
    }
    assert result["properties"] == {
        "measured": 5,
        "limit": 2.5,
        "limitSource": "us",
        "where.engine": "e",
    }


@pytest.mark.parametrize("verdict", model.Verdict)
def test_the_verdict_is_told_where_no_finding_explains_it(run, verdict):
    told = run(reports.report(verdict=verdict))
    judged = verdict in (model.Verdict.SUCCESS, model.Verdict.FAILURE)
    [invocation] = told["invocations"]
    assert invocation["executionSuccessful"] is judged
    texts = [one["message"]["text"] for one in told["results"]]
    if verdict is model.Verdict.SUCCESS:
        assert texts == []
    else:
        assert texts == [f"unit: {verdict.value}: Two are bad"]


def test_every_result_has_a_file_for_github_refuses_all_without(run):
    for report in reports.every_report():
        for result in run(report)["results"]:
            [at] = result["locations"]
            uri = at["physicalLocation"]["artifactLocation"]["uri"]
            assert uri
            assert not re.match(r"[a-z]+:|/", uri)
            assert ("message" in at) is (uri == ".turbo-hipster.toml")


def test_an_accepted_finding_is_suppressed_and_a_proposed_one_is_not(run):
    fail = model.Severity.FAIL
    results = run(
        reports.report(
            model.Finding("A", fail, "m", accepted="we live with it"),
            model.Finding("P", fail, "m", proposed="we could"),
        )
    )["results"]
    told = {one["ruleId"]: one.get("suppressions") for one in results}
    assert told == {
        "A": [{"kind": "external", "justification": "we live with it"}],
        "P": None,
    }


def test_rules_are_there_once_and_results_point_at_them(run):
    told = run(reports.report(*reports.every_finding()[:5] * 3))
    rules = [rule["id"] for rule in told["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules) == 5
    for result in told["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]


def test_what_was_not_checked_and_what_was_left_out_are_notified(run):
    note = model.Severity.NOTE
    many = (model.Finding("N", note, "m") for _ in range(5000))
    fail = model.Finding("F", model.Severity.FAIL, "m")
    gap = model.NotChecked("the undo", "there is none")
    told = run(reports.report(*many, fail, not_checked=(gap,)))
    notes = told["invocations"][0]["toolExecutionNotifications"]
    assert [one["message"]["text"] for one in notes] == [
        "Not checked: the undo: there is none",
        "Left out: 1 finding, the least grave. The report has them all.",
    ]
    assert told["results"][0]["ruleId"] == "F"
    assert len(told["results"]) == 5000


def test_a_message_makes_no_link(run):
    for result in run(reports.hostile())["results"]:
        assert "](" not in result["message"]["text"]


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), "5 s", True, None]
)
def test_any_measured_value_is_json(run, value):
    one = model.Finding("A", model.Severity.FAIL, "m", measured=value)
    told = run(reports.report(one))["results"][0]["properties"]
    assert isinstance(told.get("measured", ""), str | bool)
