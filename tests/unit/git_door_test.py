"""With which environment git is called."""

import logging
from typing import NamedTuple

import pytest

from turbo_hipster.git.addresses import Address
from turbo_hipster.git.door import Git

WORKER = {
    "PATH": "/bin",
    "HOME": "/home/th",
    "SSH_AUTH_SOCK": "/run/agent",
    "https_proxy": "http://proxy",
    "TURBO_HIPSTER_BUILD": "b1",
    "GIT_DIR": "/elsewhere",
    "GIT_EXEC_PATH": "/elsewhere",
    "GIT_TRACE_CURL": "1",
    "GIT_CONFIG_PARAMETERS": "'core.x=y'",
    "LD_PRELOAD": "x.so",
    "SWIFT_a_HMAC_BODY": "right",
    "LC_ALL": "de_DE.UTF-8",
}


class Ended(NamedTuple):
    status: int = 0
    timed_out: bool = False
    tail: str = ""


@pytest.fixture
def calls():
    return []


@pytest.fixture
def git(calls):
    def execute(argv, *, cwd, env, timeout, watch=None, log):
        calls.append((argv, env, log))
        return Ended()

    return Git(execute, logging.getLogger("git"), None, WORKER)


@pytest.mark.parametrize("call", ["local", "fetch"])
def test_only_what_git_needs_is_passed_on(git, calls, call, tmp_path):
    getattr(git, call)("x", at=tmp_path)
    ((argv, env, log),) = calls
    assert argv == ["git", "x"]
    assert log == "git_prep.log"
    kept = set(WORKER) & set(env)
    assert kept == {
        "PATH",
        "HOME",
        "SSH_AUTH_SOCK",
        "https_proxy",
        "LC_ALL",
        # a build's processes are found by it when it has to be ended
        "TURBO_HIPSTER_BUILD",
    }
    assert env["LC_ALL"] == "C"
    assert env["GIT_TERMINAL_PROMPT"] == "0"


def settings(env):
    return {
        env[f"GIT_CONFIG_KEY_{n}"]: env[f"GIT_CONFIG_VALUE_{n}"]
        for n in range(int(env["GIT_CONFIG_COUNT"]))
    }


def test_the_machines_settings_count_for_fetching_only(git, calls, tmp_path):
    git.local("x", at=tmp_path)
    git.fetch("x", at=tmp_path)
    (_, here, _), (_, away, _) = calls
    assert here["GIT_CONFIG_GLOBAL"] == "/dev/null"
    assert "GIT_CONFIG_GLOBAL" not in away
    assert here["GIT_ALLOW_PROTOCOL"] == ""
    assert away["GIT_ALLOW_PROTOCOL"] == "http:https:git:ssh:file"
    for env in (here, away):
        assert settings(env)["core.hooksPath"] == "/dev/null"
        assert settings(env)["gc.auto"] == "0"
        assert settings(env)["protocol.ext.allow"] == "never"


def test_a_password_is_a_setting_for_its_server_alone(git, calls, tmp_path):
    address = Address("https://host:8443/a/b", "me", "s3cret")
    git.fetch("x", at=tmp_path, login=(address,))
    ((argv, env, _),) = calls
    found = settings(env)["http.https://host:8443/.extraHeader"]
    assert found == "Authorization: Basic bWU6czNjcmV0"
    assert "s3cret" not in repr(git) + " ".join(argv)
