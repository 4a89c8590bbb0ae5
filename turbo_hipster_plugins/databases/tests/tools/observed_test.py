"""What a stepped migration does is measured exactly, with each tool."""

import pytest

pytestmark = pytest.mark.functional
ENGINES = ["postgresql", "mariadb"]
OPTIONS = {"alembic": {}, "django": {"settings": "website_settings"}}
VERSIONS = {"alembic": "alembic_version", "django": "django_migrations"}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "tool, fault",
    [("alembic", None), ("alembic", "one_transaction"), ("django", None)],
)
def test_rows_that_each_step_changes_are_laid_to_it(
    on_stage, specimen, tool, fault, engine
):
    def look(stage):
        observer = stage.server.engine.observer(stage.server)
        seen = []
        try:
            with stage.stepper() as stepper:
                for one in stepper.history().migrations:
                    observer.begins()
                    ran = stepper.step(one)
                    assert ran.failure is None
                    seen.append(observer.ends())
        finally:
            observer.close()
        return seen

    seen = on_stage(
        look, specimen(tool, fault), tool, engine=engine, options=OPTIONS[tool]
    )

    assert len(seen) == 3
    for measured in seen:
        assert measured.rows_read is not None
        assert measured.rows_changed[VERSIONS[tool]] == 1
        assert measured.log_bytes > 0
