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
    assert data["copied by"] and data["bytes"] > 0
    assert {chart.name for chart in outcome.charts} == {
        "timeline-user_001/sqlite", "step-times", "write-stalls",
        "read-stalls",
    }  # fmt: skip

    # and history remembers it
    assert remembered("SELECT step, rung FROM steps") == [
        ("two->new", "change"),
        ("new->two", "change"),
    ]


def test_a_change_that_blocks_writers_is_told_how_long(brisk):
    brisk.dataset(more="limits: {write_stall: 0.5}\n")
    brisk.step("new", "two", BLOCKING)
    outcome = brisk.judge()
    assert outcome.verdict is model.Verdict.FAILURE
    message = brisk.found()["TH-R102"]
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
        "file": "migrations/versions/new.py",
        "table": "orders",
    }
    assert finding.measured >= 0.5 and finding.limit == 0.5


def test_the_worst_is_said_first_and_not_what_was_found_first(shop, only):
    only("data")
    # given a change that is slow, as is found at once, and loses rows, as
    # is found later
    shop.dataset(more="limits: {seconds: 0.2}\n")
    shop.step(
        "new",
        "two",
        """
        time.sleep(0.3)
        op.execute("CREATE TABLE kept AS SELECT * FROM orders WHERE id > 5")
        op.execute("DROP TABLE orders")
        op.execute("ALTER TABLE kept RENAME TO orders")
        """,
    )

    # when it is judged
    outcome = shop.judge()

    # then the loss is what a reviewer reads
    found = shop.found()
    assert list(found)[0] == "TH-R101"
    assert outcome.sentences[0] == found["TH-R201"]


def test_a_change_within_its_limits_is_silent(brisk):
    brisk.dataset(more="limits: {write_stall: 60, seconds: 60}\n")
    brisk.step("new", "two", BLOCKING)
    assert brisk.judge().findings == ()


def test_a_step_has_a_limit_of_its_own(brisk):
    brisk.dataset(
        more='limits: {seconds: {default: 60, "two->new": 0.2}}\n',
    )
    brisk.step("new", "two", BLOCKING)
    brisk.judge()
    assert list(brisk.found()) == ["TH-R101"]
    assert "takes" in brisk.found()["TH-R101"]


def test_a_constraint_that_breaks_on_the_data_is_named(brisk):
    brisk.dataset()
    brisk.step(
        "new",
        "two",
        """
        op.execute("CREATE TABLE strict (state VARCHAR(20) NOT NULL)")
        op.execute("INSERT INTO strict SELECT state FROM orders")
        """,
    )
    outcome = brisk.judge()
    assert outcome.verdict is model.Verdict.FAILURE
    assert (
        "two->new breaks a constraint on this data"
        in (brisk.found()["TH-R204"])
    )
    assert outcome.tables["migrations"].rows[0]["state"] == "failed"


def test_a_step_that_fails_otherwise_did_not_end(brisk):
    brisk.dataset()
    brisk.step("new", "two", 'op.execute("SELECT missing FROM orders")')
    brisk.judge()
    assert brisk.found()["TH-R502"] == (
        "user_001/sqlite: two->new does not end: no such column: missing "
        "(SQLITE_ERROR)"
    )
    [finding] = brisk.outcome.findings
    assert "select missing from orders" in finding.detail
    assert "migrations/versions/new.py" in finding.detail


def test_what_a_projects_own_exception_says_may_be_a_value(brisk):
    brisk.dataset()
    code = 'raise ValueError("the row of ann@example.org")'
    brisk.step("new", "two", code)
    outcome = brisk.judge()
    assert brisk.found()["TH-R502"] == (
        "user_001/sqlite: two->new does not end: it raises ValueError"
    )
    assert "example.org" not in repr(outcome.findings)


def test_a_module_that_cannot_be_imported_is_the_changes_fault(brisk):
    brisk.dataset()
    brisk.step("new", "two", "pass")
    brisk.project.commit({"migrations/versions/worse.py": "import nothing"})
    outcome = brisk.judge()
    assert outcome.verdict is model.Verdict.FAILURE
    assert "nothing" in brisk.found()["TH-R506"]
    assert outcome.sentences == (brisk.found()["TH-R506"],)


def test_a_change_without_a_migration_passes_with_a_note(brisk):
    brisk.dataset()
    outcome = brisk.judge()
    assert outcome.verdict is model.Verdict.SUCCESS
    assert list(brisk.found("note")) == ["TH-R503"]


def test_each_dataset_has_its_own_verdict(brisk):
    # given two datasets, of which one breaks the change
    brisk.dataset("calm", more="limits: {seconds: 60}\n")
    brisk.dataset("strict", more="limits: {seconds: 0.1}\n")
    brisk.step("new", "two", "time.sleep(0.2)")
    outcome = brisk.judge()
    assert [one.where["dataset"] for one in outcome.findings] == ["strict"]
    rows = outcome.tables["migrations"].rows
    assert {row["dataset"] for row in rows} == {"calm", "strict"}


def test_a_seed_that_cannot_be_loaded_is_no_fault_of_the_change(brisk):
    brisk.dataset("good")
    brisk.dataset("broken", text="CREATE TABLE a (;\n")
    brisk.step("new", "two", SOUND)
    with pytest.raises(CannotJudge, match="broken/sqlite"):
        brisk.judge()


def test_other_projects_datasets_are_passed_over_and_said(brisk):
    brisk.dataset("mine")
    other = brisk.dataset("theirs") / "dataset.yaml"
    other.write_text(other.read_text().replace("shop", "garage"))
    brisk.step("new", "two", SOUND)
    outcome = brisk.judge()
    assert {row["dataset"] for row in outcome.tables["datasets"].rows} == {
        "mine"
    }
    [gap] = [one for one in outcome.not_checked if "theirs" in one.what]
    assert "one of shop" in gap.why


def test_a_dataset_whose_seed_is_absent_is_noted(brisk):
    brisk.dataset("good")
    (brisk.dataset("empty") / "seed.sql").unlink()
    brisk.step("new", "two", SOUND)
    brisk.judge()
    assert list(brisk.found("note")) == ["TH-R504"]


def test_no_dataset_at_all_cannot_judge(brisk):
    with pytest.raises(CannotJudge, match="no dataset in"):
        brisk.judge()


def test_history_judges_what_is_unusual(brisk, remembered):
    # given five builds in which a step wrote much less
    brisk.dataset()
    brisk.step("new", "two", SOUND)
    brisk.judge()
    [(run,)] = remembered("SELECT id FROM runs")
    path = brisk.state_dir.with_name("databases") / "history.sqlite"
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
    brisk.step(
        "new",
        "two",
        'op.execute("CREATE TABLE big AS SELECT zeroblob(4000000) AS b")',
    )
    brisk.judge()
    assert "history n=5" in brisk.found()["TH-R107"]


@pytest.mark.parametrize(
    "options, said",
    [
        ({"datasets_dir": "here"}, "its whole path"),
        ({"engines": "oracle"}, "there is no 'oracle'"),
        ({"tool": "magic"}, "there is no 'magic'"),
    ],
)
def test_options_that_cannot_work_are_refused(brisk, options, said):
    with pytest.raises(InvalidJob, match=said):
        brisk.judge(**options)
