"""A stepping process that is killed: by its migration, or by somebody else."""

import pytest

from turbo_hipster_databases.exceptions import StepperLost

pytestmark = pytest.mark.functional


def test_a_migration_that_kills_its_own_process_fails(alembic):
    def look(stepper, stage):
        found = alembic.until_failure(stepper, stage)
        with stage.stepper() as another:
            return found, another.current()

    (revision, failure), current = alembic(look, "kills_itself")

    assert (revision, failure.kind) == ("c3", "exit")
    assert failure.message.startswith("it killed its own process: os.kill(")
    assert current == ("b2",)


@pytest.fixture
def killed(alembic, tmp_path):
    """Return a function that steps what a child kills so many times."""
    count = tmp_path / "count"

    def step(times):
        try:
            return alembic(
                alembic.until_failure,
                "killed_by_another",
                variables={"KILLS": str(times), "COUNT": str(count)},
            )
        finally:
            step.tries = len(count.read_text())

    return step


def test_a_migration_that_is_killed_twice_fails(killed):
    revision, failure = killed(2)

    assert (revision, failure.kind) == ("c3", "exit")
    assert "killed again when it was tried a second time" in failure.message
    assert killed.tries == 2


def test_a_migration_that_is_killed_once_is_not_judged(killed):
    with pytest.raises(StepperLost, match="killed by somebody else"):
        killed(1)

    assert killed.tries == 2


def test_a_migration_that_nobody_kills_is_tried_once(killed):
    assert killed(0) is None
    assert killed.tries == 1


def test_an_environment_that_kills_its_process_breaks_the_history(
    on_stage, specimen
):
    checkout = specimen("alembic")
    env = checkout / "migrations" / "env.py"
    env.write_text("import os\n\nos.kill(os.getpid(), 9)\n")

    def look(stage):
        with stage.stepper() as stepper:
            return stepper.current()

    with pytest.raises(Exception, match="current, it killed its own process"):
        on_stage(look, checkout, "alembic")
