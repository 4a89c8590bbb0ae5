"""``make system``: one list, no service started, nothing left changed."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / ".ci" / "system"
DEBIAN = "ID=debian\n"
UBUNTU = "ID=ubuntu\nID_LIKE=debian\n"
APT = 'echo "apt-get $*" >>$RECORD; cat $POLICY_RC_D >>$RECORD'


@pytest.fixture
def machine(tmp_path):
    """A machine as ``.ci/system`` sees it, with recorded apt calls."""
    return Machine(tmp_path)


class Machine:
    def __init__(self, folder):
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.policy = folder / "policy-rc.d"
        self.record = folder / "record"
        self.release = folder / "os-release"
        self.release.write_text(DEBIAN)
        self.program("dpkg-query", "exit 1")
        self.program("sudo", "exit 1")
        self.user(0)
        self.program(
            "apt-get",
            'echo "apt-get $*" >>$RECORD; cat $POLICY_RC_D >>$RECORD',
        )

    def program(self, name, text):
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def user(self, number):
        self.program("id", f"echo {number}")

    def run(self, *argv):
        return subprocess.run(
            [SCRIPT, *argv],
            env={
                "PATH": f"{self.bin}:{os.defpath}",
                "POLICY_RC_D": str(self.policy),
                "OS_RELEASE": str(self.release),
                "RECORD": str(self.record),
            },
            capture_output=True,
            text=True,
        )

    def said(self):
        return self.record.read_text() if self.record.exists() else ""


def test_debian_gets_its_chromium(machine):
    assert "chromium" in machine.run("missing").stdout.split()


def test_ubuntu_is_spared_the_snap(machine):
    machine.release.write_text(UBUNTU)

    names = machine.run("missing").stdout.split()

    assert "gearman-job-server" in names
    assert "chromium" not in names


def test_a_profile_takes_only_what_it_needs(machine):
    names = machine.run("missing", "bench").stdout.split()

    assert names == ["moreutils", "redis-server"]


def test_nothing_is_done_when_nothing_is_missing(machine):
    machine.program("dpkg-query", "echo installed")

    done = machine.run("ensure", "test")

    assert (done.returncode, done.stdout, machine.said()) == (0, "", "")


def test_root_is_told_and_no_service_may_start(machine):
    done = machine.run("ensure", "test")

    assert done.returncode == 0
    assert "will be installed now" in done.stdout
    assert "install -y" in machine.said()
    assert machine.said().count("exit 101") == 2
    assert not machine.policy.exists()


def test_a_policy_that_stood_there_comes_back(machine):
    machine.policy.write_text("#!/bin/sh\nexit 7\n")

    machine.run("install", "test")

    assert machine.said().count("exit 101") == 2
    assert machine.policy.read_text() == "#!/bin/sh\nexit 7\n"


def test_a_failed_installation_tidies_up_and_fails(machine):
    machine.policy.write_text("#!/bin/sh\nexit 7\n")
    machine.program("apt-get", "exit 100")

    assert machine.run("install", "test").returncode == 100
    assert machine.policy.read_text() == "#!/bin/sh\nexit 7\n"


def test_a_user_without_rights_is_told_the_one_command(machine):
    machine.user(1000)

    done = machine.run("ensure", "test")

    assert done.returncode == 1
    assert f"sudo make -C {SCRIPT.parents[1]} system" in done.stderr
    assert machine.said() == ""


def test_sudo_without_password_is_used(machine):
    machine.user(1000)
    machine.program("sudo", 'echo "sudo $*" >>$RECORD')

    done = machine.run("ensure", "test")

    assert done.returncode == 0
    assert "with sudo" in done.stdout
    assert f"sudo -n {SCRIPT} install test" in machine.said()
