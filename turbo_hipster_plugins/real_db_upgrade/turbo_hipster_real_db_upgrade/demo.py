"""A shop with a million orders, and a change to it: real_db_upgrade at work.

``write_base(folder)`` lays the project out as it is released,
``write_change(folder)`` adds three migrations of which one loses orders, and
``write_dataset(folder)`` describes production's data.  ``SECTION`` is the
job.  Nothing here is imported by a build.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

SECTION = """\
[job:real-data]
plugin = real_db_upgrade
datasets_dir = {datasets}
tool = alembic
tool_options = config:alembic.ini
requirements = requirements.txt
ladder = stable/1
timeout = 900
"""

RELEASE = "stable/1"
"""The ref of the shop as it is released."""

SUBJECT = "Orders belong to customers"
"""The subject of the change."""

BAD = "0005"
"""The migration that is at fault: it drops the orders of those who left."""

ROWS = 1_000_000
STALL = 30.0
"""Seconds that the shop allows a client to wait."""

ENV = '''"""Runs the migrations on the database that DATABASE_URL names."""

import os

import sqlalchemy
from alembic import context

engine = sqlalchemy.create_engine(os.environ["DATABASE_URL"])


@sqlalchemy.event.listens_for(engine, "connect")
def leave_transactions_to_us(connection, _):
    connection.isolation_level = None


@sqlalchemy.event.listens_for(engine, "begin")
def begin(connection):
    connection.exec_driver_sql("BEGIN")


with engine.connect() as connection:
    context.configure(
        connection=connection,
        transactional_ddl=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
'''

REVISION = '''"""{title}."""

from alembic import op

revision = "{revision}"
down_revision = {parent}


def upgrade():
{up}


def downgrade():
{down}
'''

Steps = list[tuple[str, str, str, str]]
"""Revision, title, and the SQL up and down, a statement to each ``;``."""

ORDERS = """
CREATE TABLE {name} (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL{reference},
    product VARCHAR(40) NOT NULL,
    cents INTEGER NOT NULL,
    state VARCHAR(10) NOT NULL
);
"""

MOVED = """
{orders}
INSERT INTO moved SELECT o.* FROM orders o {which};
DROP TABLE orders;
ALTER TABLE moved RENAME TO orders;
"""

BASE: Steps = [
    (
        "0001",
        "Customers",
        "CREATE TABLE customers (id INTEGER PRIMARY KEY, email VARCHAR(80));",
        "DROP TABLE customers;",
    ),
    (
        "0002",
        "Orders",
        ORDERS.format(name="orders", reference=""),
        "DROP TABLE orders;",
    ),
    (
        "0003",
        "Customers are found by their address",
        "CREATE INDEX customers_by ON customers (email);",
        "DROP INDEX customers_by;",
    ),
]

CHANGE: Steps = [
    (
        "0004",
        "Customers have a language",
        "ALTER TABLE customers ADD COLUMN language VARCHAR(5);",
        "ALTER TABLE customers DROP COLUMN language;",
    ),
    (
        BAD,
        "Orders belong to customers",
        MOVED.format(
            orders=ORDERS.format(
                name="moved", reference=" REFERENCES customers (id)"
            ),
            which="JOIN customers c ON c.id = o.customer_id",
        ),
        MOVED.format(
            orders=ORDERS.format(name="moved", reference=""), which=""
        ),
    ),
    (
        "0006",
        "Customers are found by their language",
        "CREATE INDEX customers_in ON customers (language);",
        "DROP INDEX customers_in;",
    ),
]

DATASET = """\
project: shop
engine: sqlite
seed: seed.sql
taken_at: 2026-11-01
revision: "0002"
limits:
  write_stall: {stall}
  read_stall: {stall}
"""

SEED = """\
CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY);
INSERT INTO alembic_version VALUES ('0002');
CREATE TABLE customers (id INTEGER PRIMARY KEY, email VARCHAR(80));
{orders}
INSERT INTO customers
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {fifth})
SELECT i, 'customer' || i || '@example.org' FROM n WHERE i % 50 > 0;
INSERT INTO orders
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {rows})
SELECT i, 1 + i * 31 % {fifth}, 'product ' || i % 400, 100 + i % 9900,
    CASE i % 9 WHEN 0 THEN 'open' ELSE 'paid' END FROM n;
"""
"""Every fiftieth customer has left; the orders are still there."""


def write_base(folder: Path) -> None:
    """Write the project as it is before the change; ``folder`` may exist."""
    _write(folder, "requirements.txt", "alembic>=1.13\nSQLAlchemy>=2\n")
    _write(folder, "alembic.ini", "[alembic]\nscript_location = migrations\n")
    _write(folder, ".gitignore", "__pycache__/\n")
    _write(folder, "migrations/env.py", ENV)
    _write_steps(folder, BASE, "")


def write_change(folder: Path) -> None:
    """Write what the change does to it."""
    _write_steps(folder, CHANGE, BASE[-1][0])


def write_dataset(
    folder: Path, rows: int = ROWS, stall: float = STALL
) -> None:
    """Describe production's data, as they were before the last release."""
    orders = ORDERS.format(name="orders", reference="")
    seed = SEED.format(orders=orders, rows=rows, fifth=rows // 5)
    _write(folder, "seed.sql", seed)
    _write(folder, "dataset.yaml", DATASET.format(stall=stall))


def _write_steps(folder: Path, steps: Steps, parent: str) -> None:
    for revision, title, up, down in steps:
        text = REVISION.format(
            title=title,
            revision=revision,
            parent=f'"{parent}"' if parent else "None",
            up=_body(up),
            down=_body(down),
        )
        name = f"{revision}_{title.lower().replace(' ', '_')}.py"
        _write(folder, f"migrations/versions/{name}", text)
        parent = revision


def _body(sql: str) -> str:
    statements = [textwrap.dedent(one).strip() for one in sql.split(";")]
    calls = "\n".join(
        f'op.execute("""\n{textwrap.indent(one, "    ")}\n""")'
        for one in statements
        if one
    )
    return textwrap.indent(calls, "    ")


def _write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
