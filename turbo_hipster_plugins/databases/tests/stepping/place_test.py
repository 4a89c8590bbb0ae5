"""Whether a connection leads to the build's own database."""

from types import SimpleNamespace

import pytest

from turbo_hipster_databases.stepping.inside import place
from turbo_hipster_databases.stepping.inside.failures import Broken


def connection(url):
    """As SQLAlchemy's: it knows its engine's URL."""
    return SimpleNamespace(engine=SimpleNamespace(url=url))


SAME = [
    ("sqlite:////data/turbo.sqlite", "sqlite:////data/turbo.sqlite"),
    ("sqlite+aiosqlite:////data/turbo.sqlite?timeout=9",
     "sqlite:////data/turbo.sqlite"),
    ("postgresql+asyncpg://turbo@/turbo?host=%2Frun%2Fth",
     "postgresql+psycopg2://turbo@/turbo?host=/run/th"),
    ("mysql+pymysql://root@/turbo?charset=utf8&unix_socket=/run/th/s",
     "mysql+pymysql://root@/turbo?unix_socket=/run/th/s"),
    ("postgresql+psycopg2://turbo@/turbo?host=%2Frun%2Fa+folder",
     "postgresql+psycopg2://turbo@/turbo?host=/run/a%20folder"),
]  # fmt: skip
OTHER = [
    ("sqlite:////data/own.sqlite", "sqlite:////data/turbo.sqlite"),
    ("sqlite://", "sqlite:////data/turbo.sqlite"),
    ("postgresql://app:secret@db.example.org/app",
     "postgresql+psycopg2://turbo@/turbo?host=/run/th"),
    ("postgresql://turbo@/turbo?host=/run/other",
     "postgresql+psycopg2://turbo@/turbo?host=/run/th"),
]  # fmt: skip


@pytest.mark.parametrize(("there", "ours"), SAME)
def test_the_same_database_is_known_in_other_words(there, ours):
    place.check(connection(there), ours)


@pytest.mark.parametrize(("there", "ours"), OTHER)
def test_another_database_is_told(there, ours):
    with pytest.raises(Broken, match="url_variable") as told:
        place.check(connection(there), ours)
    assert told.value.kind == "elsewhere"
    assert "secret" not in str(told.value)
