"""Annotations are commands of ours alone, and the ten that matter most."""

import re

import pytest

from theatre import reports
from turbo_hipster import model
from turbo_hipster.reports.ci.github_annotations import GitHubAnnotations

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def parsed(line):
    """Read a line as GitHub's runner does."""
    level, told, message = COMMAND.fullmatch(line).groups()
    properties = dict(pair.split("=", 1) for pair in told.split(","))
    for sign in ("\r", "\n", ":", ",", "%"):
        code = f"%{ord(sign):02X}"
        message = message.replace(code, sign) if sign in "\r\n%" else message
        properties = {k: v.replace(code, sign) for k, v in properties.items()}
    return level, properties, message


@pytest.fixture
def lines(render):
    def shown(report):
        return render(GitHubAnnotations, report).split("\n")[:-1]

    return shown


LEVELS = {"fail": "error", "warn": "warning", "note": "notice"}


@pytest.mark.parametrize("severity", model.Severity)
@pytest.mark.parametrize("verdict", model.Verdict)
def test_each_severity_has_its_level_beside_the_code(lines, severity, verdict):
    where = {"file": "a/b.py", "line": "12", "column": "3", "engine": "e"}
    one = model.Finding("TH-1", severity, "It, is: 100%", where)
    shown = lines(reports.report(one, verdict=verdict))
    told = parsed(shown[-1])
    assert told[0] == LEVELS[severity.value]
    assert told[1] == {
        "file": "a/b.py", "line": "12", "col": "3", "title": "TH-1",
    }  # fmt: skip
    assert told[2] == "It, is: 100%\nWhere: engine e"


def test_a_files_name_is_a_name_whatever_signs_it_has(lines):
    where = {"file": "a,title=x::b%2C.py", "line": "1"}
    one = model.Finding("TH-1", model.Severity.FAIL, "m", where)
    [told] = map(parsed, lines(reports.report(one)))
    assert told[1] == {**where, "title": "TH-1"}
    assert told[2] == "m"


@pytest.mark.parametrize("verdict", model.Verdict)
def test_a_bad_verdict_without_a_failing_finding_is_said_first(lines, verdict):
    warn = model.Finding("TH-1", model.Severity.WARN, "so so")
    shown = lines(reports.report(warn, verdict=verdict))
    if verdict is model.Verdict.SUCCESS:
        assert len(shown) == 1
    else:
        assert parsed(shown[0]) == (
            "error",
            {"title": "turbo-hipster"},
            f"unit: {verdict.value}: Two are bad",
        )


def test_a_good_build_that_found_nothing_says_nothing(lines):
    assert lines(reports.report(verdict=model.Verdict.SUCCESS)) == []


def test_accepted_findings_are_silent_and_proposed_ones_are_not(lines):
    fail = model.Severity.FAIL
    shown = lines(
        reports.report(
            model.Finding("TH-A", fail, "m", accepted="we live with it"),
            model.Finding("TH-P", fail, "m", proposed="we could"),
        )
    )
    [told] = map(parsed, shown)
    assert told[1]["title"] == "TH-P"
    assert "proposes to accept it: we could" in told[2]


def test_what_was_not_checked_is_said(lines):
    gap = model.NotChecked("the undo", "there is none")
    shown = lines(
        reports.report(not_checked=(gap,), verdict=model.Verdict.SUCCESS)
    )
    assert parsed(shown[0])[::2] == (
        "notice",
        "Not checked: the undo: there is none",
    )


def test_of_many_the_ten_most_important_are_shown_and_the_rest_counted(lines):
    shown = lines(reports.large())
    levels = [parsed(line)[0] for line in shown[:10]]
    assert levels == ["error"] * 10
    assert shown[10:] == [
        "2,290 more annotations left out: GitHub shows 10 of a step"
    ]


def test_no_text_becomes_a_command_or_a_property(lines):
    for report in reports.every_report():
        for line in lines(report)[:10]:
            level, properties, message = parsed(line)
            assert set(properties) <= {"file", "line", "col", "title"}
            assert "\x1b" not in message
            assert "\u202e" not in message
            assert "\r" not in line
            assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e]", line)
