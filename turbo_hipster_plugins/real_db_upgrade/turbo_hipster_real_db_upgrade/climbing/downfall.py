"""Whether a step is to blame when its server ends in the midst of it.

A statement that crashes its server, or shuts it down, is a fault of the
migration, and the server's log has it.  A server that somebody killed, or
the kernel for want of memory, says nothing about a change.
"""

from __future__ import annotations

import re
import time

from turbo_hipster.exceptions import CannotJudge
from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.model import Ran
from turbo_hipster_real_db_upgrade.words import Case

LOST = ("", "2006", "2013", "57P01", "57P02", "57P03")
"""Codes of a connection that is lost: MariaDB's, PostgreSQL's, none."""

SETTLING = 2.0
"""Seconds within which a server that lost a client is known to be gone."""

OF_ITSELF = re.compile(
    r"got signal (?:4|6|7|8|11)\b|terminated by signal (?:4|6|7|8|11)\b|"
    r"Normal shutdown|received \w+ shutdown request|TRAP: |Assertion",
    re.IGNORECASE,
)
"""What a server writes that crashed, or was shut down."""

KILLED = re.compile(r"terminated by signal 9\b")
"""What PostgreSQL writes of one of its processes, and starts anew."""


def is_lost(case: Case, server: Server, ran: Ran) -> bool:
    """Say whether a step took its server down.

    Raises CannotJudge if it failed because somebody else did.
    """
    failure = ran.failure
    if failure is None or failure.code not in LOST:
        return False
    if failure.kind not in ("sql", "command", "python"):
        return False
    deadline = time.monotonic() + SETTLING
    while server.alive() and not KILLED.search(server.log_tail()):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    log = server.log_tail()
    if OF_ITSELF.search(log) and not KILLED.search(log):
        return True
    raise CannotJudge(
        f"{case}: the server was killed in the midst of {ran.migration}, and "
        f"not by it: {failure.message}. The end of its log:\n{log}"
    )
