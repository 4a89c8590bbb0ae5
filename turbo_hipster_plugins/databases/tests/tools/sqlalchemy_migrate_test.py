"""Versions of sqlalchemy-migrate are stepped one at a time."""

import pytest

from turbo_hipster.exceptions import InvalidJob
from turbo_hipster_databases import plugins
from turbo_hipster_databases.exceptions import HistoryBroken
from turbo_hipster_databases.model import Direction

pytestmark = pytest.mark.functional
OLD = "3.9"
"""SQLAlchemy 1.3 has no wheels for newer ones."""


@pytest.fixture
def walk(on_stage, specimen, pythons):
    """Return a function that calls another with a stepper and the stage."""
    pythons(OLD)

    def call(function, fault=None, options=None, **how):
        def with_stepper(stage):
            with stage.stepper() as stepper:
                return function(stepper, stage)

        return on_stage(
            with_stepper,
            specimen("migrate", fault),
            "sqlalchemy_migrate",
            python=OLD,
            options=options or {"repository": "repo"},
            **how,
        )

    return call


def climb(stepper, **how):
    """Run all steps up; return how they ran."""
    return [stepper.step(one, **how) for one in stepper.history().migrations]


@pytest.mark.parametrize("repository", ["repo", "repo.versions"])
def test_versions_are_told_as_a_line(walk, repository):
    if repository == "repo.versions":  # a module is taken for its folder
        with pytest.raises(HistoryBroken) as broken:
            walk(
                lambda one, _stage: one.history(),
                options={"repository": repository},
            )
        assert broken.value.kind == "no_history"
        return
    history = walk(lambda one, _stage: one.history())
    assert [str(one) for one in history.migrations] == [
        "empty->216", "216->217"
    ]  # fmt: skip
    assert history.heads == ("217",)
    last = history.migrations[-1]
    assert last.title == "first person"
    assert list(last.files) == ["repo/versions/217_first_person.py"]
    assert last.can_undo is False


@pytest.mark.parametrize("engine", ["sqlite", "postgresql", "mariadb"])
def test_steps_go_up_and_down(walk, engine):
    def look(stepper, stage):
        seen = [stepper.current()]
        rans = []
        for one in stepper.history().migrations:
            rans.append(stepper.step(one))
            seen.append(stepper.current())
        people = stage.rows("SELECT id, name FROM people")
        return seen, people, rans

    seen, people, rans = walk(look, engine=engine)
    assert [one.failure for one in rans] == [None, None]
    assert seen == [(), ("216",), ("217",)]
    assert people == [(1, "Ada")]
    words = [one.split()[0] for one in rans[1].statements]
    assert words[:2] == ["INSERT", "CREATE"]


def test_a_version_without_downgrade_says_so(walk):
    def look(stepper, _stage):
        climb(stepper)
        first, last = stepper.history().migrations
        no_way = stepper.step(last, Direction.DOWN).failure
        return no_way, stepper.current()

    failure, current = walk(look)
    assert failure.kind == "not_implemented"
    assert current == ("217",)


def test_a_version_with_a_downgrade_goes_down(walk):
    def look(stepper, _stage):
        first = stepper.history().migrations[0]
        stepper.step(first)
        undone = stepper.step(first, Direction.DOWN)
        return undone.failure, stepper.current()

    assert walk(look) == (None, ())


def test_a_step_dies_after_the_statement_that_is_named(walk):
    def look(stepper, stage):
        first, second = stepper.history().migrations
        stepper.step(first)
        ran = stepper.step(second, die_after=1)
        with stage.stepper() as another:
            people = stage.rows("SELECT name FROM people")
            return ran, another.current(), people

    ran, current, people = walk(look)
    assert ran.died
    assert current == ("216",)
    assert people == [("Ada",)]


@pytest.mark.parametrize(
    ("fault", "kind"), [("gap", "missing_parent"), ("duplicate", "duplicate")]
)
def test_a_broken_history_is_called_by_its_name(walk, fault, kind):
    with pytest.raises(HistoryBroken) as broken:
        walk(lambda one, _stage: one.history(), fault)
    assert broken.value.kind == kind


def test_a_failed_statement_is_told(walk):
    failure = walk(lambda one, _stage: climb(one)[-1].failure, "bad_sql")
    assert failure.kind == "sql"
    assert failure.statement == "INSERT INTO nobody (id) VALUES (1)"


def test_a_job_without_a_repository_is_refused():
    tool = plugins.tool("sqlalchemy_migrate")
    with pytest.raises(InvalidJob, match="repository"):
        tool.check({})
    with pytest.raises(InvalidJob, match="not a number"):
        tool.check({"repository": "repo", "start": "first"})
    tool.check({"repository": "repo", "start": "215"})
