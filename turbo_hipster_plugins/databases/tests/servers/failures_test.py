"""What is missing or broken is named, with the next move."""

import os
from dataclasses import replace

import pytest

from turbo_hipster.exceptions import ConfigurationError
from turbo_hipster_databases import plugins
from turbo_hipster_databases.exceptions import ServerFailed, ServerMissing
from turbo_hipster_databases.servers.accounts import account


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mariadb", ["MariaDB", "mariadb-server"]),
        ("mysql", ["MySQL", "mysql-server"]),
        (
            "postgresql",
            ["PostgreSQL", "turbo-hipster-databases[postgresql]"],
        ),
    ],
)
def test_a_missing_server_says_what_to_install(
    in_build, monkeypatch, name, words
):
    engine = plugins.engine(name)
    monkeypatch.setattr(type(engine), "releases", lambda self: ())

    def build(servers):
        with pytest.raises(ServerMissing) as told:
            servers.empty(engine)
        return str(told.value)

    said = in_build(build)
    assert all(word in said for word in words)


def test_a_missing_version_says_which_there_are(in_build):
    engine = plugins.engine("sqlite")

    def build(servers):
        with pytest.raises(ServerMissing) as told:
            servers.release(engine, "2")
        return str(told.value)

    assert str(engine.releases()[0]) in in_build(build)


@pytest.mark.functional
def test_the_end_of_the_log_of_a_server_that_does_not_start_is_told(
    engine, in_build, tmp_path
):
    release = engine.releases()[0]
    programs = tmp_path / "bin"
    programs.mkdir()
    for path in (tmp_path, programs):
        path.chmod(0o755)
    for name in ("mariadbd", "postgres", "initdb"):
        script = programs / name
        script.write_text(
            "#!/bin/sh\nseq 100000\necho 'no luck today' >&2\nexit 3\n"
        )
        script.chmod(0o755)

    def build(servers):
        servers.prepared(engine, release)
        broken = replace(release, programs=programs)
        before = set(servers.context.results_dir.parent.glob("tmp/*"))
        with pytest.raises(ServerFailed) as told:
            servers.empty(engine, broken)
        after = set(servers.context.results_dir.parent.glob("tmp/*"))
        assert after == before
        return str(told.value)

    said = in_build(build)
    assert "no luck today" in said
    assert "status 3" in said
    assert str(release) in said
    assert len(said) < 6000


@pytest.mark.functional
def test_what_cannot_be_prepared_says_why_and_leaves_nothing(
    postgresql, in_build, tmp_path
):
    programs = tmp_path / "bin"
    programs.mkdir()
    for path in (tmp_path, programs):
        path.chmod(0o755)
    for name in ("postgres", "initdb"):
        (programs / name).write_text("#!/bin/sh\necho no room\nexit 1\n")
        (programs / name).chmod(0o755)
    state = tmp_path / "state" / "plugin"

    def build(servers):
        release = replace(postgresql.releases()[0], programs=programs)
        with pytest.raises(ServerFailed, match="no room"):
            servers.empty(postgresql, release)
        return servers.store.list()

    assert not in_build(build, state_dir=state)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root chooses a user")
@pytest.mark.parametrize("name", ["root", "there-is-none"])
def test_a_server_user_that_cannot_be_is_refused(name):
    with pytest.raises(ConfigurationError, match=name):
        account(plugins.engine("postgresql"), name)


@pytest.mark.functional
def test_a_long_statement_does_not_hide_what_was_said_before(
    postgresql, in_build
):
    def build(servers):
        server = servers.empty(postgresql)
        connection = server.connect()
        try:
            for text in ("nothing_like_this", "x" * 2**20, "1\n,\n" * 9999):
                with pytest.raises(Exception, match="(?i)error|not exist"):
                    connection.execute(f"SELECT {text} FROM nowhere")
        finally:
            connection.close()
        return server.log_tail(), server.log_tail(10**6)

    short, long = in_build(build)
    assert "SELECT nothing_like_this" in short
    assert short in long
    assert len(short) <= 4096
