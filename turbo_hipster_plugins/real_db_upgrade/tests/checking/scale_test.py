"""How each step's time grows with the rows, on real data."""

import re
import sqlite3
from types import SimpleNamespace

import pytest

from turbo_hipster import model
from turbo_hipster_real_db_upgrade import growth
from turbo_hipster_real_db_upgrade.checking.budget import Budget
from turbo_hipster_real_db_upgrade.checking.scale import checked, times

pytestmark = [pytest.mark.functional, pytest.mark.timeout(600)]

STEEP = {law.name for law in growth.LAWS if law.order >= growth.STEEP}
SOUND = {law.name for law in growth.LAWS} - STEEP
ORDERS = 6000
SIZES = "10, 30, 100"
COUNTED = """
rows = op.get_bind().exec_driver_sql("SELECT COUNT(*) FROM orders").scalar()
time.sleep({seconds} * (rows / 6000) ** {order})
"""
QUADRATIC = """
op.execute("UPDATE orders SET state = (SELECT COUNT(*) FROM orders o"
           " WHERE o.id < orders.id AND o.state LIKE '%i%')")
"""


def orders(number=ORDERS):
    """The dump of a shop with so many orders."""
    rows = ", ".join(f"({n}, 'paid')" for n in range(1, number + 1))
    return (
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, state VARCHAR(20));\n"
        "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY);\n"
        "INSERT INTO alembic_version VALUES ('one');\n"
        f"INSERT INTO orders VALUES {rows};\n"
    )


@pytest.fixture
def scaled(shop, only, monkeypatch):
    """Judge steps, by name and code, by their growth alone."""
    only("scale")

    def judge(
        engine="sqlite", more="", runs=1, codes=(), rows=ORDERS, **options
    ):
        monkeypatch.setattr(times, "RUNS", runs)
        # a busy machine blocks for longer
        production = (
            "production_rows: {orders: 600000}\n"
            "limits: {write_stall: 600, read_stall: 600}\n"
        )
        shop.dataset(engine=engine, more=more or production, text=orders(rows))
        parent = "two"
        for name, code in dict(codes).items():
            shop.step(name, parent, code)
            parent = name
        return shop.judge(**{"scale": SIZES, **options})

    return judge


def marks(outcome):
    rows = outcome.tables["migrations"].rows
    return {row["revision"]: row["scale"] for row in rows}


def test_a_step_that_grows_faster_than_its_rows_is_foretold(scaled):
    # given a step whose time grows as the square of the orders, one that
    # looks at each order once, one that looks at none, and a short one
    outcome = scaled(
        runs=2,
        codes={
            "steep": COUNTED.format(seconds=1.5, order=2),
            "once": COUNTED.format(seconds=0.6, order=1),
            "new": 'op.execute("CREATE TABLE lists (id INTEGER)")',
            "short": 'op.execute("CREATE INDEX i ON orders (id)")',
        },
    )

    # then the first is told how long it would take in production
    assert outcome.verdict is model.Verdict.FAILURE, outcome.tables["scale"]
    [finding] = outcome.findings
    assert finding.id == "TH-R401"
    assert finding.where == {
        "dataset": "user_001",
        "engine": "sqlite",
        "revision": "steep",
        "file": "migrations/versions/steep.py",
        "table": "orders",
    }
    assert re.fullmatch(
        r"user_001/sqlite: two->steep grows as n\^\S+: [\d.]+ m?s at 6,000 "
        r"rows of orders, .+ \(.+-.+\) at the 600 k of production",
        finding.message,
    )
    assert finding.limit_source == "default" and finding.limit == 60
    assert finding.measured > 60

    # and the table and the pictures tell how each of them grows
    marked = marks(outcome)
    assert marked["steep"] in STEEP
    assert marked["once"] in SOUND
    assert marked["new"] == "no rows"
    steep, once, _ = outcome.tables["scale"].rows
    assert (steep["rows"], steep["production rows"]) == (ORDERS, 600_000)
    assert steep["10 % s"] < steep["30 % s"] < steep["100 % s"]
    assert steep["least s"] <= steep["foretold s"] <= steep["most s"]
    assert once["law"] == marked["once"]
    charts = [one for one in outcome.charts if one.name.startswith("scale-")]
    assert [chart.name for chart in charts] == [
        "scale-user_001/sqlite-steep",
        "scale-user_001/sqlite-once",
    ]
    law, timed = charts[0].series
    drawn = [point for point in timed.points if point[1] is not None]
    assert len(drawn) == 3 and drawn[-1][0] == ORDERS
    assert law.name == marked["steep"]

    # and of the short one it is said that nothing can be told
    assert marked["short"] == "not checked"
    [gap] = outcome.not_checked
    assert gap.what == "user_001/sqlite: new->short, scale"
    assert "too short to tell how it grows" in gap.why


