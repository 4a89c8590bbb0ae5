"""Reading a schema from PostgreSQL.

A few queries on the catalogue per read, whatever the number of tables.
Things that belong to an extension or to the server are left out, so are
privileges and owners.  Names in the schema ``public`` stand alone, others
after the name of their schema.
"""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager
from typing import Any

import psycopg

from turbo_hipster_databases.schema.gathering import Gathering
from turbo_hipster_databases.schema.model import Schema
from turbo_hipster_databases.schema.postgresql_apart import add_apart
from turbo_hipster_databases.schema.postgresql_queries import (
    FINGERPRINT,
    QUESTIONS,
)
from turbo_hipster_databases.schema.postgresql_tables import add_tables


def read(connection: Any) -> Schema:
    """Read the schema of the database of a connection."""
    gathering = Gathering("postgresql")
    answers = _answers(connection)
    add_tables(gathering, answers.__getitem__)
    add_apart(gathering, answers.__getitem__)
    return gathering.schema()


def fingerprint(connection: Any) -> str:
    """Return a word that changes whenever the schema does.

    It is made of the transactions that wrote the catalogue's rows: equal
    words from one database say that nothing changed in between, different
    ones that something was touched, perhaps back to where it was.
    """
    with connection.cursor() as cursor:
        cursor.execute(FINGERPRINT, prepare=True)
        return str(cursor.fetchone()[0])


def _answers(connection: Any) -> dict[str, list[tuple[Any, ...]]]:
    """Ask all questions at once, where libpq can: one way there and back."""
    pipeline: AbstractContextManager[Any] = contextlib.nullcontext()
    if psycopg.Pipeline.is_supported():
        pipeline = connection.pipeline()
    with pipeline:
        cursors = {
            query: connection.execute(query, prepare=True)
            for query in QUESTIONS
        }
    try:
        return {query: asked.fetchall() for query, asked in cursors.items()}
    finally:
        for asked in cursors.values():
            asked.close()
