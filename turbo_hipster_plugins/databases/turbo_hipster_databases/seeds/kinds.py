"""What a file is, seen from its first bytes; its name does not count."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path

from turbo_hipster_databases.exceptions import SeedRefused
from turbo_hipster_databases.seeds import unpacking

HEAD = 64 * 2**10
"""Bytes of the content that are looked at."""

SQL, ARCHIVE, DATABASE = "SQL", "archive of pg_dump", "SQLite file"

MYSQL = "mysqldump"
POSTGRESQL = "pg_dump"
SQLITE = "sqlite3 .dump"

ENGINES = {
    MYSQL: ("mariadb", "mysql"),
    POSTGRESQL: ("postgresql",),
    SQLITE: ("sqlite",),
}
"""Whose engine can load what a program wrote."""

HEADERS = {
    MYSQL: re.compile(rb"^-- (MySQL|MariaDB) dump ", re.M),
    POSTGRESQL: re.compile(rb"^-- PostgreSQL database dump$", re.M),
    SQLITE: re.compile(rb"\APRAGMA foreign_keys=O(FF|N);\r?\nBEGIN TRANSA"),
}

MAGIC = {
    b"PGDMP": ARCHIVE,
    b"SQLite format 3\0": DATABASE,
}

REFUSED = {
    b"BZh": "it is packed with bzip2; pack it with gzip or zstd",
    b"\xfd7zXZ\0": "it is packed with xz; pack it with gzip or zstd",
    b"PK\x03\x04": "it is a zip file; pack the dump itself with gzip or zstd",
}
CLUSTER = re.compile(rb"^-- PostgreSQL database cluster dump$", re.M)


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """What a seed is.

    ``packing`` is empty, ``gzip`` or ``zstd``; ``form`` is SQL, ARCHIVE or
    DATABASE; ``writer`` is the program that says it wrote the SQL, if one
    does; ``head`` is the beginning of the content.
    """

    packing: str
    form: str
    writer: str
    head: bytes

    def __str__(self) -> str:
        what = f"SQL of {self.writer}" if self.writer else self.form
        return f"{what}, packed with {self.packing}" * bool(self.packing) or (
            what
        )

    def engines(self) -> Sequence[str]:
        """Return the engines that could load it; none: any may try."""
        if self.form == ARCHIVE:
            return ENGINES[POSTGRESQL]
        if self.form == DATABASE:
            return ENGINES[SQLITE]
        return ENGINES.get(self.writer, ())


def examine(seed: Path) -> Kind:
    """Return what ``seed`` is; raises SeedRefused when it is no seed."""
    try:
        packing = unpacking.packing(seed)
        head = unpacking.head(seed, packing, HEAD)
    except OSError as error:
        raise SeedRefused(f"the seed cannot be read: {error}") from error
    for magic, why in REFUSED.items():
        if head.startswith(magic):
            raise SeedRefused(f"the seed {seed} cannot be loaded: {why}")
    for magic, form in MAGIC.items():
        if head.startswith(magic):
            return Kind(packing, form, "", head)
    if not head.strip():
        raise SeedRefused(f"the seed {seed} is empty")
    if unpacking.packing_of(head):
        raise SeedRefused(f"the seed {seed} is packed twice; unpack it once")
    if b"\0" in head[:512]:
        raise SeedRefused(
            f"the seed {seed} is neither SQL text, nor an archive of pg_dump "
            "--format=custom, nor an SQLite file"
        )
    if CLUSTER.search(head):
        raise SeedRefused(
            f"the seed {seed} is a dump of a whole PostgreSQL cluster; dump "
            "the one database with pg_dump"
        )
    for writer, pattern in HEADERS.items():
        if pattern.search(head):
            return Kind(packing, SQL, writer, head)
    return Kind(packing, SQL, "", head)
