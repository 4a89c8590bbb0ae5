"""Our side of the probing process."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from turbo_hipster.exceptions import CannotJudge
from turbo_hipster.task import TaskContext
from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.home import room
from turbo_hipster_databases.stepping.channel import Garbage, Listener
from turbo_hipster_real_db_upgrade.probing.threads import LOST
from turbo_hipster_real_db_upgrade.words import Stall, Traffic, Trouble

PATIENCE = 120.0
"""Seconds for an answer; it may have to start an interpreter on a busy
machine, and to open a connection for each thread."""

MOST_TABLES = 16
"""Tables that are probed at once; each takes two connections."""

LOG = "probes.log"
MODULE = "turbo_hipster_real_db_upgrade.probing.process"


class Probes:
    """Clients at work on one server; a context manager.

    ``workload`` are statements of the project's own, which are run and
    undone beside the others.  Raises CannotJudge when the process is lost.
    """

    def __init__(
        self,
        context: TaskContext,
        server: Server,
        workload: Sequence[str] = (),
    ) -> None:
        self._server = server
        self._workload = list(workload)
        self._listener = Listener(room(context) / "probes")
        self._running = context.start(
            [sys.executable, "-m", MODULE, str(self._listener.path)],
            cwd=self._listener.path.parent,
            log=LOG,
        )
        channel = self._listener.accept(PATIENCE)
        self._listener.close()
        if channel is None:
            self._running.stop()
            raise CannotJudge(
                f"the probing process did not start within {PATIENCE:g} s; "
                f"{LOG} says why"
            )
        self._channel = channel

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def prepare(self, tables: Sequence[str]) -> None:
        """Let clients work on these tables; at most MOST_TABLES of them."""
        self._ask(
            {
                "do": "begin",
                "engine": self._server.engine.name,
                "place": place(self._server),
                "tables": list(tables)[:MOST_TABLES],
                "workload": self._workload,
            }
        )

    def begins(self) -> None:
        """Say that the step begins now."""
        self._ask({"do": "go"})

    def ends(self) -> Traffic:
        """Say that the step has ended; return what the clients felt."""
        felt = self._ask({"do": "end"})["felt"]
        return Traffic(
            stalls=tuple(
                Stall(one["table"], one["kind"], one["seconds"], one["at"])
                for one in felt
                if one["seconds"] > 0
            ),
            troubles=tuple(
                Trouble(
                    one["table"],
                    "deadlock" if trouble["deadlock"] else "error",
                    trouble["code"],
                    trouble["message"],
                    trouble["statement"],
                    trouble["count"],
                )
                for one in felt
                for trouble in one["troubles"]
                if self._server.alive() or trouble["code"] != LOST
            ),
            calls=sum(one["calls"] for one in felt),
            rows={
                table: sum(
                    one["calls"] for one in felt if one["table"] == table
                )
                for table in {one["table"] for one in felt}
            },
        )

    def close(self) -> None:
        """End the clients and their process."""
        self._channel.close()
        with contextlib.suppress(CannotJudge):
            self._running.stop()

    def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        self._channel.send(message)
        try:
            answer = self._channel.receive(time.monotonic() + PATIENCE)
        except (TimeoutError, Garbage):
            answer = None
        if answer is None:
            raise CannotJudge(f"the probing process was lost; {LOG} says more")
        return answer


def place(server: Server) -> dict[str, Any]:
    """Return where a client finds the server, in plain data."""
    url = urlsplit(server.url())
    if server.engine.name == "sqlite":
        return {"path": str(Path(unquote(url.path)[1:]))}
    query = parse_qs(url.query)
    socket = query.get("unix_socket") or query["host"]
    return {
        "socket": socket[0],
        "user": unquote(url.username or ""),
        "database": unquote(url.path).strip("/"),
    }
