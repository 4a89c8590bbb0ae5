"""Installed servers are found, told apart, and put in order."""

import os

import pytest
from sqlalchemy.engine import make_url

from turbo_hipster_databases import plugins
from turbo_hipster_databases.engines import innodb, postgresql, programs


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Return a function that puts a program on an otherwise empty PATH."""
    monkeypatch.setattr(innodb, "PLACES", ())
    monkeypatch.setattr(innodb, "SPREAD", ())
    monkeypatch.setattr(postgresql, "PLACES", ())
    monkeypatch.setattr(postgresql, "WHEEL", "there_is_no_such_module")
    monkeypatch.setenv("PATH", "")

    def put(name, says, folder="bin", status=0):
        place = tmp_path / folder
        if not place.exists():
            place.mkdir()
            path = os.environ["PATH"]
            monkeypatch.setenv("PATH", f"{path}{os.pathsep}{place}")
        program = place / name
        program.write_text(f"#!/bin/sh\necho '{says}'\nexit {status}\n")
        program.chmod(0o755)
        return program

    return put


def found(name):
    return [one.version for one in plugins.engine(name).releases()]


def test_the_two_kinds_of_mysqld_are_told_apart(install):
    install("mysqld", "mysqld  Ver 8.0.36-0ubuntu0 for Linux on x86_64", "a")
    install("mysqld", "mysqld  Ver 10.11.19-MariaDB-0+deb12u1 for debian", "b")

    assert found("mysql") == ["8.0.36"]
    assert found("mariadb") == ["10.11.19"]


def test_newest_comes_first_as_numbers_go(install):
    for number in ("9.6.24", "15.4", "15.18", "18beta2"):
        folder = f"pg{number}"
        install("postgres", f"postgres (PostgreSQL) {number} (X)", folder)
        install("initdb", "", folder)

    assert found("postgresql") == ["18beta2", "15.18", "15.4", "9.6.24"]


def test_postgres_without_initdb_is_no_release(install):
    install("postgres", "postgres (PostgreSQL) 15.4")

    assert found("postgresql") == []


def test_one_program_by_two_names_is_one_release(install, tmp_path):
    program = install("mariadbd", "mariadbd  Ver 11.4.2-MariaDB for Linux")
    (tmp_path / "bin" / "mysqld").symlink_to(program)

    assert found("mariadb") == ["11.4.2"]


@pytest.mark.parametrize("status", [1, 127])
def test_a_program_that_does_not_run_is_no_release(install, status):
    install("mariadbd", "mariadbd  Ver 11.4.2-MariaDB", status=status)

    assert found("mariadb") == []


def test_a_program_is_asked_again_only_when_it_was_replaced(install):
    program = install("mariadbd", "mariadbd  Ver 11.4.2-MariaDB")
    assert found("mariadb") == ["11.4.2"]
    changed = program.stat().st_mtime_ns
    program.write_text("#!/bin/sh\necho Ver 11.8.1-MariaDB\n")

    os.utime(program, ns=(changed, changed))
    assert found("mariadb") == ["11.4.2"]

    os.utime(program, ns=(changed, changed + 1))
    assert found("mariadb") == ["11.8.1"]


def test_no_program_says_nothing(tmp_path):
    assert programs.version_line(tmp_path / "none") == ""


@pytest.mark.parametrize("name", ["mariadb", "mysql", "postgresql", "sqlite"])
def test_each_driver_has_a_url_that_leads_to_the_socket(name, tmp_path):
    engine = plugins.engine(name)
    data, sockets = tmp_path / "data", tmp_path / "run"

    for scheme in ("", *engine.drivers.values()):
        url = make_url(engine.url(data, sockets, scheme))
        if name == "sqlite":
            assert url.database == str(data / "turbo.sqlite")
            continue
        assert url.database == "turbo"
        assert url.username == ("turbo" if name == "postgresql" else "root")
        assert any(
            str(value).startswith(str(sockets)) for value in url.query.values()
        )
        assert not url.port
        assert not scheme or url.drivername == scheme


@pytest.mark.parametrize("name", ["mariadb", "postgresql"])
def test_no_server_is_an_oserror(name, tmp_path):
    with pytest.raises(OSError):
        plugins.engine(name).connect(tmp_path, tmp_path)


def test_the_first_driver_is_what_the_fallback_brings():
    for name in ("mariadb", "mysql", "postgresql"):
        engine = plugins.engine(name)
        first = next(iter(engine.drivers))
        assert first.lower() in engine.fallback.lower()
