"""The tables of a database, over a connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from turbo_hipster_databases.schema.model import BOOKKEEPING
from turbo_hipster_real_db_upgrade.catalogue import (
    mariadb,
    postgresql,
    sqlite,
)
from turbo_hipster_real_db_upgrade.catalogue.model import NoCatalogue, Table

READERS = {
    "sqlite": sqlite.tables,
    "mariadb": mariadb.tables,
    "mysql": mariadb.tables,
    "postgresql": postgresql.tables,
}


def read(engine_name: str, connection: Any) -> Mapping[str, Table]:
    """Return the tables by name, without those of migration tools.

    Raises NoCatalogue for an engine that is not ours.
    """
    if engine_name not in READERS:
        raise NoCatalogue(
            f"the tables of {engine_name} cannot be read; "
            f"{', '.join(READERS)} can"
        )
    return {
        table.name: table
        for table in READERS[engine_name](connection)
        if table.name not in BOOKKEEPING
    }
