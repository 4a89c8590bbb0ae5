"""The same change on real servers: what blocks on one is calm on the other."""

import pytest

from turbo_hipster import model

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

SERVERS = "seed: {mariadb: seed.sql, postgresql: seed.sql}\n"
TELLING = """
op.execute("CREATE INDEX i ON orders (state)")
time.sleep(3)
"""
"""PostgreSQL keeps its lock until the step is committed."""


@pytest.fixture
def both(brisk):
    """A dataset for both servers, and a change that indexes."""
    folder = brisk.dataset(more="limits: {write_stall: 2}\n")
    path = folder / "dataset.yaml"
    text = path.read_text().replace("engine: sqlite\nseed: seed.sql\n", "")
    path.write_text(text + SERVERS)
    brisk.step("new", "two", TELLING)
    return brisk


def test_an_index_blocks_writers_on_postgresql_and_not_on_mariadb(both):
    # when the change is judged on both servers
    outcome = both.judge()

    # then one finding tells, and the other server has none
    [finding] = [
        one for one in outcome.findings if one.id.startswith("TH-R10")
    ]
    assert finding.id == "TH-R102"
    assert finding.where["engine"] == "postgresql"
    assert finding.where["table"] == "orders"
    rows = {
        row["engine"]: row
        for row in outcome.tables["migrations"].rows
        if row["direction"] == "up"
    }
    assert set(rows) == {"mariadb", "postgresql"}
    assert all(row["state"] == "ok" for row in rows.values())
    assert rows["postgresql"]["lock_blocks"] == "writes"
    assert outcome.verdict is model.Verdict.FAILURE


def test_rows_that_a_step_changes_are_counted_without_those_of_probes(brisk):
    folder = brisk.dataset(
        more="limits: {rows_changed: 1000, rows_read: 100000}\n"
    )
    path = folder / "dataset.yaml"
    text = path.read_text().replace("engine: sqlite\nseed: seed.sql\n", "")
    path.write_text(text + SERVERS)
    brisk.step("new", "two", "op.execute(\"UPDATE orders SET state = 'new'\")")
    outcome = brisk.judge()
    found = [one for one in outcome.findings if one.id == "TH-R105"]
    assert sorted(one.where["engine"] for one in found) == [
        "mariadb",
        "postgresql",
    ]
    assert {one.measured for one in found} == {2000.0}


def test_the_second_build_starts_from_the_layer_of_the_first(both):
    both.judge()
    outcome = both.judge()
    for row in outcome.tables["datasets"].rows:
        assert row["started from"].endswith(" at two")
        assert row["steps skipped"] == 1
