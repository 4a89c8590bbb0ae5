"""A generated Alembic history, sound and with models that agree with it."""

from __future__ import annotations

from pathlib import Path

ENV = '''"""Runs on the engine that a test brings, else on DATABASE_URL."""

import os

import sqlalchemy
from alembic import context

from models import metadata


def run(connection):
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()


engine = context.config.attributes.get("connection")
if engine is None:
    engine = sqlalchemy.create_engine(os.environ["DATABASE_URL"])
if isinstance(engine, sqlalchemy.Engine):
    with engine.connect() as connection:
        run(connection)
else:
    run(engine)
'''

MODELS = '''"""The tables at the end of the history."""

from sqlalchemy import (
    Column, ForeignKey, Index, Integer, MetaData, String, Table
)

metadata = MetaData()
'''

CONFTEST = '''"""Gives pytest-alembic a database of its own for each test."""

import pytest
import sqlalchemy


@pytest.fixture
def alembic_engine(tmp_path):
    engine = sqlalchemy.create_engine(f"sqlite:///{tmp_path}/test.sqlite")
    yield engine
    engine.dispose()
'''

REVISION = '''"""Step {number}."""

import sqlalchemy as sa
from alembic import op

revision = "r{number:04}"
down_revision = {parent}


def upgrade():
    {up}


def downgrade():
    {down}
'''

COLUMNS = """\
sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("amount", sa.Integer),"""


def write(folder: Path, steps: int, requirements: str) -> None:
    """Write a project with so many migrations into the empty ``folder``.

    Of four steps one makes a table, one adds a column to it, one an index
    and one makes a table that refers to it.
    """
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    (folder / "alembic.ini").write_text(
        "[alembic]\nscript_location = migrations\n"
    )
    (folder / "requirements.txt").write_text(requirements)
    (folder / "tests").mkdir()
    (folder / "tests" / "conftest.py").write_text(CONFTEST)
    (folder / "migrations" / "env.py").write_text(ENV)
    for number in range(1, steps + 1):
        up, down = step(number)
        parent = f'"r{number - 1:04}"' if number > 1 else None
        text = REVISION.format(number=number, parent=parent, up=up, down=down)
        (versions / f"r{number:04}_step.py").write_text(text)
    (folder / "models.py").write_text(MODELS + models(steps))


def step(number: int) -> tuple[str, str]:
    """Return the statements of a step, up and down."""
    kind = number % 4
    table = f"things_{number - (kind - 1) % 4:04}"
    if kind == 1:
        up = f'op.create_table(\n        "{table}",\n        {COLUMNS}\n    )'
        return up, f'op.drop_table("{table}")'
    if kind == 2:
        column = 'sa.Column("note", sa.String(50))'
        return (
            f'op.add_column("{table}", {column})',
            f'op.drop_column("{table}", "note")',
        )
    if kind == 3:
        index = f'"ix_{table}_amount"'
        return (
            f'op.create_index({index}, "{table}", ["amount"])',
            f'op.drop_index({index}, "{table}")',
        )
    other = f"parts_of_{table}"
    reference = f'sa.Column("thing", sa.Integer, sa.ForeignKey("{table}.id")),'
    up = f'op.create_table(\n        "{other}",\n        {COLUMNS}\n'
    return f"{up}        {reference}\n    )", f'op.drop_table("{other}")'


def models(steps: int) -> str:
    """Return the tables that are there after so many steps."""
    text = ""
    for first in range(1, steps + 1, 4):
        table = f"things_{first:04}"
        more = ""
        if steps > first:
            more += 'Column("note", String(50)),'
        text += defined(table, more)
        if steps > first + 1:
            index = f"ix_{table}_amount"
            text += f'Index("{index}", metadata.tables["{table}"].c.amount)\n'
        if steps > first + 2:
            reference = f'Column("thing", Integer, ForeignKey("{table}.id")),'
            text += defined(f"parts_of_{table}", reference)
    return text


def defined(table: str, more: str) -> str:
    """Return the definition of a table."""
    columns = COLUMNS.replace("sa.", "")
    return f'Table(\n    "{table}",\n    metadata,\n    {columns}{more}\n)\n'
