"""What Zuul is returned: links, comments beside the code, warnings."""

import json

import pytest

from theatre import reports
from turbo_hipster import model
from turbo_hipster.reports.ci.zuul_return import ZuulReturn

LEVELS = {"fail": "error", "warn": "warning", "note": "info"}


@pytest.fixture
def returned(render):
    def data(report, **attributes):
        return json.loads(render(ZuulReturn, report, **attributes))["zuul"]

    return data


@pytest.mark.parametrize("severity", model.Severity)
@pytest.mark.parametrize("verdict", model.Verdict)
def test_a_finding_with_a_file_is_a_comment_there(returned, severity, verdict):
    where = {"file": "a/b.py", "line": "12", "engine": "e"}
    one = model.Finding("TH-1", severity, "It is bad", where)
    data = returned(reports.report(one, verdict=verdict))
    assert data["file_comments"] == {
        "a/b.py": [
            {
                "line": 12,
                "level": LEVELS[severity.value],
                "message": "TH-1: It is bad\nWhere: engine e",
            }
        ]
    }


@pytest.mark.parametrize(
    ("severity", "warnings"),
    [
        (model.Severity.FAIL, ["TH-1: It is bad"]),
        (model.Severity.WARN, ["TH-1: It is bad"]),
        (model.Severity.NOTE, []),
    ],
)
def test_one_without_a_file_is_a_warning_if_it_matters(
    returned, severity, warnings
):
    one = model.Finding("TH-1", severity, "It is bad")
    data = returned(reports.report(one, verdict=model.Verdict.SUCCESS))
    assert data["warnings"] == warnings
    assert data["file_comments"] == {}


def test_accepted_findings_are_silent(returned):
    one = model.Finding(
        "X", model.Severity.FAIL, "m", {"file": "a"}, accepted="we do"
    )
    data = returned(reports.report(one, verdict=model.Verdict.SUCCESS))
    assert (data["file_comments"], data["warnings"]) == ({}, [])


@pytest.mark.parametrize("verdict", model.Verdict)
def test_a_verdict_that_no_finding_explains_is_a_warning(returned, verdict):
    data = returned(reports.report(verdict=verdict))
    if verdict is model.Verdict.SUCCESS:
        assert data["warnings"] == []
    else:
        assert data["warnings"] == [f"unit: {verdict.value}: Two are bad"]


def test_of_many_the_most_important_are_shown_and_the_rest_counted(returned):
    data = returned(reports.large())
    comments = [one for file in data["file_comments"].values() for one in file]
    assert len(comments) == 50
    assert {one["level"] for one in comments} == {"error"}
    assert len(data["warnings"]) == 11
    assert data["warnings"][-1] == (
        "Left out: 290 warnings, 1,950 comments; the report has them"
    )


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://e/unit/1/index.html", "https://e/unit/1/files/a%20b%3Ac"),
        ("https://e/unit/1/", "https://e/unit/1/files/a%20b%3Ac"),
        ("turbo-hipster/", "turbo-hipster/files/a%20b%3Ac"),
        ("", "files/a%20b%3Ac"),
    ],
)
def test_links_are_absolute_or_relative_to_the_logs(returned, url, link):
    files = (model.Artefact("files/a b:c", "", 1),)
    data = returned(reports.report(artefacts=files), url=url)
    assert data["artifacts"][-1]["url"] == link
    assert data["artifacts"][0]["name"] == "unit: report"


def test_no_artefact_leads_to_another_host(returned):
    files = (
        model.Artefact("//evil.example/x", "", 1),
        model.Artefact("javascript:alert(1)", "", 1),
        model.Artefact("https://evil.example/", "", 1),
    )
    data = returned(reports.report(artefacts=files), url="https://e/1/")
    urls = [one["url"] for one in data["artifacts"]]
    assert all(url.startswith("https://e/") for url in urls), urls


def test_without_results_there_is_nothing_to_link(tmp_path):
    text = "".join(ZuulReturn().render(reports.report(), tmp_path))
    assert json.loads(text)["zuul"]["artifacts"] == []
