"""The page is whole, needs nobody, and obeys no stranger."""

from __future__ import annotations

import dataclasses
import html.parser
import re
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from turbo_hipster import model
from turbo_hipster.reports.page import Page

VOID = {"meta", "link"}


class Reader(html.parser.HTMLParser):
    """Checks that tags close as they open; collects what may load."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.tags: list[tuple[str, dict]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs), (tag, attrs)
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        if not self.stack or self.stack[-1] != "style":
            self.words.append(data)


def read(text: str) -> Reader:
    text.encode()
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.stack == []
    for tag, attributes in reader.tags:
        assert tag not in {"script", "img", "iframe", "object", "base"}
        assert not any(name.startswith("on") for name in attributes)
        assert "src" not in attributes
        if tag == "a":
            assert re.match(r"#|\./|https?://", attributes["href"])
    ids = [a["id"] for _, a in reader.tags if "id" in a]
    assert len(ids) == len(set(ids))
    targets = [a["href"][1:] for t, a in reader.tags if t == "a"
               and a["href"].startswith("#")]  # fmt: skip
    assert set(targets) <= set(ids)
    return reader


def render(report, folder) -> str:
    return "".join(Page().render(report, folder))


def test_hostile_text_is_shown_and_changes_nothing(full, hostile, tmp_path):
    (tmp_path / "shell_output.log").write_bytes(
        hostile.encode("utf-8", "surrogatepass") + b"\nerror: " * 3
    )
    plain = read(render(full("x"), tmp_path))
    page = read(render(full(hostile), tmp_path))
    assert [tag for tag, _ in page.tags if tag not in ("a", "span")] == [
        tag for tag, _ in plain.tags if tag not in ("a", "span")
    ]
    words = "".join(page.words)
    assert "<script>x</script>" in words
    assert "49" not in words.split("{{ 7*7 }}")[1][:40]
    for sign in ("\u202e", "\x00", "\x1b", "\ud800"):
        assert sign not in words


@given(st.text(max_size=40), st.binary(max_size=200))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_text_and_any_log_make_a_sound_page(full, tmp_path, text, log):
    (tmp_path / "shell_output.log").write_bytes(log)
    read(render(full(text), tmp_path))


@pytest.mark.parametrize("verdict", model.Verdict)
def test_the_verdict_is_a_word_and_not_only_a_colour(full, tmp_path, verdict):
    page = read(render(full("sentence", verdict), tmp_path))
    words = "".join(page.words)
    assert verdict.value.replace("_", " ").capitalize() in words


def test_a_policy_forbids_every_load(full, tmp_path):
    text = render(full("x"), tmp_path)
    assert "default-src 'none'" in text.split("<title>")[0]
    assert "url(" not in text and "@import" not in text


def test_the_bare_minimum_is_a_page(tmp_path):
    report = model.Report(
        "job", "b1", model.Change(), model.Verdict.SUCCESS, (), 0.0, 0.0
    )
    page = read(render(report, tmp_path / "missing"))
    assert "This build left no log." in "".join(page.words)


def test_findings_stand_in_order_and_accepted_ones_are_folded(full, tmp_path):
    text = render(full("x"), tmp_path)
    places = [
        text.index(f"<code>{name}</code>")
        for name in ("TH-F", "TH-W", "TH-N", "TH-P", "TH-A")
    ]
    assert places == sorted(places)
    assert text.index('<details class="fold">') < places[3]
    assert text.index('<details class="fold">') > places[2]


def test_a_limit_says_where_it_came_from(full, tmp_path):
    words = "".join(read(render(full("the manual"), tmp_path)).words)
    assert "The limit comes from the manual" in words


def test_a_detail_is_shown_line_by_line(full, tmp_path):
    report = dataclasses.replace(
        full("x"),
        findings=(
            model.Finding(
                "TH-F",
                model.Severity.FAIL,
                "It leaves a trace",
                detail="+ index a<b\n- column c\n~ d\nas it was",
            ),
        ),
    )
    text = render(report, tmp_path)
    assert '<span class="added">+ index a&lt;b</span>' in text
    assert '<span class="removed">- column c</span>' in text
    assert '<span class="changed">~ d</span>' in text
    assert "<span>as it was</span>" in text


def test_the_first_error_is_linked_at_the_top(full, tmp_path):
    (tmp_path / "task_output.log").write_text("error: ours\n")
    (tmp_path / "git_prep.log").write_text("warning: x\n")
    (tmp_path / "shell_output.log").write_text("a\nb\nfatal: here\nd\n")
    report = dataclasses.replace(full("x"), findings=())
    text = render(report, tmp_path)
    top = text[: text.index('id="steps"')]
    assert 'href="#shell_output.log-L3"' in top
    assert "fatal: here" in top
    passed = render(full("x", model.Verdict.SUCCESS), tmp_path)
    assert "First error" not in passed


def test_what_a_task_points_at_stands_before_what_a_log_says(full, tmp_path):
    (tmp_path / "shell_output.log").write_text("[script exit code = -9]\n")
    pointed = model.Finding("TH-F", model.Severity.FAIL, "It leaves a trace")
    report = dataclasses.replace(full("x"), findings=(pointed,))
    assert "first-error-title" not in render(report, tmp_path)
    noted = dataclasses.replace(pointed, severity=model.Severity.NOTE)
    report = dataclasses.replace(report, findings=(noted,))
    assert "first-error-title" in render(report, tmp_path)


def test_artefacts_are_linked_only_below_the_report(full, tmp_path):
    report = full("x")
    artefacts = tuple(
        model.Artefact(path)
        for path in ("../up", "/etc/passwd", "//host/x", "javascript:x",
                     "a\\b", "files/\udcff", "",
                     "files/a b#?.txt")
    )  # fmt: skip
    text = render(dataclasses.replace(report, artefacts=artefacts), tmp_path)
    links = [a["href"] for t, a in read(text).tags if t == "a"]
    assert "./files/a%20b%23%3F.txt" in links
    assert "./javascript%3Ax" in links
    assert not [link for link in links if ".." in link or "etc" in link]


def test_a_log_too_long_says_what_is_left_out_and_where_it_is(full, tmp_path):
    (tmp_path / "shell_output.log").write_bytes(b"a line\n" * 50_000)
    text = render(full("x"), tmp_path)
    assert "30,000 lines left out here (205.1 KiB)" in text
    assert 'id="shell_output.log-L50000"' in text
    assert 'href="./shell_output.log"' in text
    assert text.count('class="l"') == 20_000


def test_every_template_is_compiled_at_import(tmp_path):
    code = (
        "import jinja2, pathlib\n"
        "from turbo_hipster import model\n"
        "from turbo_hipster.reports.page import Page\n"
        "def no(*a, **k): raise SystemExit('compiled by a build')\n"
        "jinja2.Environment.compile = no\n"
        "r = model.Report('j', 'b', model.Change(), model.Verdict.FAILURE,\n"
        "  ('x',), 1.0, 1.0, charts=(model.Chart('c', 'bar', 's'),))\n"
        f"folder = pathlib.Path({str(tmp_path)!r})\n"
        "(folder / 'a.log').write_text('x')\n"
        "print(len(''.join(Page().render(r, folder))))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
