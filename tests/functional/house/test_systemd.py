"""The files of ``deploy/systemd`` are what systemd and logrotate take."""

import configparser
import getpass
import grp
import os
import pwd
import re
import subprocess
import sys
from pathlib import Path

import pytest

from turbo_hipster.conf import default, health, job

pytestmark = pytest.mark.functional
PLACE = Path(__file__).parents[3] / "deploy" / "systemd"
PROGRAM = "/opt/turbo-hipster/bin/turbo-hipster"
LIMIT = 120


def run(*words):
    done = subprocess.run(
        [*map(str, words)],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        env={**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"},
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def verified(tmp_path):
    """Call it with the texts of a unit and drop-ins: systemd's complaints."""

    def verify(unit, *dropins):
        path = tmp_path / "turbo-hipster.service"
        # the program is not installed here; everything else stays
        path.write_text(unit.replace(PROGRAM, "/bin/true"))
        folder = tmp_path / "turbo-hipster.service.d"
        folder.mkdir(exist_ok=True)
        for number, text in enumerate(dropins):
            (folder / f"{number}.conf").write_text(text)
        code, said = run("systemd-analyze", "verify", "--man=no", path)
        # what the host's own units make it say is not ours to judge
        lines = [line for line in said.splitlines() if "turbo-hip" in line]
        return code, lines

    return verify


@pytest.fixture
def unit():
    return (PLACE / "turbo-hipster.service").read_text()


@pytest.fixture
def service(unit):
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read_string(unit)
    return parser["Service"]


def dropins():
    return sorted((PLACE / "turbo-hipster.service.d").glob("*.conf"))


def seconds(text):
    number, kind = re.fullmatch(r"(\d+)(s|min)", text).groups()
    return int(number) * {"s": 1, "min": 60}[kind]


def default_of(options, name):
    return next(one.default for one in options if one.dest == name)


def test_systemd_understands_every_line(verified, unit):
    assert verified(unit) == (0, [])
    more = [path.read_text() for path in dropins()]
    assert more
    assert verified(unit, *more) == (0, [])


@pytest.mark.parametrize(
    ("find", "replace"),
    [
        ("KillMode=mixed", "KillMode=some"),
        ("Delegate=yes", "Delegated=yes"),
        ("WatchdogSec=5min", "WatchdogSec=often"),
        (PROGRAM, "/nowhere/turbo-hipster"),
    ],
)
def test_a_line_that_is_wrong_would_be_seen(verified, unit, find, replace):
    assert find in unit
    _code, said = verified(unit.replace(find, replace))
    assert said


def test_its_times_fit_the_defaults_of_the_options(service):
    ending = (
        default_of(default.OPTIONS, "drain_timeout")
        + default_of(job.OPTIONS, "kill_grace")
        + default_of(job.OPTIONS, "publish_timeout")
    )
    assert seconds(service["TimeoutStopSec"]) >= ending + 60
    stall = default_of(health.OPTIONS, "stall_limit")
    assert seconds(service["WatchdogSec"]) == 5 * stall


def test_what_builds_need_is_not_taken_from_them(service):
    forbidden = {
        "NoNewPrivileges", "RestrictNamespaces", "PrivateUsers",
        "PrivateDevices", "PrivateNetwork", "ProtectControlGroups",
        "ProtectKernelTunables", "ProtectKernelLogs", "ProtectProc",
        "ProcSubset", "ProtectClock", "MemoryDenyWriteExecute",
        "SystemCallFilter", "DynamicUser",
    }  # fmt: skip
    assert not forbidden & set(service)
    told = (PLACE.parents[1] / "doc/source/service.rst").read_text()
    assert not {name for name in forbidden if name not in told}


@pytest.mark.skipif(os.getuid() != 0, reason="only root makes users")
def test_the_user_is_made_once(tmp_path):
    (tmp_path / "etc").mkdir()
    for _ in range(2):
        code, said = run(
            "systemd-sysusers", f"--root={tmp_path}", PLACE / "sysusers.conf"
        )
        assert code == 0, said
        (row,) = (tmp_path / "etc/passwd").read_text().splitlines()
        assert row.startswith("turbo-hipster:")
        assert row.endswith(":/var/lib/turbo-hipster:/usr/sbin/nologin")
        group = (tmp_path / "etc/group").read_text()
        assert group.startswith("turbo-hipster:")


def test_the_folders_are_made_as_the_unit_has_them(tmp_path, service):
    text = (PLACE / "tmpfiles.conf").read_text()
    user, group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
    # nobody but root may give a folder away
    text = re.sub(r"( 0\d{3} )\S+ +\S+", rf"\g<1>{user} {group}", text)
    conf = tmp_path / "turbo-hipster.conf"
    conf.write_text(text)
    root = tmp_path / "root"
    root.mkdir()
    for folder in ("etc", "var"):
        (root / folder).mkdir()
    # --root reads the users of the root
    (root / "etc/passwd").write_text(_row(pwd.getpwnam(user)))
    (root / "etc/group").write_text(f"{group}:x:{os.getgid()}:\n")
    code, said = run("systemd-tmpfiles", "--create", f"--root={root}", conf)
    assert code == 0, said
    for path, kind in (
        ("etc/turbo-hipster", "Configuration"),
        ("var/lib/turbo-hipster", "State"),
        ("var/log/turbo-hipster", "Logs"),
    ):
        mode = int(service[f"{kind}DirectoryMode"], 8)
        assert (root / path).stat().st_mode & 0o7777 == mode
        assert service[f"{kind}Directory"] == "turbo-hipster"


def _row(user):
    return ":".join(map(str, user)) + "\n"


WRITER = """
import logging, sys
from oslo_config import cfg
from oslo_log import log
conf = cfg.ConfigOpts()
log.register_options(conf)
conf(["--log-file", sys.argv[1]])
log.setup(conf, "x")
for line in sys.stdin:
    logging.getLogger("x").warning(line.strip())
    print(flush=True)
"""
"""What the worker's log is, without the worker."""


def test_a_log_that_is_held_open_is_turned_and_goes_on(tmp_path):
    folder = tmp_path / "log"
    folder.mkdir(mode=0o750)
    log = folder / "turbo-hipster.log"
    text = (PLACE / "logrotate.conf").read_text()
    user, group = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
    text = text.replace("/var/log/turbo-hipster", str(folder))
    text = text.replace("0640 turbo-hipster turbo-hipster", "0640")
    text = text.replace("su turbo-hipster turbo-hipster", f"su {user} {group}")
    conf = tmp_path / "logrotate.conf"
    conf.write_text(text)
    conf.chmod(0o644)
    rotate = ("logrotate", "--state", tmp_path / "state", conf)
    assert run(*rotate, "--debug")[0] == 0
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(log)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        for word in ("before", "after"):
            writer.stdin.write(f"{word}\n")
            writer.stdin.flush()
            assert writer.stdout.readline()
            if word == "before":
                code, said = run(*rotate, "--force")
                assert code == 0, said
        writer.stdin.close()
    assert log.read_text().endswith(" after\n")
    assert (folder / "turbo-hipster.log.1").read_text().endswith(" before\n")
    assert log.stat().st_mode & 0o7777 == 0o640
