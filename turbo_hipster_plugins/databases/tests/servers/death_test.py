"""However a build ends, nothing of its servers is left."""

import os
from pathlib import Path

import pytest

pytestmark = pytest.mark.functional

PARENT = 1  # of the words behind the name in /proc/PID/stat
SHM = Path("/proc/sysvipc/shm")


def parent_of(pid):
    text = Path(f"/proc/{pid}/stat").read_text()
    return int(text.rpartition(")")[2].split()[PARENT])


def mounted(folder):
    return str(folder) in Path("/proc/self/mountinfo").read_text()


def segments(pid):
    """Return the System V shared memory that a process left."""
    rows = [line.split() for line in SHM.read_text().splitlines()]
    return [row for row in rows[1:] if row[4] == str(pid)]


def test_killing_who_asked_for_it_ends_a_server(
    engine, stage, state_dir, listener, witness, gone
):
    build = stage(state_dir, engine.name)
    told = build.hear()
    server = witness(listener(told["sockets"]))

    build.process.kill()

    gone(server, told["sockets"])
    assert not mounted(told["room"])
    assert not segments(server.pid)


def test_killing_its_parent_ends_a_server(
    engine, stage, state_dir, listener, witness, gone
):
    build = stage(state_dir, engine.name)
    told = build.hear()
    server = witness(listener(told["sockets"]))
    parent = parent_of(server.pid)
    assert parent != build.process.pid

    os.kill(parent, 9)

    gone(server, told["sockets"])


def test_a_launch_for_a_parent_that_is_gone_starts_nothing(in_build, tmp_path):
    from turbo_hipster_databases.servers.launching import launched

    mark, said = tmp_path / "mark", tmp_path / "said"
    argv = launched(["touch", str(mark)], output=said)
    kin = argv.index("--kin") + 1
    stranger = [*argv[:kin], str(2**22 + 1), *argv[kin + 1 :]]

    def build(servers):
        run = servers.context.execute
        return run(stranger).status, mark.exists(), run(argv).status

    assert in_build(build) == (71, False, 0)
    assert "gone" in said.read_text()
    assert mark.exists()


def test_a_nook_of_a_killed_build_is_swept_by_the_next_one(
    stage, tmp_path, listener, witness, gone
):
    state = tmp_path / ("x" * 100) / "plugin"
    first = stage(state, long=True)
    told = first.hear()
    nook = Path(told["sockets"]).parent.parent
    held = witness(listener(told["sockets"]))
    first.process.kill()
    gone(held, told["sockets"])
    assert nook.is_dir()

    second = stage(state, long=True)
    told = second.hear()

    assert not nook.exists()
    assert listener(told["sockets"])
