"""A change is judged on datasets, with SQLite."""

import sqlite3

import pytest

from turbo_hipster import model
from turbo_hipster.exceptions import CannotJudge, InvalidJob

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

SOUND = 'op.execute("CREATE INDEX i ON orders (state)")'
BACK = 'op.execute("DROP INDEX i")'
BLOCKING = """
op.execute("UPDATE orders SET state = 'x' WHERE id = 1")
time.sleep(0.7)
"""


def test_a_sound_change_passes_and_is_told_what_it_costs(shop, remembered):
    # given a dataset and a change that makes an index
    shop.dataset()
    shop.step("new", "two", SOUND, BACK)

    # when it is judged
    outcome = shop.judge()

    # then there is nothing to point at, and its step is in the table
    assert outcome.verdict is model.Verdict.SUCCESS
    assert outcome.findings == ()
    assert outcome.sentences == ("1 migration judged on user_001/sqlite",)
    row, back = outcome.tables["migrations"].rows
    assert (row["dataset"], row["engine"]) == ("user_001", "sqlite")
    assert (row["revision"], row["from"]) == ("new", ["two"])
    assert row["state"] == "ok" and row["seconds"] > 0
    assert row["write_stall"] is not None
    assert (row["direction"], back["direction"]) == ("up", "down")
    [data] = outcome.tables["datasets"].rows
    assert data["started from"] == "seed" and data["calibration"] > 0
    assert {chart.name for chart in outcome.charts} == {
        "timeline-user_001/sqlite", "step-times", "write-stalls",
        "read-stalls",
    }  # fmt: skip

    # and history remembers it
    assert remembered("SELECT step, rung FROM steps") == [
        ("two->new", "change"),
        ("new->two", "change"),
    ]


def test_a_change_that_blocks_writers_is_told_how_long(shop):
    shop.dataset(more="limits: {write_stall: 0.5}\n")
    shop.step("new", "two", BLOCKING)
    outcome = shop.judge()
    assert outcome.verdict is model.Verdict.FAILURE
    message = shop.found()["TH-R102"]
    assert message.startswith(
        "user_001/sqlite: two->new blocks writes to orders for "
    )
    assert message.endswith("(limit 500 ms, dataset user_001)")
    assert outcome.sentences[0] == message
    [finding] = [one for one in outcome.findings if one.id == "TH-R102"]
    assert finding.where == {
        "dataset": "user_001",
        "engine": "sqlite",
        "revision": "new",
        "table": "orders",
    }
    assert finding.measured >= 0.5 and finding.limit == 0.5


def test_a_change_within_its_limits_is_silent(shop):
    shop.dataset(more="limits: {write_stall: 60, seconds: 60}\n")
    back = "op.execute(\"UPDATE orders SET state = 'paid' WHERE id = 1\")"
    shop.step("new", "two", BLOCKING, back)
    assert shop.judge().findings == ()


def test_a_step_has_a_limit_of_its_own(shop):
    shop.dataset(
        more='limits: {seconds: {default: 60, "two->new": 0.2}}\n',
    )
    shop.step("new", "two", BLOCKING)
    shop.judge()
    assert list(shop.found()) == ["TH-R101"]
    assert "takes" in shop.found()["TH-R101"]


def test_a_constraint_that_breaks_on_the_data_is_named(shop):
    shop.dataset()
    shop.step(
        "new",
        "two",
        """
        op.execute("CREATE TABLE strict (state VARCHAR(20) NOT NULL)")
        op.execute("INSERT INTO strict SELECT state FROM orders")
        """,
    )
    outcome = shop.judge()
    assert outcome.verdict is model.Verdict.FAILURE
    assert (
        "two->new breaks a constraint on this data"
        in (shop.found()["TH-R204"])
    )
    assert outcome.tables["migrations"].rows[0]["state"] == "failed"


def test_a_step_that_fails_otherwise_did_not_end(shop):
    shop.dataset()
    shop.step("new", "two", 'op.execute("SELECT nothing FROM orders")')
    shop.judge()
    assert "two->new does not end" in shop.found()["TH-R502"]


