"""TH-M201, M202 and M203: undone, without a trace, and done again."""

import pytest

from turbo_hipster_db_migration import rows


def test_a_step_that_cannot_be_undone_is_found(judge, step):
    judged = judge(step("one", ("need a",), ("fail locked",)))

    assert judged.ids() == ["TH-M201"]
    assert "one cannot be undone on Fakesql: locked" in judged.finding.message
    assert judged.cells()["TH-M202"] == "not checked"


def test_a_step_that_says_it_has_no_downgrade_is_a_note(judge, step):
    judged = judge(step("one", ("need a",), None))

    assert judged.ids() == []
    assert judged.ids("note") == ["TH-M201"]
    assert judged.finding.message == "one has no downgrade: no downgrade"
    assert judged.cells()["TH-M201"] == "note"
    assert judged.cells()["TH-M202"] == "no downgrade"


def test_a_step_known_to_have_no_downgrade_is_not_tried(judge, step):
    judged = judge(step("one", ("need a",), ("fail",), can_undo=False))

    assert judged.ids("note") == ["TH-M201"]
    assert judged.finding.message == "one has no downgrade, and says so"
    assert ("down", "one") not in judged.tool.log


def test_what_is_left_after_undoing_is_shown(judge, step):
    judged = judge(step("one", ("need a", "need b"), ("drop b",)))

    assert judged.ids() == ["TH-M202"]
    assert judged.finding.detail == "+ table a"


def test_what_undoing_takes_too_much_is_shown(judge, step):
    judged = judge(
        step("one", ("need a",), ("drop a",)),
        step("two", ("need a", "need b"), ("drop b", "drop a")),
        only=["two"],
    )

    assert judged.ids() == ["TH-M202"]
    assert judged.finding.detail == "- table a"


def test_a_step_that_cannot_be_done_again_is_found(judge, step):
    judged = judge(step("one", ("make a",), ()), transactional=True)

    assert judged.ids() == ["TH-M202", "TH-M203"]
    again = judged.outcome.findings[1]
    assert "table a exists" in again.message
    assert "make a" in again.detail


def test_the_walk_goes_on_from_a_sound_database_after_a_fault(judge, step):
    judged = judge(
        step("one", ("make a", "need b"), ("drop b",)),
        step("two", ("drop b",), ("need b",)),
        transactional=True,
    )

    assert judged.ids() == ["TH-M202", "TH-M203"]
    assert judged.cells()["TH-M102"] == "ok"


def test_the_walk_goes_on_when_a_way_back_is_denied_half_way(judge, step):
    judged = judge(
        step("one", ("make a",), ("drop a", "fail"), kind="not_implemented"),
        step("two", ("drop a",), ("make a",)),
        options={"checks": ["undo"]},
    )

    assert judged.ids() == []
    assert judged.ids("note") == ["TH-M201"]
    assert judged.cells()["TH-M102"] == "ok"


def test_a_redo_that_ends_otherwise_is_found(judge, step):
    judged = judge(
        step("one", ("need a",), ("drop a",)),
        step("two", ("need b",), ("drop b", "need c")),
        only=["two"],
    )

    assert judged.ids() == ["TH-M202", "TH-M203"]
    assert judged.outcome.findings[1].detail == "+ table c"


def test_what_lies_at_or_below_the_floor_is_not_undone(judge, step):
    judged = judge(
        step("one", ("need a",), ("fail",)),
        step("two", ("need b",), ("fail",)),
        step("three", ("need c",), ("drop c",)),
        options={"downgrade_floor": "two"},
    )

    assert judged.ids() == []
    assert judged.cells()["TH-M201"] == "ok, in part"
    gaps = [what for what in judged.gaps() if "TH-M201" in what]
    assert "one, two" in gaps[0]
    assert ("down", "one") not in judged.tool.log


def test_a_floor_that_is_no_revision_is_said_and_spares_nothing(judge, step):
    judged = judge(
        step("one", ("need a",), ("fail",)), options={"downgrade_floor": "x"}
    )

    assert judged.ids() == ["TH-M201"]
    assert any("downgrade_floor = x" in what for what in judged.gaps())


def test_what_is_not_judged_is_not_undone(judge, step):
    judged = judge(
        step("one", ("need a",), ("fail",)),
        step("two", ("need b",), ("drop b",)),
        only=["two"],
    )

    assert judged.ids() == []
    assert ("down", "one") not in judged.tool.log


@pytest.mark.parametrize(("after", "check"), [(2, "TH-M201"), (3, "TH-M203")])
def test_a_way_that_leaves_a_table_locked_fails(
    judge, step, monkeypatch, after, check
):
    counts = []
    real = rows.count

    def count(server):
        counts.append(server)
        if len(counts) == after:
            raise rows.Unreadable("a table cannot be read: lock timeout")
        return real(server)

    monkeypatch.setattr(rows, "count", count)

    judged = judge(
        step("one", ("need a",), ("drop a",)),
        step("two", ("need b",), ("drop b",)),
        options={"checks": ["undo"]},
    )

    assert judged.ids() == [check]
    assert "left a transaction open" in judged.finding.message
    assert judged.cells()["TH-M102"] == "ok"


def test_a_history_whose_every_downgrade_fails_is_not_walked_again(
    judge, step
):
    many = 30
    steps = [
        step(f"s{one}", (f"need t{one}",), ("fail",)) for one in range(many)
    ]

    judged = judge(*steps, options={"checks": ["undo"]})

    assert judged.ids() == ["TH-M201"] * many
    ups = [name for direction, name in judged.tool.log if direction == "up"]
    # once on the way, once more for the state to go on from
    assert len(ups) == 2 * many


def test_states_to_go_on_from_serve_the_checks_behind_the_walk(judge, step):
    judged = judge(
        *(step(f"s{one}", (f"need t{one}",), ("fail",)) for one in range(5)),
        options={"checks": ["undo", "halfway"]},
    )

    ups = [name for direction, name in judged.tool.log if direction == "up"]
    killed_and_run_again = 2 * 5
    assert len(ups) == 2 * 5 + killed_and_run_again
