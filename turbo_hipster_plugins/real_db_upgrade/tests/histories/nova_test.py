"""nova 22.4.0 from version 216 with a million rows, up its ladder to 412."""

import pytest

from theatre.histories import told
from theatre.nova import ENGINES, OPTIONS, TOLD, laid_out, versions
from turbo_hipster_real_db_upgrade.task import RealDbUpgrade

pytestmark = [
    pytest.mark.functional,
    pytest.mark.heavy,
    pytest.mark.histories,
    pytest.mark.timeout(900),
]

ROWS = {"instances": 100_000, "instance_system_metadata": 900_000}


@pytest.fixture(scope="module")
def nova(make_history):
    return laid_out(
        make_history,
        versions(402, 412),
        rungs=[versions(391, 396), versions(397, 401)],
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_nova_climbs_with_a_million_rows_and_is_judged(nova, datasets, engine):
    folder, rows = datasets(
        nova, engine, lambda one: one.revision == "216", OPTIONS, rows_of=ROWS
    )

    outcome = nova.judge(
        RealDbUpgrade,
        {"ZUUL_PROJECT": "cloud"},
        engines=engine,
        tool_options=TOLD,
        datasets_dir=str(folder),
        ladder="stable/1, stable/2",
        budget_seconds="15",
    )

    print(outcome.tables["migrations"].rows, outcome.not_checked)
    assert rows >= 1_000_000
    assert outcome.sentences == (f"11 migrations judged on cloud/{engine}",)
    assert [one for one in told(outcome) if one.startswith("fail")] == []
