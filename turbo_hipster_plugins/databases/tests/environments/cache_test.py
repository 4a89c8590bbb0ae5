"""uv's cache does not grow without end, and is whole while it is used."""

import pytest

from turbo_hipster_databases.environments import cache
from turbo_hipster_databases.environments.shelf import Shelf
from turbo_hipster_databases.home import home

pytestmark = [
    pytest.mark.functional,
    pytest.mark.usefixtures("only_our_index"),
]


@pytest.fixture
def shelf(state_dir, ask, wheels):
    """The shelf of a state directory that has installed something."""
    wheels("one")
    ask("one")
    return Shelf(state_dir.with_name("databases") / "environments")


@pytest.fixture
def trim(in_build):
    """Trim the cache in a build."""

    def call(**how):
        def work(context):
            shelf = Shelf(home(context) / "environments")
            cache.trim(context, shelf, context.workspace, **how)

        in_build(work)

    return call


def held(shelf):
    """Return what the cache holds of the package."""
    return list(shelf.cache.rglob("one/__init__.py"))


def test_a_small_cache_keeps_what_is_of_use(shelf, trim):
    assert held(shelf)

    trim()

    assert held(shelf)


def test_a_large_cache_begins_anew(shelf, trim, ask):
    trim(most=1)

    assert not held(shelf)
    assert not ask("one").made, "the environment has lost nothing"
    assert ask("one", extra=["one"]).made, "it can be had again"


def test_a_cache_that_is_used_is_left_alone(shelf, trim):
    with cache.used(shelf):
        trim(most=1)

    assert held(shelf)
    trim(most=1)
    assert not held(shelf)


def test_who_makes_an_environment_trims(shelf, ask, monkeypatch):
    monkeypatch.setattr(
        cache.trim, "__defaults__", (1,)
    )  # any cache is too large

    assert ask("one", extra=["one"]).made

    assert not held(shelf)
