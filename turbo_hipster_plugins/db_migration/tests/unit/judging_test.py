"""A tool without files: the base's list tells what the change adds."""

import pytest

from turbo_hipster_databases.exceptions import HistoryBroken

ADDS = "what the change adds, apart from what was there"
BRINGS = "whether the change brings migrations of other packages along"
EDITS = "whether the change edits migrations that were there before"


def test_what_the_base_does_not_list_is_judged(judge, step):
    judged = judge(
        step("one", ("need a",), ("fail",)),
        step("two", ("need b",), ("drop b",)),
        names_files=False,
        before={"steps": [step("one")]},
    )

    assert judged.ids() == []
    assert ("down", "two") in judged.tool.log
    assert ("down", "one") not in judged.tool.log
    assert "names no files" in judged.gaps()[EDITS]


def test_without_a_list_of_the_base_all_is_judged_and_that_is_said(
    judge, step
):
    judged = judge(
        step("one", ("need a",), ("fail",)), names_files=False, before={}
    )

    assert judged.ids() == ["TH-M201"]
    assert "they are judged" in judged.gaps()[ADDS]


@pytest.mark.parametrize("fineness", ["whole", "phase"])
def test_steps_that_are_not_named_are_judged_together(judge, step, fineness):
    judged = judge(
        step("sync", ("need a",), ("fail",)),
        names_files=False,
        fineness=fineness,
        before={"steps": [step("sync")]},
    )

    assert judged.ids() == ["TH-M201"]
    assert "the tool fake" in judged.gaps()[ADDS]


@pytest.mark.parametrize(
    ("says", "severity"), [("no room", "note"), ("no time", "fail")]
)
def test_a_step_without_files_that_failed_in_the_same_words_is_a_note(
    judge, step, says, severity
):
    judged = judge(
        step("sync", ("fail no room",)),
        names_files=False,
        fineness="whole",
        before={"steps": [step("sync")], "failed": "sync", "says": says},
    )

    assert judged.ids(severity) == ["TH-M102"]


def test_with_judge_all_nobody_asks_the_base(judge, step):
    judged = judge(step("one", ("need a",), ("fail",)), names_files=False)

    assert judged.ids() == ["TH-M201"]
    assert ADDS not in judged.gaps()


def installed(*versions):
    """Return what names the files of migrations of an installed package."""
    contents = dict(versions)
    return lambda revision: {
        f"site-packages/{revision}.py": contents.get(revision, "1")
    }


def test_what_a_newer_package_brings_along_is_judged(judge, step):
    judged = judge(
        step("one", ("need a",), ("fail",)),
        step("two", ("need b",), ("drop b",)),
        step("three", ("need c",), ("drop c",)),
        only=[],
        names_files=installed(("two", "2")),
        before={
            "steps": [step("one"), step("two")],
            "names_files": installed(),
            "python": "/other/python",
        },
    )

    assert judged.ids() == []
    undone = {name for way, name in judged.tool.log if way == "down"}
    assert undone == {"two", "three"}


def test_with_the_same_requirements_packages_bring_nothing(judge, step):
    judged = judge(
        step("one", ("need a",), ("fail",)),
        only=[],
        names_files=installed(),
        before={},
    )

    assert judged.ids() == []
    assert judged.gaps().keys().isdisjoint({ADDS, EDITS, BRINGS})


def test_that_nobody_knows_what_packages_bring_is_said(judge, step):
    judged = judge(
        step("one", ("need a",), ("fail",)),
        only=[],
        names_files=installed(),
        before={"python": "/other/python", "broken": HistoryBroken("", "")},
    )

    assert judged.ids() == []
    assert "cannot be read" in judged.gaps()[BRINGS]