def test_a_module_that_cannot_be_imported_is_the_changes_fault(shop):
    shop.dataset()
    shop.step("new", "two", "pass")
    shop.project.commit({"migrations/versions/worse.py": "import nothing"})
    outcome = shop.judge()
    assert outcome.verdict is model.Verdict.FAILURE
    assert "nothing" in shop.found()["TH-R506"]


def test_a_change_without_a_migration_passes_with_a_note(shop):
    shop.dataset()
    outcome = shop.judge()
    assert outcome.verdict is model.Verdict.SUCCESS
    assert list(shop.found("note")) == ["TH-R503"]


def test_each_dataset_has_its_own_verdict(shop):
    # given two datasets, of which one breaks the change
    shop.dataset("calm", more="limits: {seconds: 60}\n")
    shop.dataset("strict", more="limits: {seconds: 0.1}\n")
    shop.step("new", "two", "time.sleep(0.2)")
    outcome = shop.judge()
    assert [one.where["dataset"] for one in outcome.findings] == ["strict"]
    rows = outcome.tables["migrations"].rows
    assert {row["dataset"] for row in rows} == {"calm", "strict"}


def test_a_seed_that_cannot_be_loaded_is_no_fault_of_the_change(shop):
    shop.dataset("good")
    shop.dataset("broken", text="CREATE TABLE a (;\n")
    shop.step("new", "two", SOUND)
    with pytest.raises(CannotJudge, match="broken/sqlite"):
        shop.judge()


def test_other_projects_datasets_are_passed_over_and_said(shop):
    shop.dataset("mine")
    other = shop.dataset("theirs") / "dataset.yaml"
    other.write_text(other.read_text().replace("shop", "garage"))
    shop.step("new", "two", SOUND)
    outcome = shop.judge()
    assert {row["dataset"] for row in outcome.tables["datasets"].rows} == {
        "mine"
    }
    [gap] = [one for one in outcome.not_checked if "theirs" in one.what]
    assert "one of shop" in gap.why


def test_a_dataset_whose_seed_is_absent_is_noted(shop):
    shop.dataset("good")
    (shop.dataset("empty") / "seed.sql").unlink()
    shop.step("new", "two", SOUND)
    shop.judge()
    assert list(shop.found("note")) == ["TH-R504"]


def test_no_dataset_at_all_cannot_judge(shop):
    with pytest.raises(CannotJudge, match="no dataset in"):
        shop.judge()


def test_history_judges_what_is_unusual(shop, remembered):
    # given five builds in which a step wrote much less
    shop.dataset()
    shop.step("new", "two", SOUND)
    shop.judge()
    [(run,)] = remembered("SELECT id FROM runs")
    path = shop.state_dir.with_name("databases") / "history.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("UPDATE steps SET log_bytes = 1")
    for _ in range(4):
        connection.execute(
            "INSERT INTO runs SELECT id + 1, 'b' || id, project, dataset,"
            " engine, engine_version, machine, started, calibration"
            " FROM runs ORDER BY id DESC LIMIT 1"
        )
        connection.execute(
            "INSERT INTO steps (run, step, rung, direction, seconds,"
            " log_bytes) SELECT max(id), 'two->new', 'change', 'up', 0.001,"
            " 1 FROM runs"
        )
    # floors keep small figures silent, so that the fault has to be large
    connection.commit()
    connection.close()
    shop.step(
        "new",
        "two",
        'op.execute("CREATE TABLE big AS SELECT zeroblob(4000000) AS b")',
    )
    shop.judge()
    assert "history n=5" in shop.found()["TH-R107"]


@pytest.mark.parametrize(
    "options, said",
    [
        ({"datasets_dir": "here"}, "its whole path"),
        ({"engines": "oracle"}, "there is no 'oracle'"),
        ({"tool": "magic"}, "there is no 'magic'"),
    ],
)
def test_options_that_cannot_work_are_refused(shop, options, said):
    with pytest.raises(InvalidJob, match=said):
        shop.judge(**options)
