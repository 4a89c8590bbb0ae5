"""Datasets climb, and never run the same migration twice on the same data."""

import sqlite3
from contextlib import closing

import pytest

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]


@pytest.fixture
def steps(migration):
    """Three migrations that were released, and one of a change."""
    return [
        migration("one", None, "SELECT 1"),
        migration("two", "one", "ALTER TABLE books ADD pages INTEGER"),
        migration("three", "two", "UPDATE books SET pages = 7"),
        migration("new", "three", "CREATE INDEX i ON books (pages)"),
    ]


@pytest.fixture
def released(shop, steps):
    """A shop with two releases and a change at HEAD."""
    shop.commit(steps[0], steps[1], tag="stable/1")
    shop.commit(steps[2], tag="trunk")
    shop.commit(steps[3])
    return shop


def revisions(climbed):
    return [took.migration.revision for took in climbed.took]


def pages(ground, climbed):
    """The column that the steps make and fill."""
    with (
        ground.clone(climbed.top.snapshot) as server,
        closing(server.connect()) as connection,
    ):
        return connection.execute("SELECT pages FROM books").fetchall()


def test_a_dataset_climbs_to_the_change(released):
    # when a dataset climbs for the first time
    seen = released.climb(["stable/1", "trunk"], then=pages)

    # then it starts from its seed and runs what lies between
    climbed = seen.climbed
    assert (climbed.layer.name, climbed.skipped) == ("seed", 0)
    assert revisions(climbed) == ["two", "three"]
    assert [took.rung for took in climbed.took] == ["stable/1", "trunk"]
    assert [one.migration.revision for one in climbed.links] == ["new"]
    assert climbed.top.reached == ("three",)
    assert seen.then == [(7,), (7,)]
    assert seen.gaps == []


def test_the_second_build_runs_nothing_of_it_again(released):
    released.climb(["stable/1", "trunk"])
    seen = released.climb(["stable/1", "trunk"], then=pages)
    assert revisions(seen.climbed) == []
    assert seen.climbed.layer.name == "trunk at three"
    assert seen.climbed.skipped == 2
    assert seen.then == [(7,), (7,)]


def test_the_seed_is_as_it_was(released):
    released.climb(["stable/1", "trunk"])
    with closing(sqlite3.connect(released.seed)) as connection:
        told = connection.execute("PRAGMA table_info(books)").fetchall()
    assert len(told) == 2


def test_a_change_that_edits_an_old_migration_begins_before_it(
    released, migration
):
    # given layers of the sound history
    released.climb(["stable/1", "trunk"])

    # when a change edits the third migration
    released.commit(migration("three", "two", "UPDATE books SET pages = 8"))
    seen = released.climb(
        ["stable/1", "trunk"], judged=("three", "new"), then=pages
    )

    # then it begins at the layer before, and the edited one is its own
    assert seen.climbed.layer.name == "stable/1 at two"
    assert [one.migration.revision for one in seen.climbed.links] == [
        "three",
        "new",
    ]
    assert seen.then == [(None,), (None,)]


def test_migrations_below_the_change_that_no_rung_has_are_run_too(released):
    seen = released.climb(["stable/1"])
    assert revisions(seen.climbed) == ["two", "three"]
    assert [took.rung for took in seen.climbed.took] == ["stable/1", "change"]
    assert [one.migration.revision for one in seen.climbed.links] == ["new"]


def test_a_rung_whose_ref_is_gone_is_passed_over_and_said(released):
    seen = released.climb(["stable/0", "trunk"])
    assert seen.gaps == ["user_001/sqlite: the rung stable/0"]
    assert seen.climbed.top.reached == ("three",)


def test_a_rung_that_is_older_than_the_data_is_passed_over_and_said(
    shop, steps, migration
):
    # given a release that does not know the revision of the data
    shop.commit(migration("zero", None, "SELECT 0"), tag="stable/0")
    shop.git("rm", "-q", "migrations/versions/zero.py")
    shop.commit(*steps[:3], tag="trunk")
    shop.commit(steps[3])
    seen = shop.climb(["stable/0", "trunk"])
    assert seen.gaps == ["user_001/sqlite: the rung stable/0"]
    assert revisions(seen.climbed) == ["two", "three"]


def test_a_layer_that_was_pruned_is_made_anew(released):
    # given a layer whose data somebody took away
    released.climb(["stable/1", "trunk"])
    store = released.kept.with_name("databases") / "snapshots"
    notes = released.kept.with_name("databases") / "layers"
    for note in notes.iterdir():
        if "trunk" in note.read_text():
            note.write_text("{")

    # then the climb begins at the one before
    seen = released.climb(["stable/1", "trunk"])
    assert seen.climbed.layer.name == "stable/1 at two"
    assert revisions(seen.climbed) == ["three"]
    assert store.is_dir()


def test_an_old_migration_that_fails_is_not_the_changes_fault(shop, migration):
    from turbo_hipster.exceptions import CannotJudge

    shop.commit(
        migration("one", None, "SELECT 1"),
        migration("two", "one", "SELECT no_such_column FROM books"),
        tag="trunk",
    )
    shop.commit(migration("new", "two", "SELECT 1"))
    with pytest.raises(CannotJudge, match="two of trunk, which is not the"):
        shop.climb(["trunk"])
