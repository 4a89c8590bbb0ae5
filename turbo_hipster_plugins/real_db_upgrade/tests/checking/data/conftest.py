"""A change whose steps each do one thing to the data."""

import re
from types import SimpleNamespace

import pytest

SEED = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(60));
CREATE TABLE orders (id INTEGER PRIMARY KEY, owner INTEGER,
  state VARCHAR(20), note VARCHAR(40));
CREATE TABLE items (id INTEGER PRIMARY KEY, orders_id INTEGER NOT NULL
  REFERENCES orders (id) ON DELETE CASCADE, amount INTEGER);
CREATE TABLE loose (word VARCHAR(20), number INTEGER);
CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY);
INSERT INTO alembic_version VALUES ('two');
"""
ROWS = {
    "users": "({n}, 'user{n}@example.org')",
    "orders": "({n}, {n} % 50, 'paid', 'note {n}')",
    "items": "({n}, {n}, {n} * 3)",
    "loose": "('word {n}', {n} % 7)",
}
COUNTS = {"users": 60, "orders": 200, "items": 200, "loose": 100}


def seed():
    """The dump; of users the last ten have the email of the first."""
    text = SEED
    for table, row in ROWS.items():
        rows = [row.format(n=n) for n in range(1, COUNTS[table] + 1)]
        if table == "users":
            rows[50:] = [f"({n}, 'user1@example.org')" for n in range(51, 61)]
        text += f"INSERT INTO {table} VALUES {', '.join(rows)};\n"
    return text


SECRET = re.compile(r"@example|note \d|word \d|'paid'", re.IGNORECASE)


@pytest.fixture
def change(shop, only):
    """Judge a change of several steps; what is found, by revision.

    ``steps`` maps each step's name to its code.
    """
    only("data")

    def change(steps, engine="sqlite", more="", text=None, **options):
        dataset = more + "limits: {seconds: 60, write_stall: 60,"
        dataset += " read_stall: 60}\n"
        shop.dataset("shop", engine, dataset, text or seed())
        parent = "two"
        for name, code in steps.items():
            shop.step(name, parent, code)
            parent = name
        outcome = shop.judge(**options)
        found = {name: [] for name in steps}
        for one in outcome.findings:
            # whatever is said, no value of the data is in it
            assert not SECRET.search(f"{one.message} {one.detail}"), one
            found.setdefault(one.where.get("revision"), []).append(
                SimpleNamespace(
                    id=one.id,
                    severity=one.severity.value,
                    says=one.message.partition(
                        f"->{one.where.get('revision')} "
                    )[2],
                    table=one.where.get("table", ""),
                    measured=one.measured,
                    detail=one.detail,
                    limit=one.limit,
                )
            )
        return SimpleNamespace(
            found=found,
            outcome=outcome,
            rows=list(outcome.tables["data"].rows)
            if "data" in outcome.tables
            else [],
            marks={
                row["revision"]: row["data"]
                for row in outcome.tables["migrations"].rows
            },
        )

    return change


@pytest.fixture
def sql():
    """Write the code of a step that executes statements."""

    def sql(*statements):
        return "\n".join(f"op.execute({one!r})" for one in statements)

    return sql
