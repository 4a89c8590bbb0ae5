"""Alembic's migrations are stepped one at a time, as they are."""

import hashlib

import pytest

from turbo_hipster_databases.model import Direction

pytestmark = pytest.mark.functional
DOWN = Direction.DOWN


def test_a_history_is_told_in_the_order_in_which_it_is_run(alembic, specimen):
    def look(stepper, stage):
        return stepper.history(), stage.project.checkout

    history, checkout = alembic(look)
    assert [one.revision for one in history.migrations] == ["a1", "b2", "c3"]
    assert [one.parents for one in history.migrations] == [
        (), ("a1",), ("b2",)
    ]  # fmt: skip
    assert history.migrations[1].title == "people have an address"
    assert history.heads == ("c3",)
    name = "migrations/versions/0002_email.py"
    content = (checkout / name).read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    assert history.migrations[1].files == {name: digest}


def test_each_step_does_what_it_says_and_the_database_is_where_it_says(
    alembic,
):
    def look(stepper, stage):
        seen = [stepper.current()]
        for one in stepper.history().migrations:
            ran = stepper.step(one)
            assert ran.failure is None
            seen.append(stepper.current())
        return seen, stage.rows("SELECT name, email FROM people")

    seen, rows = alembic(look)
    assert seen == [(), ("a1",), ("b2",), ("c3",)]
    assert rows == [("Ada", "ada@example.org")]


def test_a_step_tells_its_statements_and_no_others(alembic):
    ran = alembic(lambda stepper, _stage: alembic.climb(stepper)[1])
    first, second, third, last = ran.statements
    assert first.startswith("INSERT INTO people")
    assert second.startswith("ALTER TABLE people ADD")
    assert third.startswith("UPDATE people SET email")
    assert "alembic_version" in last
    assert ran.seconds > 0


def test_steps_are_undone_one_at_a_time(alembic):
    def look(stepper, stage):
        alembic.climb(stepper)
        seen = []
        for one in reversed(stepper.history().migrations):
            ran = stepper.step(one, DOWN)
            assert ran.failure is None
            seen.append(stepper.current())
        return seen, stage.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        )

    seen, tables = alembic(look)
    assert seen == [("b2",), ("a1",), ()]
    assert tables == [("alembic_version",)]


@pytest.mark.parametrize("engine", ["postgresql", "mariadb"])
@pytest.mark.parametrize("fault", [None, "one_transaction"])
def test_each_step_is_committed_before_the_next_is_asked_for(
    alembic, engine, fault
):
    def look(stepper, stage):
        seen = []
        for one in stepper.history().migrations:
            assert stepper.step(one).failure is None
            # the walk waits inside its run: only others' eyes count
            seen += stage.rows("SELECT version_num FROM alembic_version")
        undone = stepper.step(stepper.history().migrations[-1], DOWN)
        seen += stage.rows("SELECT version_num FROM alembic_version")
        return seen, undone.failure

    seen, failure = alembic(look, fault, engine=engine)
    assert seen == [("a1",), ("b2",), ("c3",), ("b2",)]
    assert failure is None


def test_two_heads_are_both_told(alembic):
    heads = alembic(lambda one, _stage: one.history().heads, "two_heads")
    assert sorted(heads) == ["c3", "d4"]


def test_merged_branches_are_walked_there_and_back(alembic):
    def look(stepper, _stage):
        rans = alembic.climb(stepper)
        up = stepper.current()
        history = stepper.history()
        back = [stepper.step(one, DOWN) for one in history.migrations[::-1]]
        failures = [one.failure for one in rans + back]
        return history, up, stepper.current(), failures

    history, up, down, failures = alembic(look, "merged")
    assert not any(failures)
    assert history.heads == up == ("e5",)
    assert set(history.migrations[-1].parents) == {"c3", "d4"}
    assert down == ()


def test_branches_in_several_places_depend_on_one_another(alembic):
    def look(stepper, _stage):
        rans = alembic.climb(stepper)
        history = stepper.history()
        return history, [one.failure for one in rans], stepper.current()

    history, failures, current = alembic(look, "branches")
    names = [one.revision for one in history.migrations]
    assert names.index("p1") > names.index("c3")
    assert "c3" in history.migrations[names.index("p1")].parents
    assert not any(failures)
    assert sorted(history.heads) == sorted(current) == ["c3", "p1"]


def test_a_walk_that_waits_sees_what_another_did_meanwhile(alembic):
    def look(stepper, stage):
        first, second, third = stepper.history().migrations
        rans = [stepper.step(first)]
        with stage.stepper() as another:
            rans.append(another.step(second))
        rans.append(stepper.step(third))
        rans.append(stepper.step(third, DOWN))
        return [one.failure for one in rans], stepper.current()

    assert alembic(look) == ([None] * 4, ("b2",))
