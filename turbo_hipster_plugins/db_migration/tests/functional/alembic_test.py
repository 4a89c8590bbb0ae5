"""Real Alembic on SQLite: each fault is caught, a sound twin is not."""

import pytest

from turbo_hipster.exceptions import Cancelled, CannotJudge

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

MODELS = """
from sqlalchemy import Column, Integer, MetaData, String, Table

metadata = MetaData()
Table("people", metadata, Column("id", Integer, primary_key=True,
      nullable=True), Column("name", String(40)))
Table("pets", metadata, Column("id", Integer, primary_key=True,
      nullable=True){})
"""


@pytest.fixture(scope="module")
def sound(make_change, sound_step):
    """What comes of a change in which nothing is wrong."""
    return make_change().judge(
        sound_step, files={"models.py": MODELS.format("")}
    )


def test_a_sound_step_has_no_finding(sound):
    assert sound.findings == ()
    assert sound.verdict.value == "SUCCESS"
    assert sound.sentences == ("1 migration judged on SQLite",)
    (row,) = sound.tables["checks"].rows
    unchecked = {name for name, word in row.items() if word != "ok"}
    assert unchecked == {
        "engine",
        "engines agree (TH-M401)",
        "squawk (TH-M501)",
    }


def test_the_times_of_all_steps_are_a_picture(sound):
    (chart,) = sound.charts

    (series,) = chart.series
    assert [x for x, _ in series.points] == ["one", "two"]
    assert all(y > 0 for _, y in series.points)


def test_each_judged_migration_is_a_row_up_and_down(sound):
    up, down = sound.tables["migrations"].rows

    assert (up["from"], up["direction"]) == (["one"], "up")
    assert (down["from"], down["direction"]) == (["two"], "down")
    for row in (up, down):
        assert row["engine"] == "sqlite"
        assert row["dataset"] == ""
        assert row["revision"] == "two"
        assert row["state"] == "ok"
        assert row["seconds"] > 0
        assert row["log_bytes"] > 0
        assert row["began"] > 1_700_000_000


def test_faults_of_undoing_are_caught(change, step, ids):
    outcome = change.judge(
        step(
            "two",
            "one",
            'op.execute("CREATE TABLE pets (id INTEGER)")',
            "pass",
        ),
        step("three", "two", "pass", "raise NotImplementedError('no way')"),
        step("four", "three", "pass", "op.drop_table('nowhere')"),
    )

    places = {
        (one.id, one.where["revision"], one.severity.value)
        for one in outcome.findings
    }
    assert places == {
        ("TH-M202", "two", "fail"),
        ("TH-M203", "two", "fail"),
        ("TH-M301", "two", "fail"),
        ("TH-M201", "three", "note"),
        ("TH-M201", "four", "fail"),
    }
    left = next(one for one in outcome.findings if one.id == "TH-M202")
    assert left.detail.startswith("+ table pets")
    assert left.where["file"] == "migrations/versions/two.py"
    again = next(one for one in outcome.findings if one.id == "TH-M203")
    assert "CREATE TABLE pets" in again.detail
    assert 'File "migrations/versions/two.py"' in again.detail


def test_a_second_head_and_a_missing_model_are_caught(change, step, ids):
    models = MODELS.format(', Column("age", Integer)')

    outcome = change.judge(
        step("left", "one"),
        step("right", "one"),
        files={"models.py": models},
    )

    assert ids(outcome) == ["TH-M101", "TH-M104"]
    differ = next(one for one in outcome.findings if one.id == "TH-M104")
    assert "pets" in differ.detail


def test_models_that_differed_before_the_change_are_a_note(
    change, sound_step, step, ids
):
    models = MODELS.format(', Column("age", Integer)')
    change.before(sound_step, files={"models.py": models})

    outcome = change.judge(step("three", "two"))

    assert ids(outcome) == []
    assert ids(outcome, "note") == ["TH-M104"]
    assert "before this change" in outcome.findings[0].message


def test_a_step_that_fails_shows_statement_and_error(change, step, ids):
    outcome = change.judge(
        step("two", "one", 'op.execute("INSERT INTO nowhere VALUES (1)")')
    )

    (finding,) = outcome.findings
    assert finding.id == "TH-M102"
    assert "no such table: nowhere" in finding.message
    assert "INSERT INTO nowhere" in finding.detail
    assert outcome.tables["migrations"].rows[0]["state"] == "sql"


def test_a_step_that_hangs_is_ended(change, step, ids):
    outcome = change.judge(
        step("two", "one", "time.sleep(600)"), step_timeout="20"
    )

    (finding,) = outcome.findings
    assert finding.id == "TH-M102"
    assert "two fails on SQLite: it did not end within" in finding.message


def test_a_parent_that_is_missing_is_caught(change, step, ids):
    outcome = change.judge(step("two", "nobody"))

    assert ids(outcome) == ["TH-M102"]
    assert outcome.findings[0].measured == "missing parent"


def test_only_what_the_change_adds_is_judged(change, sound_step, step, ids):
    change.before(
        step("two", "one", 'op.execute("CREATE TABLE pets (id INTEGER)")')
    )

    outcome = change.judge(step("three", "two"))

    assert ids(outcome) == []
    assert {row["revision"] for row in outcome.tables["migrations"].rows} == {
        "three"
    }


def test_an_engine_that_is_not_installed_is_listed(change, gap):
    outcome = change.judge(engines="sqlite, mysql")

    assert outcome.verdict.value == "SUCCESS"
    (why,) = gap(outcome, "^MySQL$")
    assert "not installed" in why
    first, second = outcome.tables["checks"].rows
    assert first["from empty to head (TH-M102)"] == "ok"
    assert second["from empty to head (TH-M102)"] == "not checked"


def test_with_no_engine_left_there_is_no_judgement(change, sound_step):
    with pytest.raises(CannotJudge, match="MySQL"):
        change.judge(sound_step, engines="mysql")


def test_prepare_runs_on_the_empty_database(change, step, ids):
    outcome = change.judge(
        step(
            "two",
            "one",
            'op.execute("INSERT INTO people (id) SELECT id FROM seeds")',
            'op.execute("DELETE FROM people")',
        ),
        prepare='python -c "import os, sqlalchemy as sa; '
        "c = sa.create_engine(os.environ['DATABASE_URL']).connect(); "
        "c.execute(sa.text('CREATE TABLE seeds (id INTEGER)')); "
        "c.execute(sa.text('INSERT INTO seeds VALUES (1)')); c.commit()\"",
    )

    assert ids(outcome) == []


def test_a_prepare_that_fails_is_no_judgement(change, sound_step):
    with pytest.raises(CannotJudge, match="prepare failed .*status 3: sorry"):
        change.judge(sound_step, prepare="echo sorry; exit 3")


def test_requirements_that_cannot_be_had_are_the_changes_fault(
    change, sound_step, ids
):
    outcome = change.judge(
        sound_step, files={"requirements.txt": "-r missing.txt\n"}
    )

    assert ids(outcome) == ["TH-M102"]
    assert "missing.txt" in outcome.sentences[0]


def test_a_cancel_comes_out_of_an_engines_thread(change, sound_step):
    with pytest.raises(Cancelled):
        change.judge(sound_step, cancel_at="sqlite: walk")
