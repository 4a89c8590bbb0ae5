"""What processes of the project are given."""

import os
from types import SimpleNamespace

import pytest

from turbo_hipster_databases.stepping import surroundings


@pytest.fixture
def server():
    """A server that tells the scheme it is asked for."""
    drivers = {"first": "db+first", "second": "db+second", "third": "db"}
    return SimpleNamespace(
        engine=SimpleNamespace(drivers=drivers),
        url=lambda scheme="db": f"{scheme}://turbo@/turbo?host=/socket",
    )


@pytest.mark.parametrize(
    ("drivers", "options", "scheme"),
    [
        ({"third", "second"}, {}, "db+second"),
        ({"third", "second"}, {"driver": "third"}, "db"),
        ({"third", "second"}, {"driver": "unheard of"}, "db+second"),
        (set(), {}, "db"),
    ],
)
def test_the_url_is_for_the_best_driver_that_is_there(
    project, server, drivers, options, scheme
):
    made = project(drivers=frozenset(drivers), options=options)
    address = surroundings.url(made, server)
    assert address == f"{scheme}://turbo@/turbo?host=/socket"


def test_what_steers_our_interpreter_is_not_passed_on(project, monkeypatch):
    monkeypatch.setenv("PYTHONSTARTUP", "/ours")
    monkeypatch.setenv("PIP_INDEX_URL", "https://user:secret@example.org/")
    told = surroundings.variables(project(), "db://")
    assert "PYTHONSTARTUP" not in told
    assert "PIP_INDEX_URL" not in told


def test_the_environment_of_the_project_comes_first(project, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/ours")
    monkeypatch.setenv("VIRTUAL_ENV", "/ours")
    made = project(
        python="/somewhere/bin/python",
        options={"url_variable": "APP_DATABASE"},
        variables={"OTHER": "1"},
    )
    told = surroundings.variables(made, "db://")
    assert told["PATH"] == f"/somewhere/bin:{os.environ['PATH']}"
    assert told["VIRTUAL_ENV"] == "/somewhere"
    assert told["PYTHONPATH"] == str(made.checkout)
    assert told["DATABASE_URL"] == told["APP_DATABASE"] == "db://"
    assert told["OTHER"] == "1"
    assert told["HOME"] == os.environ["HOME"]


def test_sources_are_found_where_projects_keep_them(project):
    made = project()
    (made.checkout / "src").mkdir()
    path = surroundings.variables(made, "")["PYTHONPATH"]
    assert path == f"{made.checkout}:{made.checkout}/src"
    named = project(options={"pythonpath": "lib:app"})
    path = surroundings.variables(named, "")["PYTHONPATH"]
    assert path == f"{made.checkout}/lib:{made.checkout}/app"
