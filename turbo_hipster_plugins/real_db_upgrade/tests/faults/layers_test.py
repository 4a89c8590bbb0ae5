"""Layers that something happened to are noticed, and made anew."""

import pytest

from turbo_hipster import model

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

SOUND = 'op.execute("CREATE INDEX i ON orders (state)")'
AT = "INSERT INTO alembic_version VALUES ('one')"


def data(state, *without):
    """Return the data files of all snapshots of SQLite that are there."""
    store = state.with_name("databases") / "snapshots"
    return {
        path
        for path in store.glob("[!.]*/data/*")
        if path.is_file() and path not in without
    }


@pytest.fixture
def judged(shop, own_state):
    """Judge with layers of one's own; returns where it started from."""
    shop.state_dir = own_state
    shop.dataset()
    shop.step("new", "two", SOUND)

    def judge():
        outcome = shop.judge(budget_seconds="0")
        assert outcome.verdict is model.Verdict.SUCCESS, outcome.findings
        [row] = outcome.tables["datasets"].rows
        return row["started from"], outcome.log

    return judge


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b"x" * path.stat().st_size),
    ],
    ids=["gone", "overwritten"],
)
def test_damaged_data_are_set_aside_and_made_anew(judged, own_state, harm):
    # given layers that a build starts from
    judged()
    assert judged()[0].endswith(" at two")

    # when the data of all of them are damaged, the seed's too
    for path in data(own_state):
        harm(path)

    # then the next build begins at the seed, and says so
    began, log = judged()
    assert began == "seed"
    assert "is damaged" in log

    # and the one after it finds sound layers again
    began, log = judged()
    assert began.endswith(" at two")
    assert "is damaged" not in log


def test_one_damaged_layer_costs_no_other(judged, own_state):
    # given the files of the seed, and those of the layers after it
    judged()
    notes = own_state.with_name("databases") / "layers"
    after = [
        path for path in notes.iterdir() if "after new" in path.read_text()
    ]
    assert len(after) == 1
    key = after[0].read_text().partition('"seen": {"')[2].partition('"')[0]
    [path] = (notes.parent / "snapshots" / key / "data").iterdir()

    # when the last one is damaged
    path.write_bytes(b"x")

    # then the climb starts where it did, and it is rehearsed anew
    began, log = judged()
    assert began.endswith(" at two")
    assert f"snapshot {key} is damaged" in log
    assert "is damaged" not in judged()[1]
