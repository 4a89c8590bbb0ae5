"""A disk that is full says nothing about a change, whichever step meets it."""

import pytest

from turbo_hipster_databases.exceptions import DiskFull

pytestmark = pytest.mark.functional

SIZES = {"sqlite": 24, "postgresql": 96, "mariadb": 224}
"""Mebibytes; the servers need some for themselves."""


@pytest.fixture(params=SIZES)
def climb(request, alembic, small_disk, build_on):
    """Return a function that climbs with a step which writes so much."""
    build_on(small_disk(SIZES[request.param]))

    def climb(mebibytes):
        return alembic(
            lambda stepper, stage: (
                [ran.failure for ran in alembic.climb(stepper)],
                stage.rows("SELECT count(*) FROM big"),
            ),
            "fills_the_disk",
            engine=request.param,
            variables={"MEBIBYTES": str(mebibytes)},
        )

    return climb


def test_a_step_that_fills_the_disk_is_not_judged(climb, tmp_path):
    with pytest.raises(DiskFull) as told:
        climb(mebibytes=300)

    assert "c3 was not judged" in str(told.value)
    assert str(tmp_path / "small disk") in str(told.value)
    assert list((tmp_path / "small disk").iterdir()) == []


def test_a_step_that_finds_room_is(climb):
    failures, rows = climb(mebibytes=2)

    assert failures == [None, None, None]
    assert rows == [(2,)]


def test_a_command_that_fills_the_disk_is_not_judged(
    on_stage, specimen, small_disk, build_on, tmp_path
):
    build_on(small_disk(8))
    options = {"up": "head -c 16m /dev/zero > $TMPDIR/big"}

    def climb(stage):
        with stage.stepper() as stepper:
            (whole,) = stepper.history().migrations
            return stepper.step(whole)

    with pytest.raises(DiskFull, match="No space left on device"):
        on_stage(climb, specimen("command"), "command", options=options)

    assert list((tmp_path / "small disk").iterdir()) == []
