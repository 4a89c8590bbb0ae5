"""Views are chosen by option, or by the system that this runs in."""

import pytest

from turbo_hipster import exceptions
from turbo_hipster.cli import views

GITHUB = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": "/tmp/summary"}
GITLAB = {"GITLAB_CI": "true"}
ZUUL = {"ZUUL": "true"}


def names(words, environment=None, **more):
    found = views.chosen(words, environment or {}, **more)
    return [(view.name, view.place) for view in found]


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        ({}, []),
        ({"GITHUB_ACTIONS": "true"}, []),
        ({"GITHUB_STEP_SUMMARY": "/tmp/summary"}, []),
        (GITHUB, [("github_summary", "/tmp/summary"),
                  ("github_annotations", "-")]),
        ({"GITLAB_CI": "false"}, []),
        (GITLAB, [("gitlab_quality", ""), ("gitlab_log", "-")]),
        (ZUUL, [("zuul_return", "")]),
    ],
)  # fmt: skip
def test_a_system_is_known_by_its_variables(environment, found):
    assert names([], environment) == found
    assert names(["auto"], environment) == found
    assert names(["none"], environment) == []


def test_what_is_asked_for_comes_instead_of_what_the_system_takes(tmp_path):
    place = str(tmp_path / "x.sarif")
    assert names([f"sarif={place}"], GITHUB) == [("sarif", place)]
    both = names(["auto", f"sarif={place}"], GITLAB)
    assert [name for name, _ in both] == [
        "gitlab_quality",
        "gitlab_log",
        "sarif",
    ]


def test_a_systems_name_stands_for_all_its_views_anywhere():
    assert names(["github"]) == [
        ("github_summary", ""),
        ("github_annotations", "-"),
    ]
    assert names(["zuul", "zuul_return"]) == [("zuul_return", "")]


def test_a_summary_is_added_to_what_the_step_wrote_and_others_replace(
    tmp_path,
):
    path = str(tmp_path / "mine.md")
    found = views.chosen(["github", f"github_summary={path}"], GITHUB)
    assert [(one.place, one.append) for one in found] == [
        ("/tmp/summary", True),
        ("-", False),
        (path, False),
    ]


def test_it_is_known_what_somebody_asked_for():
    assert not any(view.asked for view in views.chosen([], GITHUB))
    assert all(view.asked for view in views.chosen(["github"], GITHUB))


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("=x", "NAME or NAME=PATH"),
        ("sarif=", "NAME or NAME=PATH"),
        ("github=x", "github_summary=x"),
        ("auto=x", "no single view"),
        ("sarif=/nowhere/at/all", "in one that does not exist"),
        ("sarif=/tmp", "is a folder"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_built(word, said):
    with pytest.raises(exceptions.RefusedInput, match=said):
        views.chosen([word], {})


def test_an_unknown_view_is_answered_with_the_nearest():
    with pytest.raises(exceptions.PluginError, match="did you mean sarif"):
        views.chosen(["sarf"], {})


def test_where_the_json_is_said_nothing_else_is():
    assert names([], GITHUB, aloud=False) == [
        ("github_summary", "/tmp/summary")
    ]
    with pytest.raises(exceptions.RefusedInput, match="name a file"):
        views.chosen(["github"], GITHUB, aloud=False)
    with pytest.raises(exceptions.RefusedInput, match="name a file"):
        views.chosen(["junit=-"], {}, aloud=False)
