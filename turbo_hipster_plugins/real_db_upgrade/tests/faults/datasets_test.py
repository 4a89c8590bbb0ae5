"""Datasets that are described wrongly cost nothing but themselves."""

import pytest

from turbo_hipster import model
from turbo_hipster.exceptions import CannotJudge

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

WRONG = {
    "no_engine": ("project: shop\nseed: seed.sql\n", "engine is missing"),
    "no_seed": ("project: shop\nengine: sqlite\n", "seed is missing"),
    "strange_key": (
        "project: shop\nengine: sqlite\nseed: seed.sql\nlimit: 5\n",
        "no key 'limit' is known; did you mean limits?",
    ),
    "no_number": (
        "project: shop\nengine: sqlite\nseed: seed.sql\n"
        "limits: {seconds: soon}\n",
        "limits.seconds",
    ),
    "endless": (
        "project: shop\nengine: sqlite\nseed: seed.sql\n"
        "limits: {seconds: .inf}\n",
        "limits.seconds",
    ),
    "outside": (
        "project: shop\nengine: sqlite\nseed: ../../secret.sql\n",
        "seed",
    ),
    "other": (
        "project: garage\nengine: sqlite\nseed: seed.sql\n",
        "the change is one of shop",
    ),
    "oracle": (
        "project: shop\nengine: oracle\nseed: seed.sql\n",
        "oracle",
    ),
    "no_yaml": ("project: [shop\n", "is no YAML"),
    "list": ("- project\n", "is no mapping"),
    "binary": ("\0\x01", "YAML"),
}


def test_each_is_skipped_and_said_and_the_sound_one_is_judged(shop):
    # given one of each kind, and a sound one
    for name, (text, _) in WRONG.items():
        (shop.dataset(name) / "dataset.yaml").write_text(text)
    (shop.datasets / "a_note.txt").write_text("no dataset at all")
    shop.dataset("sound")
    shop.step("new", "two", 'op.execute("CREATE INDEX i ON orders (state)")')

    # when a change is judged
    outcome = shop.judge(budget_seconds="0")

    # then on the sound one alone, and it is said of each other why
    rows = outcome.tables["datasets"].rows
    assert [row["dataset"] for row in rows] == ["sound"]
    assert outcome.verdict is model.Verdict.SUCCESS, outcome.findings
    for name, (_, why) in WRONG.items():
        found = [gap for gap in outcome.not_checked if name in gap.what]
        assert [why in gap.why for gap in found] == [True], (name, found)


def test_a_folder_that_is_not_there_cannot_judge(shop, tmp_path):
    shop.step("new", "two", "pass")
    with pytest.raises(CannotJudge, match="datasets_dir"):
        shop.judge(datasets_dir=str(tmp_path / "none"))


def test_a_dataset_on_which_a_step_crashes_leaves_the_others_judged(shop):
    # given data on which the migration kills its own process, and others
    shop.dataset("calm")
    shop.dataset("odd", text=shop.sql + "CREATE TABLE odd (id INTEGER);\n")
    shop.step(
        "new",
        "two",
        """
        import os
        from sqlalchemy import inspect
        if inspect(op.get_bind()).has_table("odd"):
            os.kill(os.getpid(), 9)
        """,
    )
    outcome = shop.judge(budget_seconds="0")
    assert outcome.verdict is model.Verdict.FAILURE
    assert {
        one.where["dataset"]: one.id
        for one in outcome.findings
        if one.severity is model.Severity.FAIL
    } == {"odd": "TH-R502"}
    rows = outcome.tables["migrations"].rows
    assert {row["dataset"]: row["state"] for row in rows} == {
        "calm": "ok",
        "odd": "failed",
    }
