import json

import pytest

from turbo_hipster_databases.history.words import Quantity
from turbo_hipster_real_db_upgrade.datasets import of_2014
from turbo_hipster_real_db_upgrade.datasets.description import (
    DatasetRefused,
    Limits,
)

OLD = {
    "_note": "taken from a public cloud",
    "project": "openstack/nova",
    "type": "mysql",
    "db_user": "nova",
    "db_pass": "tester",
    "database": "nova",
    "seed_data": "seed.sql",
    "logging_conf": "logging.conf",
    "maximum_migration_times": {
        "_why": "152 rewrites instances",
        "default": 60,
        "151->152": 333.0,
    },
    "XInnodb_rows_changed": {"default": 100000, "151->152": 2000000},
    "Innodb_rows_read": {"151->152": 5000000},
}


@pytest.fixture
def read(describe):
    def read(text):
        if not isinstance(text, str):
            text = json.dumps(text)
        return of_2014.read(describe(text, file="config.json"))

    return read


def test_an_old_dataset_is_read_as_it_is(read):
    dataset = read(OLD)
    assert dataset.name == "user_001"
    assert dataset.project == "openstack/nova"
    assert list(dataset.seeds) == ["mariadb"]
    assert dataset.limits == {
        Quantity.SECONDS: Limits(60, {"151->152": 333.0}),
        Quantity.ROWS_CHANGED: Limits(100_000, {"151->152": 2_000_000}),
        Quantity.ROWS_READ: Limits(100_000, {"151->152": 5_000_000}),
    }


def test_limits_that_are_not_named_are_those_of_2014(read):
    dataset = read({key: OLD[key] for key in ("project", "type", "seed_data")})
    assert dataset.limits == {
        Quantity.SECONDS: Limits(60),
        Quantity.ROWS_CHANGED: Limits(100_000),
        Quantity.ROWS_READ: Limits(100_000),
    }


def test_a_password_is_not_kept(read):
    assert "tester" not in repr(read(OLD))


@pytest.mark.parametrize(
    "text, said",
    [
        ("{", "is no JSON"),
        ("[]", "is no mapping"),
        ("[" * 100_000, "is no JSON"),
        ({**OLD, "type": "oracle"}, "type is 'oracle'"),
        ({**OLD, "seed_data": "gone.sql"}, "there is no file"),
        ({**OLD, "seed_data": "../x"}, "must be a file in"),
        ({**OLD, "maximum_migration_time": {}}, "did you mean maximum_mig"),
        ({**OLD, "Innodb_rows_read": {"default": "all"}}, "no number"),
        ({**OLD, "Innodb_rows_read": 7}, "is no mapping"),
        ('{"project": "p", "type": "mysql"}', "seed_data is missing"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_key(read, text, said):
    with pytest.raises(DatasetRefused) as refused:
        read(text)
    assert "config.json" in str(refused.value)
    assert said in str(refused.value)
