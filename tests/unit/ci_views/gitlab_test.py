"""GitLab reads every issue and every section, and only those of ours."""

import json
import re

import pytest

from theatre import reports
from turbo_hipster import model
from turbo_hipster.reports.ci.gitlab_log import GitLabLog
from turbo_hipster.reports.ci.gitlab_quality import GitLabQuality

SEVERITIES = {"fail": "critical", "warn": "minor", "note": "info"}
START = re.compile(
    r"\x1b\[0Ksection_start:(\d+):([A-Za-z0-9_.-]+)(\[collapsed=true\])?"
    r"\r\x1b\[0K([^\r\x1b\n]*)\n"
)
END = re.compile(r"\x1b\[0Ksection_end:(\d+):([A-Za-z0-9_.-]+)\r\x1b\[0K\n")


@pytest.fixture
def issues(render):
    return lambda report: json.loads(render(GitLabQuality, report))


@pytest.mark.parametrize("severity", model.Severity)
@pytest.mark.parametrize("verdict", model.Verdict)
def test_each_severity_has_its_own_at_its_line(issues, severity, verdict):
    where = {"file": "a/b.py", "line": "12"}
    one = model.Finding("TH-1", severity, "It is bad", where)
    told = issues(reports.report(one, verdict=verdict))[-1]
    assert told["severity"] == SEVERITIES[severity.value]
    assert told["check_name"] == "TH-1"
    assert told["description"] == "It is bad"
    assert told["location"] == {"path": "a/b.py", "lines": {"begin": 12}}


@pytest.mark.parametrize(
    ("verdict", "severities"),
    [
        (model.Verdict.SUCCESS, []),
        (model.Verdict.FAILURE, ["critical"]),
        (model.Verdict.TIMED_OUT, ["major"]),
        (model.Verdict.ABORTED, ["major"]),
        (model.Verdict.ERROR, ["major"]),
    ],
)
def test_a_verdict_that_no_finding_explains_is_an_issue(
    issues, verdict, severities
):
    found = issues(reports.report(verdict=verdict))
    assert [one["severity"] for one in found] == severities


def test_an_accepted_finding_is_still_there_for_information(issues):
    fail, where = model.Severity.FAIL, {"file": "a.py"}
    before = issues(reports.report(model.Finding("X", fail, "m", where)))
    after = issues(
        reports.report(
            model.Finding("X", fail, "m", where, accepted="we do"),
            verdict=model.Verdict.SUCCESS,
        )
    )
    assert after[0]["severity"] == "info"
    assert "Accepted: we do" in after[0]["description"]
    assert after[0]["fingerprint"] == before[0]["fingerprint"]


def test_every_issue_of_every_report_is_one_for_gitlab(issues):
    for report in reports.every_report():
        found = issues(report)
        names = [one["fingerprint"] for one in found]
        assert len(set(names)) == len(names)
        gaps = len({gap.what for gap in report.not_checked})
        assert len(found) in {
            len(report.findings) + gaps,
            len(report.findings) + gaps + 1,
        }
        for one in found:
            assert re.fullmatch(r"[0-9a-f]{64}", one["fingerprint"])
            assert one["severity"] in {"info", "minor", "major", "critical"}
            path = one["location"]["path"]
            assert path.isprintable()
            assert path[0] != "/"
            assert one["location"]["lines"]["begin"] >= 1
            text = one["description"] + one["check_name"]
            assert not re.search(r"[\x00-\x09\x0b-\x1f\u202a-\u202e]", text)


def sections(text):
    """Return name, fold and content of each section, as GitLab reads it."""
    found = []
    while text:
        start = START.match(text)
        assert start, text[:100]
        end = END.search(text, start.end())
        assert end[2] == start[2]
        assert int(end[1]) >= int(start[1])
        found.append((start[2], start[3], text[start.end() : end.start()]))
        text = text[end.end() :]
    return found


def test_each_log_is_a_section_and_the_one_that_tells_is_open(render):
    shell, git = sections(render(GitLabLog, reports.report()))
    assert shell[:2] == ("th_unit_shell_output.log", None)
    assert git[:2] == ("th_unit_git_prep.log", "[collapsed=true]")
    assert git[2] == "fetched\n"
    assert "ERROR: it broke" in shell[2]
    assert "left out ..." in shell[2]
    assert len(shell[2]) < 3 * 2**20


def test_a_log_cannot_end_its_section_or_open_one(render):
    for report in map(reports.hostile, model.Verdict):
        for name, _, content in sections(render(GitLabLog, report)):
            assert re.fullmatch(r"[A-Za-z0-9_.-]+", name)
            assert "\x1b" not in content
            assert "\r" not in content


def test_without_logs_there_is_no_section(tmp_path):
    shown = GitLabLog().render(reports.report(), tmp_path / "nowhere")
    assert "".join(shown) == ""
