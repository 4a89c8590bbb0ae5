"""The tables of history; ``migrations/`` makes and changes them."""

from __future__ import annotations

import sqlalchemy as sa

NAMES = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
}
"""Names of our own, so that every engine can drop what it made."""

METADATA = sa.MetaData(naming_convention=NAMES)

RUNS = sa.Table(
    "runs",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("build", sa.String(255), nullable=False),
    sa.Column("project", sa.String(255), nullable=False),
    sa.Column("dataset", sa.String(100), nullable=False),
    sa.Column("engine", sa.String(40), nullable=False),
    sa.Column("engine_version", sa.String(40), nullable=False),
    sa.Column("machine", sa.String(100), nullable=False),
    sa.Column("started", sa.Double, nullable=False),
    sa.Column("calibration", sa.Double),
    sa.UniqueConstraint("build", "dataset", "engine"),
    sa.Index(None, "dataset", "engine", "machine"),
)

STEPS = sa.Table(
    "steps",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column(
        "run",
        sa.Integer,
        sa.ForeignKey("runs.id", ondelete="CASCADE"),
        nullable=False,
    ),
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
    sa.Index(None, "step"),
    sa.Index(None, "run"),
)
