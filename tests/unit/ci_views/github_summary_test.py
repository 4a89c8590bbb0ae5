"""The summary keeps below 1 MiB, and says in Markdown what it says."""

import dataclasses
import re

import pytest
from markdown_it import MarkdownIt

from theatre import reports
from turbo_hipster import model
from turbo_hipster.reports.ci.github_summary import GitHubSummary

MIB = 2**20
TAGS = {
    "<br>", "<details>", "<details open>", "</details>", "<summary>",
    "</summary>",
}  # fmt: skip


@pytest.fixture
def summary(render):
    def shown(report, **attributes):
        text = render(GitHubSummary, report, **attributes)
        assert len(text.encode()) < MIB
        return text

    return shown


def tokens(text):
    """Read Markdown with tables, links and HTML, as GitHub does."""
    reader = MarkdownIt("commonmark").enable("table")
    for block in reader.parse(text):
        yield block
        yield from block.children or ()


def prose_of(text):
    """Return what a reader sees as prose, and the HTML in it."""
    kinds = {"html_block", "html_inline"}
    found = list(tokens(text))
    said = "\n".join(one.content for one in found if one.type == "text")
    html = "\n".join(one.content for one in found if one.type in kinds)
    return said, html


def test_the_first_line_is_the_mark_with_job_and_project(summary):
    text = summary(reports.report())
    assert text.startswith("<!-- turbo-hipster unit example/shop -->\n### ")


def test_findings_details_gaps_steps_and_the_telling_line_are_there(summary):
    text = summary(
        reports.report(
            model.Finding("TH-1", model.Severity.FAIL, "bad", detail="y\nso"),
            not_checked=(model.NotChecked("the undo", "none"),),
            steps=(model.Step("go", 0.0, 1.0, model.Verdict.FAILURE),),
            tables=(model.Table("rows", ({"n": 7, "name": "a|b"},)),),
        )
    )  # fmt: skip
    for said in (
        "**Two are bad**", "`TH-1`", "```text\ny\nso\n```", "the undo: none",
        "| go | FAILURE |", "| 7 | a\\|b |", "ERROR: it broke",
        "shell_output.log, about line 4",
    ):  # fmt: skip
        assert said in text
    assert "Left out" not in text
    assert text.count("<details") == text.count("</details>") == 4


def test_a_good_build_shows_no_log(summary):
    text = summary(reports.report(verdict=model.Verdict.SUCCESS))
    assert "it broke" not in text


def test_an_accepted_findings_detail_is_not_unfolded_for_anybody(summary):
    one = model.Finding(
        "TH-1", model.Severity.FAIL, "bad", accepted="we do", detail="why"
    )
    text = summary(reports.report(one, verdict=model.Verdict.SUCCESS))
    assert "Accepted: we do" in text
    assert "why" not in text


def test_nothing_that_a_build_wrote_means_anything(summary):
    for report in map(reports.hostile, model.Verdict):
        text = summary(report)
        said, html = prose_of(text.split("\n", 1)[1])
        kinds = {one.type for one in tokens(text)}
        assert not kinds & {"link_open", "image", "code_block", "hr"}
        assert set(re.findall(r"<[^>]*>", html)) <= TAGS
        assert html.count("<details") == html.count("</details>")
        for page in (said, html):
            assert not re.search(r"@\w|#\d|//|\x1b|[\u202a-\u202e]", page)
        heads = [one for one in tokens(text) if one.type == "heading_open"]
        assert len(heads) == 1


def test_a_fence_is_longer_than_any_in_what_it_holds(summary):
    detail = "````\n</details>\n``````\n<script>"
    one = model.Finding("TH-1", model.Severity.FAIL, "bad", detail=detail)
    text = summary(reports.report(one))
    fences = [one.content for one in tokens(text) if one.type == "fence"]
    assert f"{detail}\n" in fences


def test_of_too_much_the_important_stays_and_the_rest_is_counted(summary):
    report = reports.large()
    text = summary(report)
    *_, left = text.strip().split("\n")
    assert left.startswith("*Left out for length: ")
    shown = len(re.findall(r"^\| \*\*.*`TH-\d+`", text, re.MULTILINE))
    assert shown == 2000
    assert text.count("**fail**") == 666
    details = text.count("<details>\n<summary>TH-")
    cut = re.search(r"([\d,]+) details", left)[1]
    assert details + int(cut.replace(",", "")) == 2000
    assert "**Not checked**" in text
    assert "shell_output.log" in text
    assert len(text.encode()) > MIB // 2
    assert text.count("<details") == text.count("</details>")


@pytest.mark.parametrize("most", [64 * 1024, 200_000, 1_000_000])
def test_the_bound_is_kept_whatever_it_is_in_bytes(summary, most):
    report = dataclasses.replace(
        reports.large(), sentences=("\u00e4\U0001f600" * 2000,) * 20
    )
    text = summary(report, most=most)
    assert len(text.encode()) <= most
    assert "Left out for length" in text


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://logs.example.org/unit/1/", True),
        ("", False),
        ("turbo-hipster/index.html", False),
        ("javascript:alert(1)", False),
        ("https://e/x> <script>", False),
        ("https://e/x\n# heading", False),
    ],
)
def test_the_page_is_linked_where_its_address_is_known(summary, url, linked):
    text = summary(reports.report(), url=url)
    links = [one.attrs for one in tokens(text) if one.type == "link_open"]
    assert links == ([{"href": url}] if linked else [])
