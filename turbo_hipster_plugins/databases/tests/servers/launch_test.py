"""The program that launches servers, by itself."""

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from turbo_hipster_databases.servers.launching import REFUSED, launched

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can")


def run(argv, groups=None, **how):
    """Launch a command; returns its status and what it said."""
    done = subprocess.run(
        launched([str(word) for word in argv], **how),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        extra_groups=groups,
    )
    return done.returncode, done.stdout


def test_it_becomes_the_command_and_its_status():
    assert run(["sh", "-c", "echo hello; exit 9"]) == (9, "hello\n")


def test_a_command_that_is_not_there_is_named():
    status, said = run(["/there/is/none"])

    assert status == 71
    assert "No such file" in said


def test_what_is_said_goes_to_the_file(tmp_path):
    file = tmp_path / "said"

    assert run(["sh", "-c", "echo out; echo err >&2"], output=file) == (0, "")
    assert file.read_text() == "out\nerr\n"


def test_the_parent_death_signal_is_set_last():
    ask = (
        "import ctypes; n = ctypes.c_int();"
        " ctypes.CDLL(None).prctl(2, ctypes.byref(n)); print(n.value)"
    )
    how = {"user": "nobody"} if os.geteuid() == 0 else {}

    told = run(["/usr/bin/env", "-i", "/usr/bin/python3", "-c", ask], **how)

    assert told == (0, "9\n")


@as_root
def test_it_becomes_another_account_groups_and_all():
    account = pwd.getpwnam("nobody")
    own = {account.pw_gid, *os.getgrouplist("nobody", account.pw_gid)}

    ask = "id -u; id -G; echo $(grep Uid: /proc/self/status)"
    status, said = run(["sh", "-c", ask], [0, 4], user="nobody")

    assert status == 0
    user, groups, users = said.splitlines()
    assert user == str(account.pw_uid)
    assert set(map(int, groups.split())) == own
    assert users == " ".join(["Uid:", *[user] * 4])


@as_root
def test_what_it_mounts_is_seen_by_it_alone(tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    target.mkdir()
    (source / "file").write_text("here")

    # in a mount namespace that passes its mounts on, as systemd's does
    shared = ["unshare", "--mount", "--propagation", "shared"]
    argv = launched(["cat", str(target / "file")], binds=[(source, target)])
    kin = argv.index("--kin") + 1
    words = " ".join(f"'{word}'" for word in argv if word != argv[kin])
    words = words.replace("'--kin'", "--kin $$,$PPID")
    script = f"{words}; grep -c {target} /proc/self/mountinfo"
    done = subprocess.run(
        [*shared, "sh", "-c", script], capture_output=True, text=True
    )

    assert done.stdout == "here0\n", done.stderr


@as_root
def test_a_mount_that_cannot_be_is_refused_and_named(tmp_path):
    status, said = run(["true"], binds=[(tmp_path / "none", tmp_path)])

    assert status == REFUSED
    assert str(tmp_path / "none") in said


def test_without_network_there_is_none():
    ask = (
        "import socket\n"
        "try:\n"
        "    socket.create_connection(('127.0.0.1', 9), 5)\n"
        "except OSError as error:\n"
        "    print(error.errno)\n"
    )
    status, said = run([sys.executable, "-c", ask], network=False)
    if status == REFUSED and os.geteuid() != 0:
        pytest.skip(f"no namespaces for ordinary users here: {said}")

    import errno

    assert (status, said) == (0, f"{errno.ENETUNREACH}\n")


@as_root
def test_an_ipc_namespace_is_its_own_where_it_can_be():
    ours = os.readlink("/proc/self/ns/ipc")

    status, said = run(["readlink", "/proc/self/ns/ipc"], own_ipc=True)

    assert status == 0
    assert said.strip() != ours


def test_it_stands_alone():
    text = Path(launched(["true"])[3]).read_text()

    assert "turbo_hipster" not in text
