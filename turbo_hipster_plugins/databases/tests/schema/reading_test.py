"""A reader follows a server's database from step to step."""

import pytest

from turbo_hipster_databases.schema import reading
from turbo_hipster_databases.schema.comparing import compare, render
from turbo_hipster_databases.schema.reading import Reader

pytestmark = pytest.mark.functional


@pytest.mark.parametrize("engine", ["sqlite", "mariadb", "postgresql"])
def test_a_reader_sees_what_another_connection_does(build, engine):
    server = build.server(engine)
    connection = server.connect()
    cursor = connection.cursor()

    with Reader(server) as reader:
        before = reader.schema()
        cursor.execute("CREATE TABLE of_another (id int)")
        after = reader.schema()
        cursor.execute("DROP TABLE of_another")
        again = reader.schema()
    connection.close()

    assert render(compare(before, after)).startswith("+ table of_another")
    assert again == before
    assert server.engine.schema(server) == before


@pytest.mark.parametrize("engine", ["sqlite", "mariadb", "postgresql"])
def test_what_did_not_change_is_not_read_again(build, engine, monkeypatch):
    server = build.server(engine)

    with Reader(server) as reader:
        first = reader.schema()
        for module in reading._READERS.values():
            monkeypatch.setattr(module, "read", None)

        assert reader.schema() is first


def test_a_reader_that_was_closed_reads_anew(build):
    server = build.server("postgresql")
    reader = Reader(server)
    first = reader.schema()

    reader.close()
    again = reader.schema()
    reader.close()

    assert again == first
    assert again is not first
