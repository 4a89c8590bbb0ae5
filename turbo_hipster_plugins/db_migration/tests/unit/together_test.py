"""TH-M302: two starts at the same moment."""


def test_two_starts_that_write_rows_twice_do_harm(judge, step):
    judged = judge(
        step("one", ("need a",), ("drop a",)),
        step("two", ("row a",), ()),
        only=["two"],
        transactional=True,
    )

    assert "TH-M302" in judged.ids()
    found = next(one for one in judged.outcome.findings if one.id == "TH-M302")
    assert "ends with other rows: table a: 1 → 2 rows" in found.message
    assert found.measured == "both starts succeeded"


def test_that_one_of_two_starts_fails_is_no_harm(judge, step):
    judged = judge(
        step("one", ("need a",), ("drop a",)),
        step("two", ("make b",), ("drop b",)),
        only=["two"],
        transactional=True,
    )

    assert judged.ids() == []
    assert judged.cells()["TH-M302"] == "ok"


def test_starts_that_wait_for_each_other_do_harm(judge, step):
    # the second start finds the table and, as told here, hangs
    judged = judge(
        step("one", ("make b",), ("drop b",), kind="hang"),
        transactional=True,
    )

    assert judged.ids() == ["TH-M302"]
    assert "they block each other" in judged.finding.message
