"""TH-M401: engines end in schemas that are equivalent."""


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


def test_one_engine_alone_is_said_to_be_compared_with_none(judge, step):
    judged = judge(step("one"))

    assert judged.cells()["TH-M401"] == "not checked"
