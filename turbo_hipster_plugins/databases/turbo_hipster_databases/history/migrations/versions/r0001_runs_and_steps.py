"""Runs, and the steps they measured."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make both tables."""
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
    op.create_index(
        "ix_runs_dataset_engine_machine",
        "runs",
        ["dataset", "engine", "machine"],
    )
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
    op.create_index("ix_steps_step", "steps", ["step"])
    op.create_index("ix_steps_run", "steps", ["run"])


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("steps")
    op.drop_table("runs")
