"""summary.md is a comment that fits, and nobody is called by it."""

from __future__ import annotations

import dataclasses
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from turbo_hipster import model
from turbo_hipster.reports.markdown import Markdown
from turbo_hipster.reports.prose import code, mark, prose


def render(report, folder) -> str:
    text = "".join(Markdown().render(report, folder))
    text.encode()
    assert len(text) <= 60_000
    return text


def test_it_begins_with_the_mark_that_finds_it_again(full, tmp_path):
    change = model.Change(project="example/shop")
    report = dataclasses.replace(full("x"), job="unit", change=change)
    text = render(report, tmp_path)
    assert text.startswith("<!-- turbo-hipster unit example/shop -->\n")


@given(st.text(), st.text())
def test_the_mark_is_one_comment_whatever_job_and_project(job, project):
    made = mark(job, project)
    assert re.fullmatch(r"<!-- [^<>\n]* -->", made)
    assert "--" not in made[4:-3]


@given(st.tuples(st.text(min_size=1), st.text(min_size=1)),
       st.tuples(st.text(min_size=1), st.text(min_size=1)))  # fmt: skip
def test_two_jobs_or_projects_have_two_marks(one, other):
    assert (mark(*one) == mark(*other)) == (one == other)


def test_names_of_one_shape_have_marks_of_their_own():
    names = ["a b", "a?b", "a_b", "x" * 130, "x" * 131, "a-", "a--"]
    assert len({mark(name, "p") for name in names}) == len(names)


def test_verdict_sentence_findings_and_gaps_are_there(full, tmp_path):
    text = render(full("word"), tmp_path)
    assert "FAILURE" in text and "**word**" in text
    places = [text.index(f"TH-{name}") for name in "FPWNA"]
    assert places == sorted(places)
    assert "from word" in text
    assert "**Not checked**" in text
    assert text.index("<details>") < text.index("TIMED_OUT")


@given(st.text(max_size=60))
@settings(
    max_examples=80,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_text_keeps_the_table_whole(full, tmp_path, text):
    made = render(full(text), tmp_path)
    bare = re.sub(r"\\.", "", made)
    rows = [line for line in bare.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} <= {6, 4}
    tags = set(re.findall(r"<[^>]*>", bare.split("\n", 1)[1]))
    assert tags <= {"<br>", "<details>", "</details>", "<summary>",
                    "</summary>"}  # fmt: skip


@given(st.text(alphabet=st.sampled_from("@#ab/:w.1`|<>*_[]()!~$\\ -")))
def test_prose_calls_and_links_nobody(text):
    made = prose(text)
    assert not re.search(r"@\w", made)
    assert not re.search(r"#\d", made)
    assert "//" not in made and "www." not in made.lower()
    bare = re.sub(r"\\.", "", made)
    assert not re.search(r"[`|<>*_\[\]~$]", bare)


def test_no_line_of_a_comment_is_a_command_to_a_review_system(full, tmp_path):
    text = render(full("/merge /approve"), tmp_path)
    assert "merge" in text
    assert not re.search(r"^\s*/", text, re.MULTILINE)


@given(st.text())
def test_code_is_closed_and_one_line(text):
    made = code(text)
    assert "\n" not in made
    assert re.sub(r"\\.", "", made).count("`") in (0, 2)


def test_too_much_is_cut_and_counted(full, tmp_path):
    report = full("x")
    many = tuple(
        model.Finding(f"TH-{n}", model.Severity.FAIL, "long " * 60)
        for n in range(3000)
    )
    steps = tuple(
        model.Step(f"step {n}", 0.0, 1.0, model.Verdict.SUCCESS)
        for n in range(3000)
    )
    text = render(
        dataclasses.replace(report, findings=many, steps=steps), tmp_path
    )
    cut = re.search(r"Cut for length: ([\d,]+) findings, ([\d,]+) steps", text)
    shown = len(re.findall(r"`TH-\d+`", text))
    assert shown + int(cut[1].replace(",", "")) == 3000
    assert "</details>" in text
    assert len(text) > 50_000


def test_long_texts_alone_keep_the_bound(full, tmp_path):
    render(full("<" * 100_000), tmp_path)
