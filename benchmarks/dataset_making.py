"""Rows of a dataset that are made, per second, on each engine.

The rival does what one writes first: rows made in Python, and given to the
driver's ``executemany`` in one transaction.  Both fill the same three tables
with keys, a unique column, foreign keys and two indexes; the foreign keys of
both are checked afterwards, within the time.
"""

from __future__ import annotations

import contextlib
import datetime
import random
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import database_builds, measure
from turbo_hipster.task import TaskContext
from turbo_hipster_databases import plugins
from turbo_hipster_databases.engine import Engine, Server
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_real_db_upgrade.making import fill
from turbo_hipster_real_db_upgrade.scaling import thin

NAIVE = "executemany of rows made in Python"
ENGINES = ("sqlite", "mariadb", "postgresql")
SOON = 100_000
"""Rows a second that are to be made on SQLite."""

SCHEMA = (
    "CREATE TABLE customer (id INTEGER PRIMARY KEY, "
    "email VARCHAR(100) NOT NULL UNIQUE, born DATE NOT NULL)",
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER NOT NULL, "
    "title VARCHAR(80) NOT NULL, price DECIMAL(8, 2) NOT NULL, "
    "FOREIGN KEY (customer) REFERENCES customer (id))",
    "CREATE TABLE line (orders INTEGER NOT NULL, place INTEGER NOT NULL, "
    "made TIMESTAMP NOT NULL, PRIMARY KEY (orders, place), "
    "FOREIGN KEY (orders) REFERENCES orders (id))",
    "CREATE INDEX orders_customer ON orders (customer)",
    "CREATE INDEX orders_title ON orders (title)",
)
PARTS = {"customer": 2, "orders": 3, "line": 5}
"""Tenths of the rows."""

CHECKS = (
    "SELECT COUNT(*) FROM orders o LEFT JOIN customer c ON c.id = o.customer "
    "WHERE c.id IS NULL",
    "SELECT COUNT(*) FROM line l LEFT JOIN orders o ON o.id = l.orders "
    "WHERE o.id IS NULL",
)
AT_ONCE = 10_000


class Shop(NamedTuple):
    """Where the rows go, and how many of each table."""

    servers: Servers
    engine: Engine
    counts: dict[str, int]

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(self.counts.values())

    def rate(self, work: Callable[[Any], object]) -> float:
        """Return the rows a second that ``work`` makes."""
        server = self.servers.empty(self.engine)
        try:
            with self.tables(server) as connection:
                took = measure.seconds(lambda: work(connection))
                for table, wanted in self.counts.items():
                    if one(connection, f"SELECT COUNT(*) FROM {table}") != (
                        wanted
                    ):
                        raise RuntimeError(f"{table} has other rows")
        finally:
            server.stop()
        return self.rows / took

    @contextlib.contextmanager
    def tables(self, server: Server) -> Iterator[Any]:
        """Lend a connection to the empty tables."""
        with contextlib.closing(server.connect()) as connection:
            cursor = connection.cursor()
            for statement in SCHEMA:
                cursor.execute(statement)
            yield connection

    def ours(self, connection: Any) -> None:
        """Fill the tables with ours, which checks them by itself."""
        fill(self.engine.name, connection, 0, rows_of=self.counts)

    def naive(self, connection: Any) -> None:
        """Fill them row by row, and check them."""
        mark = "?" if self.engine.name == "sqlite" else "%s"
        cursor = connection.cursor()
        cursor.execute("BEGIN")
        for table, rows in made(self.counts):
            marks = ", ".join([mark] * len(rows[0]))
            cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        cursor.execute("COMMIT")
        if any(one(connection, check) for check in CHECKS):
            raise RuntimeError("a parent is missing")

    def thinned(self) -> float:
        """Return the seconds until a hundredth is left of a full one."""
        server = self.servers.empty(self.engine)
        try:
            with self.tables(server) as connection:
                self.ours(connection)
                return measure.seconds(
                    lambda: thin(self.engine.name, connection, 0.01)
                )
        finally:
            server.stop()


def one(connection: Any, query: str) -> int:
    """Return the one number of an answer."""
    cursor = connection.cursor()
    cursor.execute(query)
    ((answer,),) = cursor.fetchall()
    return int(answer)


def made(counts: dict[str, int]) -> Iterator[tuple[str, Sequence[tuple]]]:
    """Yield rows of each table, some at a time."""
    dice = random.Random(1)
    first = datetime.datetime(2020, 1, 1)

    def moment() -> str:
        return str(first + datetime.timedelta(seconds=dice.randrange(10**8)))

    makers: dict[str, Callable[[int], tuple]] = {
        "customer": lambda n: (n, f"user{n}@example.org", moment()[:10]),
        "orders": lambda n: (
            n,
            dice.randint(1, counts["customer"]),
            f"title {dice.randrange(10**9)}",
            dice.randrange(10**6) / 100,
        ),
        "line": lambda n: (dice.randint(1, counts["orders"]), n, moment()),
    }
    for table, count in counts.items():
        for batch in batches(range(1, count + 1)):
            yield table, [makers[table](n) for n in batch]


def batches(numbers: range) -> Iterable[range]:
    """Cut a range into some."""
    for start in range(0, len(numbers), AT_ONCE):
        yield numbers[start : start + AT_ONCE]


def rows(quick: bool = False) -> list[measure.Row]:
    """Measure every engine that is installed."""
    count = 10_000 if quick else 1_000_000
    counts = {table: part * count // 10 for table, part in PARTS.items()}
    found: list[measure.Row] = []

    def work(context: TaskContext) -> None:
        with Servers(context, memory=2**28) as servers:
            for engine in map(plugins.engine, ENGINES):
                if engine.releases():
                    shop = Shop(servers, engine, counts)
                    found.extend(of(shop, 1 if quick else 3))

    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        database_builds.in_build(Path(folder), work)
    return found


def of(shop: Shop, rounds: int) -> Iterator[measure.Row]:
    """Yield the rows of one engine."""
    rates = measure.alternate(
        {
            "ours": lambda: shop.rate(shop.ours),
            NAIVE: lambda: shop.rate(shop.naive),
        },
        rounds,
    )
    ours = rates.pop("ours")
    sqlite = shop.engine.name == "sqlite"
    yield measure.row(
        f"rows of a made dataset, {shop.rows:,} in three tables, "
        f"{shop.engine.name}",
        "rows/s",
        ours,
        rates,
        reach=f">= {SOON:,} rows/s" if sqlite else "printed",
        reached=not sqlite or ours >= SOON,
    )
    yield measure.row(
        f"a dataset of {shop.rows:,} rows is thinned to 1 %, "
        f"{shop.engine.name}",
        "s",
        shop.thinned(),
        reach="printed",
        reached=True,
    )
