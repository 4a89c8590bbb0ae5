"""Releases that cannot be had, and data that no release knows."""

import pytest

from turbo_hipster import model
from turbo_hipster.exceptions import CannotJudge

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

SOUND = 'op.execute("CREATE INDEX i ON orders (state)")'
AT = "INSERT INTO alembic_version VALUES ('one')"


def test_data_older_than_all_that_the_ladder_knows_cannot_be_judged_on(shop):
    # given data at a revision that was squashed away long ago
    shop.dataset(text=shop.sql.replace(AT, AT.replace("one", "ancient")))
    shop.step("new", "two", SOUND)

    # then the change is not at fault, and it is said what to do
    with pytest.raises(CannotJudge, match="ancient") as caught:
        shop.judge(budget_seconds="0")
    assert "take the dataset anew" in str(caught.value)


def test_releases_that_cannot_be_had_are_passed_over_and_said(shop):
    # given a ref that is gone, one with requirements that nobody can
    # install, and one whose history is broken
    shop.dataset()
    unmade = shop.project.commit({"requirements.txt": "alembic>=99999\n"})
    broken = shop.project.commit(
        {
            "requirements.txt": "alembic>=1.13\nSQLAlchemy>=2\n",
            "migrations/versions/worse.py": "import nothing_of_that_name",
        }
    )
    shop.project.commit({"migrations/versions/worse.py": None})
    shop.step("new", "two", SOUND)

    # when a change is judged
    ladder = f"stable/gone, {unmade}, {broken}, {shop.base}"
    outcome = shop.judge(ladder=ladder, budget_seconds="0")

    # then on the release that is there, and each other is said
    assert outcome.verdict is model.Verdict.SUCCESS, outcome.findings
    gaps = {gap.what: gap.why for gap in outcome.not_checked}
    for ref in ("stable/gone", unmade, broken):
        assert f"user_001/sqlite: the rung {ref}" in gaps, gaps
    assert (
        "nothing_of_that_name" in gaps[f"user_001/sqlite: the rung {broken}"]
    )
    [row] = outcome.tables["datasets"].rows
    assert row["started from"] == "seed"


def test_an_environment_that_cannot_be_built_says_what_the_installer_said(
    shop, monkeypatch
):
    # given an index of packages that nobody answers at
    for name in ("PIP_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    shop.dataset()
    shop.step("new", "two", SOUND)
    shop.project.commit({"requirements.txt": "alembic>=1.13\nnot-there==1\n"})

    # then nothing is known of the change, and the end of its output is told
    with pytest.raises(CannotJudge) as caught:
        shop.judge(budget_seconds="0")
    assert "127.0.0.1" in str(caught.value)


def test_requirements_that_do_not_exist_are_the_changes_fault(shop):
    shop.dataset()
    shop.step("new", "two", SOUND)
    shop.project.commit({"requirements.txt": "alembic>=99999\n"})
    outcome = shop.judge(budget_seconds="0")
    assert outcome.verdict is model.Verdict.FAILURE
    [sentence] = outcome.sentences
    assert sentence.startswith("The environment cannot be made: ")
    assert "alembic" in sentence
