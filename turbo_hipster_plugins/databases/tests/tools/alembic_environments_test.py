"""Each kind of env.py is walked: its ways to connect, its models."""

import socket

import pytest

from turbo_hipster_databases.exceptions import HistoryBroken

pytestmark = pytest.mark.functional


def test_models_that_differ_are_told_in_lines(alembic):
    def look(stepper, _stage):
        alembic.climb(stepper)
        return stepper.differences()

    assert alembic(look) == ()
    assert sorted(alembic(look, "models_ahead")) == [
        "add column people.phone VARCHAR(20) not null",
        "add table pets",
        "modify nullable of people.name from False to True",
        "remove index ix_people_name on people (name)",
    ]


def test_without_models_there_is_nothing_to_compare(alembic):
    def look(stepper, _stage):
        alembic.climb(stepper)
        return stepper.differences()

    assert alembic(look, "one_transaction") is None


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        ("by_variable", {"url_variable": "APP_DATABASE"}),
        ("by_argument", {"x": "tenant=one url={url}"}),
    ],
)
def test_the_database_is_named_in_the_ways_that_projects_want(
    alembic, fault, options
):
    assert alembic(alembic.until_failure, fault, options=options) is None


def test_a_configuration_in_pyproject_toml_is_read(alembic):
    assert alembic(alembic.until_failure, "by_pyproject") is None


def test_an_asynchronous_environment_is_walked_too(alembic):
    def look(stepper, _stage):
        failures = [one.failure for one in alembic.climb(stepper)]
        return failures, stepper.current(), stepper.differences()

    failures, current, differences = alembic(
        look,
        "asynchronous",
        requirements=["alembic", "sqlalchemy[asyncio]", "aiosqlite"],
        options={"driver": "aiosqlite"},
    )
    assert not any(failures)
    assert current == ("c3",)
    assert differences == ()


def test_an_environment_that_connects_elsewhere_is_stopped(alembic):
    def look(stepper, stage):
        with pytest.raises(HistoryBroken, match=r"elsewhere\.sqlite") as told:
            alembic.climb(stepper)
        assert told.value.kind == "elsewhere"
        return stage.rows("SELECT name FROM sqlite_master")

    assert alembic(look, "elsewhere") == []


@pytest.mark.parametrize("network", [False, True])
def test_a_step_without_network_reaches_nobody(alembic, network):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        failed = alembic(
            alembic.until_failure,
            "calls_home",
            network=network,
            variables={"WHERE_TO_CALL": str(server.getsockname()[1])},
        )
        try:
            server.accept()[0].close()
            reached = True
        except BlockingIOError:
            reached = False
    assert reached is network
    assert (failed is None) is network


@pytest.mark.parametrize("python", ["3.6", "3.8", "3.13"])
def test_old_and_new_interpreters_are_stepped(alembic, python, pythons):
    pythons(python)
    found = alembic(
        alembic.until_failure, requirements=["alembic"], python=python
    )
    assert found is None
