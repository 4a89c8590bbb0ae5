"""The database's URL, taken apart without SQLAlchemy."""

from typing import Dict, NamedTuple
from urllib.parse import parse_qsl, unquote

Address = NamedTuple(
    "Address",
    [
        ("kind", str),
        ("user", str),
        ("name", str),
        ("query", Dict[str, str]),
    ],
)


def parse(url: str) -> Address:
    """Return the parts of an SQLAlchemy URL that names a file or a socket.

    ``kind`` is its first word without the driver; ``name`` the database, of
    SQLite the path of its file.
    """
    scheme, _, rest = url.partition("://")
    rest, _, query = rest.partition("?")
    place, _, name = rest.partition("/")
    return Address(
        scheme.partition("+")[0],
        unquote(place.rpartition("@")[0].partition(":")[0]),
        unquote(name),
        dict(parse_qsl(query)),
    )
