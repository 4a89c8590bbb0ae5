"""What was there before the change is shown, and is not its fault."""

import pytest

from turbo_hipster_databases.exceptions import HistoryBroken


def broken(kind, text):
    return HistoryBroken(kind, text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # Alembic names all revisions above a cycle, the new ones too
        (("cycle", "a and b"), ("cycle", "a, b and new")),
        (("missing_parent", "b follows a"), ("missing_parent", "b follows a")),
        # the change added lines above the one that fails
        (("import", "env.py:7: no x"), ("import", "env.py:9: no x")),
        (
            ("syntax", "SyntaxError: bad (b.py, line 7)"),
            ("syntax", "SyntaxError: bad (b.py, line 8)"),
        ),
    ],
)
def test_a_history_that_could_not_be_read_before_is_a_note(
    judge, step, old, new
):
    judged = judge(
        step("one"), before={"broken": broken(*old)}, broken=broken(*new)
    )

    assert judged.ids() == []
    assert judged.ids("note") == ["TH-M102"]
    assert "could not before this change, either" in judged.finding.message
    assert judged.cells()["TH-M102"] == "note"
    assert judged.cells()["TH-M201"] == "not checked"
    assert any("TH-M201" in gap for gap in judged.gaps())


def test_a_history_broken_in_another_way_than_before_fails(judge, step):
    judged = judge(
        step("one"),
        before={"broken": broken("import", "no module x")},
        broken=broken("import", "no module y"),
    )

    assert judged.ids() == ["TH-M102"]
    assert "for another reason:\nno module x" in judged.finding.detail


def test_a_job_that_finds_no_history_fails_whatever_was_before(judge, step):
    judged = judge(
        step("one"),
        before={"broken": broken("no_history", "there is none")},
        broken=broken("no_history", "there is none"),
    )

    assert judged.ids() == ["TH-M102"]


def test_a_history_that_the_change_breaks_fails(judge, step):
    judged = judge(
        step("one"),
        before={"steps": [step("one")]},
        broken=broken("cycle", "a and b"),
    )

    assert judged.ids() == ["TH-M102"]


def test_of_a_history_that_the_change_repairs_nothing_is_said(judge, step):
    judged = judge(
        step("one", ("need a",), ("drop a",)),
        before={"broken": broken("cycle", "a and b")},
    )

    assert judged.outcome.findings == ()


def test_an_end_that_was_not_the_newest_before_is_a_note(judge, step):
    judged = judge(
        step("one"),
        step("two"),
        only=["two"],
        forgets=True,
        before={"steps": [step("one")], "reached": ()},
    )

    assert judged.ids() == []
    assert judged.ids("note") == ["TH-M103"]
    assert "it was so before this change" in judged.finding.message


@pytest.mark.parametrize(
    "before",
    [
        # it ended at the newest
        {"reached": ("one",)},
        # what is missing now builds on nothing that was missing then
        {"reached": ("one",), "steps": ["one", "side"]},
        # it did not come to its end
        {"reached": (), "failed": "one"},
    ],
)
def test_an_end_that_was_the_newest_before_fails(judge, step, before):
    names = before.pop("steps", ["one"])
    steps = [step(name) for name in names]

    judged = judge(
        step("one"),
        step("two"),
        only=["two"],
        forgets=True,
        before={**before, "steps": steps},
    )

    assert judged.ids() == ["TH-M103"]


def test_a_step_upon_one_of_two_old_heads_makes_no_third(judge, step):
    fork = [step("one"), step("left"), step("right", parents=("one",))]

    judged = judge(
        *fork, step("new"), only=["new"], before={"steps": list(fork)}
    )

    assert judged.ids() == []
    assert judged.ids("note") == ["TH-M101"]
    assert "as many before this change" in judged.finding.message


def test_a_third_head_beside_two_old_ones_fails(judge, step):
    fork = [step("one"), step("left"), step("right", parents=("one",))]

    judged = judge(
        *fork,
        step("new", parents=("one",)),
        only=["new"],
        before={"steps": list(fork)},
    )

    assert judged.ids() == ["TH-M101"]


@pytest.mark.parametrize(
    ("before", "severity"),
    [("models.py:3: no x", "note"), ("models.py:3: no y", "fail"),
     ("", "fail")],
)  # fmt: skip
def test_models_that_could_not_be_compared_before_are_a_note(
    judge, step, before, severity
):
    judged = judge(
        step("one"),
        differences=broken("import", "models.py:4: no x"),
        before={"uncompared": before},
    )

    assert judged.ids(severity) == ["TH-M104"]


def test_a_difference_is_known_again_where_it_names_a_line(judge, step):
    judged = judge(
        step("one"),
        differences=("models.py:9: no column b",),
        before={"differences": ("models.py:7: no column b",)},
    )

    assert judged.ids() == []
    assert judged.ids("note") == ["TH-M104"]


def test_what_a_failed_walk_did_not_come_to_is_said(judge, step):
    judged = judge(step("one", ("fail",)), step("two"), only=["two"])

    gaps = judged.gaps()
    for check in ("TH-M201", "TH-M202", "TH-M203"):
        (gap,) = [one for one in gaps if check in one]
        assert gap.endswith("two")
        assert gaps[gap] == "the walk did not get past them"
        assert judged.cells()[check] == "not checked"


def test_what_the_job_turned_off_is_not_said_to_be_ok(judge, step):
    judged = judge(
        step("one", ("need a", "need b"), ("drop b",)), off=["TH-M202"]
    )

    assert judged.ids() == []
    assert judged.cells()["TH-M202"] == "found, but off"
