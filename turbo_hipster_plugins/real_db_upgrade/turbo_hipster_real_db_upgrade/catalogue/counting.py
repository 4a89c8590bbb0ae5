# ruff: noqa: S608  (names are the database's own, in quotes)
"""How many rows there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from turbo_hipster_real_db_upgrade.catalogue.asking import number
from turbo_hipster_real_db_upgrade.catalogue.dialects import DIALECTS
from turbo_hipster_real_db_upgrade.catalogue.reading import read


def counted(engine_name: str, connection: Any) -> Mapping[str, int]:
    """Return the rows of each table, without those of migration tools.

    Raises NoCatalogue.
    """
    dialect = DIALECTS.get(engine_name)
    return {
        name: number(
            connection, f"SELECT COUNT(*) FROM {dialect.table(table)}"
        )
        for name, table in read(engine_name, connection).items()
        if dialect is not None
    }
