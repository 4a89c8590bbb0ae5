"""What one probing thread felt."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from turbo_hipster_real_db_upgrade.probing.clients.contract import Failed


class Waits:
    """The longest wait of one kind on one table, and the errors.

    Written by one thread; another may look at any time, and sees a call
    that is still waiting.
    """

    def __init__(self, table: str, kind: str) -> None:
        self.table = table
        self.kind = kind
        self.calls = 0
        self._longest = (0.0, 0.0)
        self._since: float | None = None
        self._troubles: dict[tuple[str, bool, str], list[Any]] = {}

    def time(self, call: Callable[[], None]) -> None:
        """Make a call; whatever it raises goes on."""
        self._since = began = time.monotonic()
        try:
            call()
        finally:
            took = time.monotonic() - began
            self._since = None
            self.calls += 1
            if took > self._longest[0]:
                self._longest = (took, began)

    def failed(self, error: Failed, statement: str = "") -> None:
        """Note an error."""
        key = (error.code, error.deadlock, statement)
        known = self._troubles.setdefault(key, [error.message, 0])
        known[1] += 1

    def forget(self) -> None:
        """Begin anew; a call that waits already counts from now on."""
        self.calls = 0
        self._longest = (0.0, 0.0)
        self._troubles = {}

    def told(self, began: float) -> dict[str, Any]:
        """Return it in plain data; ``began`` is when the step began."""
        seconds, at = self._longest
        since = self._since
        if since is not None and time.monotonic() - since > seconds:
            seconds, at = time.monotonic() - since, since
        return {
            "table": self.table,
            "kind": self.kind,
            "seconds": seconds,
            "at": max(at - began, 0.0),
            "calls": self.calls,
            "troubles": [
                {
                    "code": code,
                    "deadlock": deadlock,
                    "statement": statement,
                    "message": message,
                    "count": count,
                }
                for (code, deadlock, statement), (
                    message,
                    count,
                ) in self._troubles.items()
            ],
        }
