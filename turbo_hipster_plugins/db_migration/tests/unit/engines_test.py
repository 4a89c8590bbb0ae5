"""TH-M401: engines end in schemas that are equivalent."""

from turbo_hipster_databases.schema.model import Schema, Thing


def ended(**tables):
    """Return the base's schemas, by engine."""
    return {
        name: Schema(
            name, {("table", one): Thing(("table", one)) for one in some}
        )
        for name, some in tables.items()
    }


def test_engines_that_end_alike_agree(judge, step):
    judged = judge(
        step("one", ("need a",), ("drop a",)),
        more={"sqlite": (), "postgresql": ()},
    )

    assert judged.ids() == []
    assert judged.cells(0)["TH-M401"] == judged.cells(1)["TH-M401"] == "ok"


def test_a_schema_that_only_one_engine_has_is_found(judge, step):
    judged = judge(
        step("one", ("need a",), ("drop a",)),
        more={"sqlite": (), "postgresql": ("extra",)},
    )

    assert judged.ids() == ["TH-M401"]
    assert "extra" in judged.finding.detail
    assert judged.finding.where == {"engine": "postgresql", "other": "sqlite"}


def test_what_was_unlike_before_the_change_is_not_its_fault(judge, step):
    judged = judge(
        step("one", ("need a",), ("drop a",)),
        step("two", ("need b",), ("drop b",)),
        only=["two"],
        more={"sqlite": (), "postgresql": ("extra",)},
    )

    assert judged.ids() == []
    assert judged.ids("note") == ["TH-M401"]
    assert judged.cells(1)["TH-M401"] == "note"


def test_what_comes_behind_the_first_judged_step_may_be_old_too(judge, step):
    # the tool runs an old migration that engines do not agree about last
    judged = judge(
        step("new", ("need b",), ("drop b",)),
        step("old", ("need a",), ("drop a",)),
        only=["new"],
        more={"sqlite": (), "postgresql": ("extra",)},
        before={
            "steps": [step("old")],
            "schemas": ended(sqlite=["a"], postgresql=["a", "extra"]),
        },
    )

    assert judged.ids() == []
    assert judged.ids("note") == ["TH-M401"]
    assert "before this change" in judged.finding.message


def test_what_the_change_made_unlike_from_outside_is_its_fault(judge, step):
    # the migration is old; the change has it end otherwise on one engine
    judged = judge(
        step("old", ("need a",), ("drop a",)),
        only=[],
        more={"sqlite": (), "postgresql": ("extra", "more")},
        before={
            "steps": [step("old")],
            "schemas": ended(sqlite=["a"], postgresql=["a", "extra"]),
        },
    )

    assert judged.ids() == ["TH-M401"]
    assert judged.ids("note") == ["TH-M401"]
    failing, note = judged.outcome.findings
    assert "more" in failing.detail
    assert "extra" in note.detail


def test_one_engine_alone_is_said_to_be_compared_with_none(judge, step):
    judged = judge(step("one"))

    assert judged.cells()["TH-M401"] == "not checked"
