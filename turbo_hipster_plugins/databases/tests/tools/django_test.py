"""Django's migrations are stepped one at a time, in plan order."""

import pytest

from turbo_hipster_databases.exceptions import HistoryBroken
from turbo_hipster_databases.model import Direction

pytestmark = pytest.mark.functional
DOWN = Direction.DOWN
ENGINES = ["sqlite", "postgresql", "mariadb"]
NAMES = ["people.0001_initial", "people.0002_email", "shop.0001_initial"]


@pytest.fixture
def walk(on_stage, specimen):
    """Return a function that calls another with a stepper and the stage."""

    def call(function, fault=None, **how):
        def with_stepper(stage):
            with stage.stepper() as stepper:
                return function(stepper, stage)

        return on_stage(
            with_stepper,
            specimen("django", fault),
            "django",
            options={"settings": "website_settings"},
            **how,
        )

    return call


def climb(stepper, **how):
    """Run all steps up; return how they ran."""
    return [stepper.step(one, **how) for one in stepper.history().migrations]


def test_a_history_is_told_in_the_order_of_migrate(walk):
    history = walk(lambda stepper, _stage: stepper.history())
    names = [one.revision for one in history.migrations]
    assert sorted(names) == NAMES
    assert names.index(NAMES[0]) < names.index(NAMES[2])
    by_name = {one.revision: one for one in history.migrations}
    assert by_name["shop.0001_initial"].parents == ("people.0001_initial",)
    assert list(by_name["people.0002_email"].files) == [
        "people/migrations/0002_email.py"
    ]
    assert history.heads == ("people.0002_email", "shop.0001_initial")
    assert history.lines == 2


@pytest.mark.parametrize("engine", ENGINES)
def test_steps_go_up_and_down_in_the_builds_own_database(walk, engine):
    def look(stepper, stage):
        up = climb(stepper)
        there = stepper.current()
        people = stage.rows("SELECT name, email FROM people_person")
        history = stepper.history().migrations
        down = [stepper.step(one, DOWN) for one in history[::-1]]
        again = stepper.step(history[0])
        failures = [one.failure for one in [*up, *down, again]]
        return there, people, failures, stepper.current()

    there, people, failures, current = walk(look, engine=engine)
    assert there == ("people.0002_email", "shop.0001_initial")
    assert people == [("Ada", "")]
    assert not any(failures)
    assert current == ("people.0001_initial",)


def test_a_step_tells_its_statements(walk):
    def look(stepper, _stage):
        return {ran.migration.revision: ran for ran in climb(stepper)}

    statements = walk(look)["shop.0001_initial"].statements
    words = [one.partition("(")[0].strip() for one in statements]
    made = words.index('CREATE TABLE "shop_order"')
    assert words.index('INSERT INTO "django_migrations"') > made


def test_a_step_dies_after_the_statement_that_is_named(walk):
    def look(stepper, stage):
        first = stepper.history().migrations[0]
        ran = stepper.step(first, die_after=1)
        with stage.stepper() as another:
            return ran, another.current()

    ran, current = walk(look, engine="postgresql")
    assert ran.died
    assert len(ran.statements) == 1
    assert current == ()


@pytest.mark.parametrize(
    ("fault", "kind", "told"),
    [
        ("missing_parent", "missing_parent", "0009_not_here"),
        ("cycle", "cycle", "people.0003_more"),
        ("import_error", "import", "0003_more.py:1: ModuleNotFoundError"),
    ],
)
def test_a_broken_history_is_called_by_its_name(walk, fault, kind, told):
    with pytest.raises(HistoryBroken, match=told) as broken:
        walk(lambda one, _stage: one.history(), fault)
    assert broken.value.kind == kind


def test_two_heads_of_one_app_are_more_than_its_lines(walk):
    history = walk(lambda one, _stage: one.history(), "two_heads")
    assert len(history.heads) == 3
    assert history.lines == 2


def test_a_squashed_migration_stands_for_what_it_replaces(walk):
    def look(stepper, _stage):
        failures = [ran.failure for ran in climb(stepper)]
        names = [one.revision for one in stepper.history().migrations]
        there = stepper.current()
        undone = stepper.step(stepper.history().migrations[-1], DOWN)
        return names, [*failures, undone.failure], there

    names, failures, there = walk(look, "squashed")
    assert names == ["people.0001_squashed_0002_email", "shop.0001_initial"]
    assert not any(failures)
    assert sorted(there) == names


def test_an_operation_without_a_way_back_is_known_and_told(walk):
    def look(stepper, _stage):
        climb(stepper)
        last = next(
            one
            for one in stepper.history().migrations
            if one.revision == "people.0003_more"
        )
        return last.can_undo, stepper.step(last, DOWN).failure

    can_undo, failure = walk(look, "no_way_back")
    assert can_undo is False
    assert failure.kind == "not_implemented"


@pytest.mark.parametrize(
    ("fault", "kind"), [("bad_sql", "sql"), ("exits", "exit")]
)
def test_a_step_that_fails_says_how(walk, fault, kind):
    def look(stepper, _stage):
        rans = climb(stepper)
        return {
            ran.migration.revision: ran.failure for ran in rans if ran.failure
        }

    failures = walk(look, fault)
    assert [one.kind for one in failures.values()] == [kind]
    assert list(failures) == ["people.0003_more"]
    if kind == "sql":
        failure = failures["people.0003_more"]
        assert failure.statement == "INSERT INTO nobody VALUES (1)"
        assert failure.code == "SQLITE_ERROR"


def test_models_that_are_ahead_are_told_in_lines(walk):
    assert walk(lambda one, _stage: one.differences()) == ()
    differences = walk(lambda one, _stage: one.differences(), "models_ahead")
    assert differences == ("people: Add field phone to person",)


def test_without_settings_the_option_is_named(on_stage, specimen):
    def look(stage):
        with stage.stepper() as stepper:
            return stepper.history()

    with pytest.raises(HistoryBroken, match="tool option settings"):
        on_stage(look, specimen("django"), "django")
