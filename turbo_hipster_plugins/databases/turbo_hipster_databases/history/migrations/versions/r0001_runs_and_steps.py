"""Runs, and the steps they measured."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

RUNS_BY = ["dataset", "engine", "machine"]


def upgrade() -> None:
    """Make both tables.

    MariaDB and MySQL commit each statement by itself: what is there already
    was made by a process that was killed, and is left as it is.
    """
    if not _is_there("runs"):
        _make_runs()
    _index("ix_runs_dataset_engine_machine", "runs", RUNS_BY)
    if not _is_there("steps"):
        _make_steps()
    _index("ix_steps_step", "steps", ["step"])
    _index("ix_steps_run", "steps", ["run"])


def downgrade() -> None:
    """Drop both tables."""
    for table in ("steps", "runs"):
        if _is_there(table):
            op.drop_table(table)


def _make_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("build", sa.String(255), nullable=False),
        sa.Column("project", sa.String(255), nullable=False),
        sa.Column("dataset", sa.String(100), nullable=False),
        sa.Column("engine", sa.String(40), nullable=False),
        sa.Column("engine_version", sa.String(40), nullable=False),
        sa.Column("machine", sa.String(100), nullable=False),
        sa.Column("started", sa.Double, nullable=False),
        sa.Column("calibration", sa.Double),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.UniqueConstraint(
            "build", "dataset", "engine", name="uq_runs_build_dataset_engine"
        ),
    )


def _make_steps() -> None:
    op.create_table(
        "steps",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("step", sa.String(200), nullable=False),
        sa.Column("rung", sa.String(200), nullable=False),
        sa.Column("direction", sa.String(4), nullable=False),
        sa.Column("seconds", sa.Double),
        sa.Column("read_stall", sa.Double),
        sa.Column("write_stall", sa.Double),
        sa.Column("rows_read", sa.Double),
        sa.Column("rows_changed", sa.Double),
        sa.Column("size", sa.Double),
        sa.Column("log_bytes", sa.Double),
        sa.PrimaryKeyConstraint("id", name="pk_steps"),
        sa.ForeignKeyConstraint(
            ["run"], ["runs.id"], name="fk_steps_run", ondelete="CASCADE"
        ),
    )


def _is_there(table: str) -> bool:
    return sa.inspect(op.get_bind()).has_table(table)


def _index(name: str, table: str, columns: Sequence[str]) -> None:
    known = sa.inspect(op.get_bind()).get_indexes(table)
    if name not in {one["name"] for one in known}:
        op.create_index(name, table, list(columns))
