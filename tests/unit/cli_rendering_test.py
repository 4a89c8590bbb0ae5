"""Rendering for the system that this runs in: places, faults, obedience."""

import io
import json
import re

import pytest

from theatre import reports
from turbo_hipster import model
from turbo_hipster.cli import rendering, views
from turbo_hipster.report import Renderer
from turbo_hipster.reports import document

GITHUB = {"GITHUB_ACTIONS": "true"}
SHIELD = re.compile(r"::stop-commands::([0-9a-f]{40})\n(.*)::\1::\n", re.S)


class Broken(Renderer):
    """A view with a mistake in it."""

    filename = "broken.txt"

    def render(self, report, folder):
        return [{}[f"::error::{report.job}\n::error::"]]


def view(name, place="", **more):
    [made] = views.chosen([name], {})
    return views.View(name, made.entry, str(place), **more)


@pytest.fixture
def broken():
    return views.View("broken", f"{__name__}:Broken", "-")


@pytest.fixture
def out():
    return io.StringIO()


def render(out, *wanted, report=None, folder=rendering.NOWHERE, url=""):
    made = report or reports.report()
    return rendering.render(wanted, made, folder, out, url)


def test_each_view_goes_to_its_place(tmp_path, monkeypatch, out):
    monkeypatch.chdir(tmp_path)
    assert render(out, view("sarif"), view("json", tmp_path / "j"),
                  view("junit", "-"))  # fmt: skip
    assert json.loads((tmp_path / "report.sarif").read_text())
    assert json.loads((tmp_path / "j").read_text())["job"] == "unit"
    assert "<testsuites" in out.getvalue()


def test_a_summary_is_added_to_what_the_step_wrote(tmp_path, out):
    place = tmp_path / "summary"
    place.write_text("before\n")
    assert render(out, view("github_summary", place, append=True))
    assert place.read_text().startswith("before\n<!-- turbo-hipster unit ")


@pytest.mark.parametrize(
    ("taken", "written"), [(0, True), (900_000, True), (990_000, False)]
)
def test_a_step_keeps_below_its_limit_with_what_it_wrote(
    tmp_path, out, taken, written
):
    place = tmp_path / "summary"
    place.write_text("x" * taken)
    complete = render(
        out,
        view("github_summary", place, append=True),
        report=reports.large(),
    )
    assert complete is written
    assert (place.stat().st_size > taken) is written
    assert place.stat().st_size < 2**20
    assert ("takes no more" in out.getvalue()) is not written


def test_a_view_that_fails_costs_itself_alone(
    tmp_path, out, broken, monkeypatch
):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    place = tmp_path / "x"
    assert not render(out, broken, view("sarif", place))
    assert place.exists()
    said = SHIELD.search(out.getvalue())[2]
    assert said.startswith("problem: view broken: KeyError: ")
    assert said.count("\n") == 1


def test_what_nobody_asked_for_may_fail(tmp_path, out):
    place = tmp_path / "no" / "folder"
    assert render(out, view("sarif", place, asked=False))
    assert "problem: view sarif: FileNotFoundError" in out.getvalue()


def test_github_obeys_the_annotations_and_nothing_else(out, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    with rendering.shielded(out, GITHUB):
        out.write("::set-output name=a::b\n")
    render(out, view("github_annotations", "-"), view("junit", "-"))
    left = SHIELD.sub("", out.getvalue())
    assert left == "::error title=turbo-hipster::unit: FAILURE: Two are bad\n"
    words = re.findall("stop-commands::(.*)", out.getvalue())
    assert len(set(words)) == 2


def test_the_shield_is_lifted_when_something_is_raised(out):
    with pytest.raises(KeyError), rendering.shielded(out, GITHUB):
        raise KeyError
    assert SHIELD.fullmatch(out.getvalue())


def test_elsewhere_there_is_no_shield(out):
    with rendering.shielded(out, {}):
        out.write("said\n")
    assert out.getvalue() == "said\n"


def test_a_report_is_read_from_its_folder(tmp_path):
    made = reports.report()
    text = document.Document().render(made, tmp_path)
    (tmp_path / "report.json").write_text("".join(text))
    found, folder = rendering.read(
        f"file://{tmp_path}/index.html", "x", model.Verdict.ERROR, []
    )
    assert (found.job, found.verdict, folder) == (
        "unit",
        model.Verdict.FAILURE,
        tmp_path,
    )


@pytest.mark.parametrize("content", [None, "", "{}", '{"schema": 9}'])
def test_without_a_report_the_verdict_is_enough(tmp_path, content):
    if content is not None:
        (tmp_path / "report.json").write_text(content)
    found, _ = rendering.read(
        f"file://{tmp_path}/index.html", "x", model.Verdict.ERROR, ["It fell"]
    )
    assert (found.job, found.verdict) == ("x", model.Verdict.ERROR)
    assert found.sentences == ("It fell",)