def test_what_does_not_matter_in_production_is_silent(scaled):
    # given hardly more orders in production, and a step that is steep and
    # quick, one that sorts, and one so short that no law makes it long
    outcome = scaled(
        more="production_rows: {orders: 7000}\n",
        codes={
            "steep": COUNTED.format(seconds=0.6, order=2),
            "sorts": COUNTED.format(seconds=0.6, order=1.1),
            "short": 'op.execute("CREATE INDEX i ON orders (id)")',
        },
    )
    assert outcome.findings == ()
    assert outcome.not_checked == ()
    marked = marks(outcome)
    assert marked["steep"] in STEEP
    assert marked["sorts"] in SOUND
    assert marked["short"] == "short"


def test_without_productions_rows_the_datasets_own_count(scaled):
    # given a low limit, and beside it a step that needs all rows
    outcome = scaled(
        more="limits: {seconds: {default: 60, 'two->steep': 0.4}}\n",
        codes={
            "steep": COUNTED.format(seconds=0.6, order=2),
            "picky": COUNTED.format(seconds=0, order=1)
            + "assert rows > 5000, 'secret'",
        },
    )
    message = {one.id: one.message for one in outcome.findings}["TH-R401"]
    assert "rows of orders; the dataset does not say how many" in message

    # then what cannot be timed is said, without a value of the data
    [gap] = outcome.not_checked
    assert gap.what == "user_001/sqlite: steep->picky, scale"
    assert "it fails on 10 % of the rows (python)" in gap.why
    assert "secret" not in gap.why


def test_what_the_budget_has_no_room_for_is_said_to_be_not_checked(scaled):
    outcome = scaled(
        codes={"slow": COUNTED.format(seconds=6, order=1)},
        budget_seconds="5",
    )
    assert outcome.findings == ()
    [gap] = outcome.not_checked
    assert gap.what == "user_001/sqlite: two->slow, scale"
    assert "budget" in gap.why


def test_without_sizes_growth_is_not_looked_at():
    # given a subject that has nothing but a step and no sizes
    said = []
    subject = SimpleNamespace(
        ground=SimpleNamespace(settings=SimpleNamespace(scale=[])),
        rehearsed=["step"],
        mark=lambda step, word: said.append((step, word)),
    )
    checked.check(subject)
    assert said == [("step", "off")]


def test_data_that_cannot_be_thinned_are_named_without_a_value(monkeypatch):
    # given an engine that refuses to thin
    def refuse(*_):
        raise sqlite3.OperationalError("secret")

    monkeypatch.setattr(times, "thinned", refuse)
    subject = SimpleNamespace(
        budget=Budget(600), climbed=SimpleNamespace(new=()), ground=None
    )
    step = SimpleNamespace(before=None)
    with pytest.raises(times.NotTimed) as refused:
        times.times(subject, step, (1.0, 10.0))
    assert str(refused.value) == (
        "the data cannot be thinned to 1 % (OperationalError)"
    )


def test_the_next_build_finds_the_thinned_data(scaled, shop):
    # given a build, and what it made of each size
    scaled(codes={"once": COUNTED.format(seconds=0.1, order=1)})
    notes = shop.state_dir.with_name("databases") / "layers"

    def made():
        return {
            note.name: note.stat().st_mtime_ns
            for note in notes.iterdir()
            if " % of " in note.read_text()
        }

    before = made()
    assert len(before) >= 2

    # when the same change is judged again, then nothing is thinned anew
    shop.judge(scale=SIZES)
    assert made() == before


@pytest.mark.heavy
def test_a_search_for_each_row_is_told_by_its_real_time(scaled):
    # so many rows that a busy machine makes no small size slow
    outcome = scaled(runs=3, rows=12_000, codes={"steep": QUADRATIC})
    [row] = outcome.tables["scale"].rows
    assert [one.id for one in outcome.findings] == ["TH-R401"], row
    assert marks(outcome)["steep"] in STEEP


@pytest.mark.heavy
@pytest.mark.parametrize("engine", ["mariadb", "postgresql"])
def test_servers_tell_the_steep_from_the_sound(scaled, engine):
    # given a step that grows as the square of the orders, and an update
    outcome = scaled(
        engine=engine,
        codes={
            "steep": COUNTED.format(seconds=0.8, order=2),
            "once": COUNTED.format(seconds=0.6, order=1)
            + "op.execute(\"UPDATE orders SET state = 'x'\")",
        },
    )
    [finding] = outcome.findings
    assert finding.id == "TH-R401"
    assert finding.where["revision"] == "steep"
    assert marks(outcome)["steep"] in STEEP
