"""Whose word counts, and what a finding calls it."""

from pathlib import Path

import pytest

from turbo_hipster_databases.history.limits import Learned
from turbo_hipster_databases.history.words import Quantity
from turbo_hipster_databases.model import Release
from turbo_hipster_real_db_upgrade.datasets.description import (
    Dataset,
    DatasetRefused,
    Limits,
)
from turbo_hipster_real_db_upgrade.judging import limits_file
from turbo_hipster_real_db_upgrade.judging.limits import Allowed, Limit
from turbo_hipster_real_db_upgrade.words import Case

SECONDS, ROWS = Quantity.SECONDS, Quantity.ROWS_READ
FILE = """
limits:
  seconds: {default: 20, "a->b": 21, "c->d": 22}
  rows_read: 500
datasets:
  user_001:
    seconds: {"c->d": 23}
    write_stall: 3
  user_001/sqlite:
    seconds: {"a->b": 24}
  user_002:
    seconds: 99
  user_003:
"""


@pytest.fixture
def write(tmp_path):
    """Write a file of limits and return its path."""

    def put(text):
        path = tmp_path / "limits.yaml"
        path.write_text(text)
        return path

    return put


def allowed(said=None, filed=None, learned=None, engine="sqlite"):
    dataset = Dataset(
        "user_001", "shop", {}, Path("dataset.yaml"), limits=said or {}
    )
    case = Case(dataset, engine, Release(engine, "1", Path("/")))
    known = learned and Learned(learned, learned, 1.0, 37)
    return Allowed(case, lambda step, quantity: known, filed)


@pytest.mark.parametrize(
    "sources, limit",
    [
        ("dataset's step, file's step, history", (11, "dataset user_001")),
        ("file's step, history, file's default", (24, "limits.yaml")),
        ("history, file's default, dataset's", (30, "history n=37")),
        ("file's default, dataset's", (20, "limits.yaml")),
        ("dataset's", (10, "dataset user_001")),
        ("", (60, "default")),
    ],
)
def test_the_closest_word_counts(write, sources, limit):
    # given the sources that say something, from the closest to the widest
    text = "limits: {}"
    if "file's default" in sources:
        text = "limits: {seconds: 20}"
    if "file's step" in sources:
        text = FILE
    said = {}
    if "dataset's" in sources:
        said = {SECONDS: Limits(10)}
    if "dataset's step" in sources:
        said = {SECONDS: Limits(10, {"a->b": 11})}
    filed = limits_file.read(write(text))
    learned = 30 if "history" in sources else None

    # then the first of them gives the limit
    found = allowed(said, filed, learned).limit("a->b", SECONDS)
    assert found == Limit(*limit)


def test_without_a_file_the_dataset_and_history_say():
    said = {SECONDS: Limits(10)}
    assert allowed(said).limit("a->b", SECONDS).value == 10
    assert allowed(said, learned=5.0).limit("a->b", SECONDS).value == 5
    assert allowed().limit("a->b", ROWS) is None


def test_what_people_settled_is_told_without_history(write):
    filed = limits_file.read(write(FILE))
    found = allowed({}, filed, learned=1.0)
    assert found.settled("x->y", SECONDS) == Limit(20, "limits.yaml")
    assert found.settled("a->b", SECONDS) == Limit(24, "limits.yaml")


@pytest.mark.parametrize(
    "dataset, engine, seconds",
    [
        ("user_001", "sqlite", {"a->b": 24, "c->d": 23}),
        ("user_001", "mariadb", {"a->b": 21, "c->d": 23}),
        ("user_003", "sqlite", {"a->b": 21, "c->d": 22}),
    ],
)
def test_a_closer_name_goes_before_a_wider_one(
    write, dataset, engine, seconds
):
    found = limits_file.read(write(FILE)).of(dataset, engine)
    assert found[SECONDS] == Limits(20, seconds)
    assert found[ROWS] == Limits(500)


def test_an_empty_file_says_nothing(write):
    found = limits_file.read(write("# nothing yet\n"))
    assert found.of("user_001", "sqlite")[SECONDS] == Limits()


@pytest.mark.parametrize(
    "text, said",
    [
        ("limits: {seconds: soon}", "limits.seconds.default is 'soon'"),
        ("limits: {secnds: 1}", "did you mean seconds?"),
        ("limit: {}", "no key 'limit' is known; did you mean limits?"),
        ("datasets: {user_001: {size: -1}}", "user_001.size.default is -1"),
        ("datasets: [user_001]", "datasets is no mapping"),
        ("limits: {", "is no YAML"),
        ("- 1", "is no mapping"),
        ("limits: {seconds: {'a->b': .nan}}", "a->b is nan"),
    ],
)
def test_a_wrong_file_is_refused_with_file_and_key(write, text, said):
    path = write(text)
    with pytest.raises(DatasetRefused) as refused:
        limits_file.read(path)
    assert str(path) in str(refused.value) and said in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DatasetRefused, match=r"none\.yaml cannot be read"):
        limits_file.read(tmp_path / "none.yaml")
