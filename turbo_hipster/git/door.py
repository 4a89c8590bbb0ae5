"""How git is called: its environment, its settings, its time.

Two kinds of calls.  ``fetch`` calls speak to other machines: they see the
worker's own git settings (``~/.gitconfig``, ``/etc/gitconfig``), so that an
operator's ssh keys, proxies, URL rewrites and credential helpers work.
Local calls see no settings but ours, so that a checkout looks the same on
every machine; git-lfs pointers therefore stay pointers.

Both: no question is ever asked, hooks are off, nothing is collected or
pruned, and only the transports http, https, git, ssh and file exist.
Passwords travel in the environment, never in an argument list.
"""

from __future__ import annotations

import base64
import dataclasses
import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from turbo_hipster.exceptions import FetchFailed
from turbo_hipster.git.addresses import SCHEMES, Address

# what a fetch may need of the worker's environment; the rest stays out
_KEPT = {
    "PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "XDG_CONFIG_HOME",
    "XDG_RUNTIME_DIR", "SSH_AUTH_SOCK", "KRB5CCNAME", "SSL_CERT_FILE",
    "SSL_CERT_DIR", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT",
    "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_CERT", "GIT_SSL_KEY",
    "http_proxy", "https_proxy", "no_proxy", "all_proxy",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
}  # fmt: skip

# by these a killed build's processes are found; git's are among them
_MARKS = "TURBO_HIPSTER_"

_SETTINGS = (
    ("core.hooksPath", "/dev/null"),
    ("core.fsmonitor", "false"),
    # mirror and checkout can be made again; their durability costs time
    ("core.fsync", "none"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("fetch.recurseSubmodules", "false"),
    ("fetch.writeCommitGraph", "false"),
    # one pack a fetch: quicker to write than many loose objects
    ("fetch.unpackLimit", "1"),
    ("protocol.ext.allow", "never"),
    ("safe.directory", "*"),
    ("advice.detachedHead", "false"),
    ("advice.fetchShowForcedUpdates", "false"),
)


class Exit(Protocol):
    """How a command ended, as far as git's callers need to know."""

    @property
    def status(self) -> int:
        """The exit status, or minus the number of the signal."""

    @property
    def timed_out(self) -> bool:
        """Whether we ended it, because its time was up."""

    @property
    def tail(self) -> str:
        """The last of its output, both streams together."""


class Execute(Protocol):
    """Runs one command to its end; the build's own ``execute`` does."""

    def __call__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float | None = None,
        watch: Mapping[str, Path] | None = None,
        log: str = "git_prep.log",
    ) -> Exit:
        """``env`` is the whole environment; ``timeout`` is in seconds."""


@dataclasses.dataclass(frozen=True, slots=True)
class Git:
    """Runs git for one build.

    ``deadline`` is on ``time.monotonic``'s clock, None for no limit.
    ``environ`` is the worker's environment.  ``stall`` is how many seconds
    an http(s) transfer may stand still before it counts as broken.
    """

    execute: Execute
    log: logging.Logger
    deadline: float | None = None
    environ: Mapping[str, str] = dataclasses.field(
        default_factory=lambda: dict(os.environ), repr=False
    )
    stall: int = 60
    pause: Callable[[float], None] = time.sleep

    def left(self) -> float | None:
        """Seconds until the deadline, None without one."""
        if self.deadline is None:
            return None
        return self.deadline - time.monotonic()

    def local(self, *arguments: str, at: Path) -> Exit:
        """Run git on what is here."""
        return self._run(arguments, at, self._environment(here=True))

    def fetch(
        self,
        *arguments: str,
        at: Path,
        login: Sequence[Address] = (),
        most: float | None = None,
        schemes: Sequence[str] = SCHEMES,
    ) -> Exit:
        """Run git that may speak to the network, for ``most`` seconds.

        ``login`` are addresses whose user and password it may use.
        """
        env = self._environment(here=False, login=login, schemes=schemes)
        return self._run(arguments, at, env, most)

    def _run(
        self,
        arguments: Sequence[str],
        at: Path,
        env: Mapping[str, str],
        most: float | None = None,
    ) -> Exit:
        left = self.left()
        if left is not None and left <= 0:
            raise FetchFailed(
                f"the time for setting up is used up, before git "
                f"{arguments[0]} was started; the job's setup_timeout sets it"
            )
        if most is not None:
            left = most if left is None else min(left, most)
        return self.execute(
            ["git", *arguments],
            cwd=at,
            env=env,
            timeout=left,
            log="git_prep.log",
        )

    def _environment(
        self,
        *,
        here: bool,
        login: Sequence[Address] = (),
        schemes: Sequence[str] = SCHEMES,
    ) -> dict[str, str]:
        env = {
            name: value
            for name, value in self.environ.items()
            if name in _KEPT or name.startswith(_MARKS)
        }
        env["LC_ALL"] = "C"
        env["GIT_TERMINAL_PROMPT"] = "0"
        env["GIT_ALLOW_PROTOCOL"] = ":".join(schemes)
        env["SSH_ASKPASS_REQUIRE"] = "never"
        settings = list(_SETTINGS)
        if here:
            env["GIT_CONFIG_NOSYSTEM"] = "1"
            env["GIT_CONFIG_GLOBAL"] = "/dev/null"
            env["GIT_ALLOW_PROTOCOL"] = ""
        else:
            settings += [
                ("http.lowSpeedLimit", "1"),
                ("http.lowSpeedTime", str(self.stall)),
            ]
            settings += [_login(address) for address in login if _has(address)]
        for number, (key, value) in enumerate(settings):
            env[f"GIT_CONFIG_KEY_{number}"] = key
            env[f"GIT_CONFIG_VALUE_{number}"] = value
        env["GIT_CONFIG_COUNT"] = str(len(settings))
        return env


def _has(address: Address) -> bool:
    return bool(address.password) and address.url.startswith("http")


def _login(address: Address) -> tuple[str, str]:
    """The setting that logs in at this address's host, and only there."""
    scheme, _, rest = address.url.partition("://")
    root = f"{scheme}://{rest.split('/')[0]}/"
    secret = f"{address.user}:{address.password}".encode()
    basic = base64.b64encode(secret).decode()
    return f"http.{root}.extraHeader", f"Authorization: Basic {basic}"
