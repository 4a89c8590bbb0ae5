"""TH-R203: the dataset's own questions are asked around each step."""

import pytest

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

INVARIANTS = """invariants:
- query: SELECT COUNT(*) FROM orders WHERE state = 'paid'
- query: SELECT COUNT(*) FROM loose
  is: 100
- query: SELECT note FROM orders WHERE id < 4 ORDER BY id DESC
- query: SELECT email FROM users WHERE id = 1
  is: user1@example.org
- query: SELECT absent FROM orders
- query: SELECT COUNT(*) FROM users
  is: 5
"""


def test_what_has_to_stay_is_told_when_it_does_not(change, sql):
    # given invariants, and steps that break them one by one
    got = change(
        {
            "sound": sql("UPDATE items SET amount = 0",
                         "CREATE INDEX of_state ON orders (state)"),
            "count": sql("UPDATE orders SET state = 'x' WHERE id > 150"),
            "fixed": sql("DELETE FROM loose WHERE number = 1"),
            "rows": sql("UPDATE orders SET note = 'x' WHERE id = 2"),
            "gone": sql("ALTER TABLE orders DROP COLUMN note"),
        },
        more=INVARIANTS,
    )  # fmt: skip

    # then each is told by number and query, and only counts are shown
    told = {
        name: [one.says for one in its if one.id == "TH-R203"]
        for name, its in got.found.items()
    }
    assert told == {
        "sound": [],
        "count": [
            "breaks invariant 1 (select count(*) from orders where state ="
            " ?): 200 became 150"
        ],
        "fixed": [
            "breaks invariant 2 (select count(*) from loose): it is 85, and"
            " has to be 100"
        ],
        "rows": [
            "breaks invariant 3 (select note from orders where id < ? order"
            " by id desc): its answer is another"
        ],
        "gone": [
            "makes invariant 3 (select note from orders where id < ? order"
            " by id desc) fail: no such column: note"
        ],
    }
    [fixed] = [one for one in got.found["fixed"] if one.id == "TH-R203"]
    assert fixed.limit == 100

    # and what says absent of the step is said not to be checked
    gaps = {(one.what, one.why) for one in got.outcome.not_checked}
    assert {why for what, why in gaps if "two->sound" in what} == {
        "it fails before: no such column: absent",
        "it does not hold before, either",
    }
    assert any("sound->count" in what and "invariant 6" in what
               for what, _ in gaps)  # fmt: skip


def test_an_invariant_that_writes_changes_absent(change, sql):
    got = change(
        {"calm": sql("SELECT 1")},
        more="invariants:\n- query: DELETE FROM orders\n",
    )
    assert got.found == {"calm": []}
    assert [row["rows after"] for row in got.rows] == [560]
    [gap] = got.outcome.not_checked
    assert "readonly" in gap.why


@pytest.mark.parametrize("engine", ["mariadb", "postgresql"])
def test_servers_are_asked_too(change, sql, engine):
    got = change(
        {"fewer": sql("DELETE FROM orders WHERE id > 199")},
        engine,
        more="invariants:\n- query: SELECT COUNT(*) FROM items\n"
        "- query: SELECT absent FROM items\n",
        probe="off",
    )
    [one] = [one for one in got.found["fewer"] if one.id == "TH-R203"]
    assert one.says.endswith("(select count(*) from items): 200 became 199")
    [gap] = got.outcome.not_checked
    assert "absent" in gap.why and "invariant 2" in gap.what
