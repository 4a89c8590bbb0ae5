"""``config.json``: the datasets of the first turbo-hipster, as they are.

Keys that start with ``_`` are notes there.  An account and a password stood
in it for a server that was shared; ours are private and need neither.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from turbo_hipster_databases.history.words import Quantity
from turbo_hipster_real_db_upgrade.datasets import values
from turbo_hipster_real_db_upgrade.datasets.description import (
    Dataset,
    DatasetRefused,
    Limits,
)

FILE = "config.json"

LIMITS = {
    "maximum_migration_times": Quantity.SECONDS,
    "XInnodb_rows_changed": Quantity.ROWS_CHANGED,
    "Innodb_rows_read": Quantity.ROWS_READ,
}
NOT_NEEDED = {"db_user", "db_pass", "database", "logging_conf"}
ENGINES = {"mysql": "mariadb"}
"""What ``type`` said, and the engine that reads such a dump."""

DEFAULTS = {
    Quantity.SECONDS: 60.0,
    Quantity.ROWS_CHANGED: 100_000.0,
    Quantity.ROWS_READ: 100_000.0,
}
"""Its limits where the file names none."""


def read(path: Path) -> Dataset:
    """Read a description; raises DatasetRefused with file and key."""
    folder, at = path.parent, str(path)
    got = values.fields(
        _without_notes(_document(path)),
        at,
        {"project", "type", "seed_data"},
        {*LIMITS, *NOT_NEEDED},
    )
    kind = values.text(got["type"], f"{at}: type")
    if kind not in ENGINES:
        raise DatasetRefused(
            f"{at}: type is {kind!r}; the datasets of 2014 were all "
            f"{', '.join(ENGINES)}. Describe others with a dataset.yaml"
        )
    return Dataset(
        name=folder.name,
        project=values.text(got["project"], f"{at}: project"),
        seeds={
            ENGINES[kind]: values.inside(
                folder, got["seed_data"], f"{at}: seed_data"
            )
        },
        described_by=path,
        limits={
            quantity: _limits(got.get(key), quantity, f"{at}: {key}")
            for key, quantity in LIMITS.items()
        },
    )


def _document(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise DatasetRefused(
            f"{path} cannot be read: {error.strerror}"
        ) from None
    except (ValueError, RecursionError) as error:
        raise DatasetRefused(f"{path} is no JSON: {error}") from None


def _without_notes(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {
        key: _without_notes(item)
        for key, item in value.items()
        if not key.startswith("_")
    }


def _limits(value: Any, quantity: Quantity, at: str) -> Limits:
    by_step = {
        step: values.amount(number, f"{at}.{step}")
        for step, number in values.mapping(
            {} if value is None else value, at
        ).items()
    }
    default = by_step.pop("default", DEFAULTS[quantity])
    return Limits(default, by_step)
