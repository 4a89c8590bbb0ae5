"""Make one check: a process, a limit, and what it told."""

from __future__ import annotations

import dataclasses
import json
import os
import pwd
import select
import signal
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from typing import Any

from turbo_hipster import exceptions
from turbo_hipster.doctor.words import Check, State, Told
from turbo_hipster.plugins.guarded import Guarded

LONGEST = 2**20
"""Bytes of an answer."""

GRACE = 2.0
"""Seconds that an ended check has for tidying up."""


@dataclasses.dataclass(frozen=True)
class Surroundings:
    """What all checks of one visit have in common; see Patient.

    ``user`` is the account that they run as; empty: as we do.
    """

    files: Sequence[str] = ()
    dirs: Sequence[str] = ()
    workers: Sequence[Mapping[str, Any]] = ()
    network: bool = False
    user: str = ""


def visit(check: Check, around: Surroundings) -> list[Told]:
    """Return what the check told; never raises for what it met.

    What it started is gone when this returns, and what it wrote too, unless
    it had to be killed.
    """
    answer, writes = os.pipe()
    try:
        with tempfile.TemporaryFile() as question:
            question.write(json.dumps(_question(check, around)).encode())
            question.seek(0)
            with Guarded(
                [
                    *(sys.executable, "-P", "-m"),
                    *("turbo_hipster.doctor.inside", str(writes)),
                ],
                stdin=question,
                env=_environment(around.user),
                pass_fds=(writes,),
                user=around.user,
            ) as guarded:
                os.close(writes)
                writes = -1
                said, late = _listen(answer, guarded, check.seconds)
                # None: the guard itself went on for too long
                ended = guarded.wait(GRACE)
                status = ended.status if ended else -signal.SIGKILL
    except exceptions.CommandFailed as error:
        return [_unmade(check, around.user, str(error))]
    finally:
        os.close(answer)
        if writes >= 0:
            os.close(writes)
    if around.user and status > 0 and not said:
        return [_unmade(check, around.user, f"exit status {status}")]
    return list(_understood(check, said, late=late, status=status))


def _question(check: Check, around: Surroundings) -> dict[str, Any]:
    return {
        "target": check.target,
        "argument": check.argument,
        "files": list(around.files),
        "dirs": list(around.dirs),
        "workers": list(around.workers),
        "network": around.network,
    }


def _environment(user: str) -> dict[str, str]:
    """Return ours, with the home of ``user``."""
    env = dict(os.environ)
    if user:
        account = pwd.getpwnam(user)
        env |= {"HOME": account.pw_dir, "USER": user, "LOGNAME": user}
        env.pop("TMPDIR", None)
        env.pop("XDG_CONFIG_HOME", None)
    return env


def _listen(
    answer: int, guarded: Guarded, seconds: float
) -> tuple[bytes, bool]:
    """Return what was said until the end, and whether it came too late."""
    said = b""
    deadline = time.monotonic() + seconds
    poll = select.poll()
    poll.register(answer, select.POLLIN)
    while (left := deadline - time.monotonic()) > 0:
        if not poll.poll(left * 1000):
            break
        piece = os.read(answer, 65536)
        said += piece
        if not piece or len(said) > LONGEST or b'{"over": true}\n' in said:
            return said, False
    guarded.ask_to_end(GRACE)
    return said, True


def _understood(
    check: Check, said: bytes, *, late: bool, status: int
) -> list[Told]:
    told: list[Told] = []
    trouble, over = "", False
    for line in said.splitlines():
        try:
            words = json.loads(line)
        except ValueError:
            continue  # cut short, or another's
        if "told" in words:
            state, sentence, advice = words["told"]
            told.append(Told(check.name, State(state), sentence, advice))
        trouble = words.get("raised", trouble)
        over = over or "over" in words
    if over:
        return told or [Told(check.name, State.OK, "there is nothing to say")]
    if late:
        trouble = f"it went on for more than {check.seconds:g} seconds"
    elif not trouble and status < 0:
        trouble = f"it died of {signal.Signals(-status).name}"
    elif not trouble:
        trouble = f"it ended with exit status {status}"
    return [*told, _broken(check, trouble)]


def _unmade(check: Check, user: str, why: str) -> Told:
    if not user:
        return _broken(check, f"it could not be made: {why}")
    return Told(
        check.name,
        State.FAIL,
        f"{user} cannot run this program with {sys.executable}: {why}",
        f"install turbo-hipster where {user} may read it, such as a virtual "
        "environment in /opt; if that is not the service's account, name it "
        "with --user",
    )


def _broken(check: Check, trouble: str) -> Told:
    return Told(
        check.name,
        State.FAIL,
        f"this check came to no end: {trouble}",
        f"look at what it is about ({check.target}"
        + (f", {check.argument}" if check.argument else "")
        + "); the other checks went on without it",
    )
