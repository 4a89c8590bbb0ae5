"""A small project to see db_migration at work: a shop, and a change to it.

``write_base(folder)`` lays out the shop with five sound migrations, and
``write_change(folder)`` adds a sixth whose downgrade forgets a table.
``SECTION`` is the job.  Nothing here is imported by a build.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

SECTION = """\
[job:migrations]
plugin = db_migration
engines = sqlite, postgresql, mariadb
tool = alembic
tool_options = config:alembic.ini
requirements = requirements.txt
timeout = 600
"""

SUBJECT = "Let customers redeem coupons"
"""The subject of the change."""

FOUND = ("TH-M202", "TH-M203", "TH-M301")
"""What is found in it on SQLite."""

ENV = '''"""Runs the migrations on the database that DATABASE_URL names."""

import os

import sqlalchemy
from alembic import context

from models import metadata

engine = sqlalchemy.create_engine(os.environ["DATABASE_URL"])
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
'''

MODELS = '''"""The tables of the shop, as the application sees them."""

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

metadata = MetaData()

customers = Table(
    "customers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", String(200), nullable=False, unique=True),
    Column("name", String(100)),
)
products = Table(
    "products",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("title", String(100), nullable=False),
    Column("price", Integer, nullable=False),
)
orders = Table(
    "orders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("product_id", ForeignKey("products.id"), nullable=False),
    Column("state", String(20), nullable=False, index=True),
)
'''

MODELS_OF_CHANGE = """coupons = Table(
    "coupons",
    metadata,
    Column("code", String(20), primary_key=True),
    Column("percent", Integer, nullable=False),
)
orders.append_column(Column("coupon", String(20), index=True))
"""

REVISION = '''"""{title}."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {parent}


def upgrade():
{up}


def downgrade():
{down}
'''

Steps = list[tuple[str, str, str, str]]

BASE: Steps = [
    (
        "0001",
        "Customers",
        """
        op.create_table(
            "customers",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("email", sa.String(200), nullable=False, unique=True),
        )
        """,
        'op.drop_table("customers")',
    ),
    (
        "0002",
        "Products",
        """
        op.create_table(
            "products",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("title", sa.String(100), nullable=False),
            sa.Column("price", sa.Integer, nullable=False),
        )
        """,
        'op.drop_table("products")',
    ),
    (
        "0003",
        "Orders",
        """
        op.create_table(
            "orders",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("customer_id", sa.Integer,
                      sa.ForeignKey("customers.id"), nullable=False),
            sa.Column("product_id", sa.Integer,
                      sa.ForeignKey("products.id"), nullable=False),
            sa.Column("state", sa.String(20), nullable=False),
        )
        """,
        'op.drop_table("orders")',
    ),
    (
        "0004",
        "Customers have names",
        'op.add_column("customers", sa.Column("name", sa.String(100)))',
        'op.drop_column("customers", "name")',
    ),
    (
        "0005",
        "Orders are looked up by their state",
        'op.create_index("ix_orders_state", "orders", ["state"])',
        'op.drop_index("ix_orders_state", "orders")',
    ),
]

CHANGE: Steps = [
    (
        "0006",
        "Coupons",
        """
        op.create_table(
            "coupons",
            sa.Column("code", sa.String(20), primary_key=True),
            sa.Column("percent", sa.Integer, nullable=False),
        )
        op.add_column("orders", sa.Column("coupon", sa.String(20)))
        op.create_index("ix_orders_coupon", "orders", ["coupon"])
        """,
        """
        op.drop_index("ix_orders_coupon", "orders")
        op.drop_column("orders", "coupon")
        """,
    )
]


def write_base(folder: Path) -> None:
    """Write the project as it is before the change; ``folder`` may exist."""
    _write(folder, "requirements.txt", "alembic>=1.13\nSQLAlchemy>=2\n")
    _write(folder, "alembic.ini", "[alembic]\nscript_location = migrations\n")
    _write(folder, ".gitignore", "__pycache__/\n")
    _write(folder, "migrations/env.py", ENV)
    _write(folder, "models.py", MODELS)
    _write_steps(folder, BASE, "")


def write_change(folder: Path) -> None:
    """Write what the change does to it."""
    _write(folder, "models.py", f"{MODELS}{MODELS_OF_CHANGE}")
    _write_steps(folder, CHANGE, BASE[-1][0])


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


def _body(text: str) -> str:
    return textwrap.indent(textwrap.dedent(text).strip("\n"), "    ")


def _write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
