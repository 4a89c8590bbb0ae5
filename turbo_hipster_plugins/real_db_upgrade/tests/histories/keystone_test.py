"""keystone 30.0.0 with data: the expand and contract steps of two releases."""

import pytest

import theatre.keystone
from theatre.histories import told
from turbo_hipster_real_db_upgrade.task import RealDbUpgrade

pytestmark = [
    pytest.mark.functional,
    pytest.mark.heavy,
    pytest.mark.histories,
    pytest.mark.timeout(900),
]

ENGINES = ("sqlite", "mariadb", "postgresql")
ROWS = {
    "revocation_event": 20_000,
    "endpoint_group": 100,
    "project_endpoint_group": 10_000,
}
NEW = ("742c857f1dfb", "e8725d6fa226")


@pytest.fixture(scope="module")
def keystone(make_history):
    return theatre.keystone.branches(make_history, ENGINES)


@pytest.mark.parametrize(
    ("engine", "found"),
    [
        # two indexes in a step, and MariaDB commits the first by itself
        ("mariadb", ["fail TH-R302 mariadb 742c857f1dfb"]),
        ("postgresql", []),
    ],
)
def test_keystone_is_judged_on_data(keystone, datasets, engine, found):
    folder, rows = datasets(
        keystone,
        engine,
        lambda one: one.revision not in NEW,
        {"config": "keystone.ini"},
        rows_of=ROWS,
    )

    outcome = keystone.judge(
        RealDbUpgrade,
        {"ZUUL_PROJECT": "cloud"},
        engines=engine,
        tool_options="config:keystone.ini",
        datasets_dir=str(folder),
    )

    assert rows >= 30_000
    assert outcome.sentences[-1] == f"2 migrations judged on cloud/{engine}"
    assert [one for one in told(outcome) if one.startswith("fail")] == found
