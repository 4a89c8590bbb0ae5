"""TH-M101 to M104 on SQLite: from empty to head."""

import pytest

pytestmark = pytest.mark.functional

SOUND = (
    'op.add_column("people", sa.Column("age", sa.Integer()))',
    'op.drop_column("people", "age")',
)


def test_a_sound_step_has_no_finding(change, step, ids):
    outcome = change.judge(
        step(
            "two",
            "one",
            'op.execute("CREATE TABLE IF NOT EXISTS pets '
            '(id INTEGER PRIMARY KEY)")',
            'op.execute("DROP TABLE pets")',
        )
    )

    assert ids(outcome) == []
    assert outcome.verdict.value == "SUCCESS"
    assert [row["revision"] for row in outcome.tables["migrations"].rows] == [
        "two",
        "two",
    ]
