"""The probing process: begins and ends as it is told, over one socket.

Started as ``python -m turbo_hipster_real_db_upgrade.probing.process SOCKET``.
It is told ``{"do": "begin", "engine", "place", "tables", "workload"}``,
answers when every thread has made its first call, and is told ``{"do":
"go"}`` just before and ``{"do": "end"}`` just after the step.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from turbo_hipster_real_db_upgrade.probing import threads

CONNECTING = 60.0
"""Seconds for all threads to make their first call."""

LAST_CALLS = 1.0
"""Seconds for calls that wait to come back after the step's end."""


class Process:
    """What the process does, message by message."""

    def __init__(self) -> None:
        self._probes: list[threads.Probe] = []
        self._began = 0.0

    def begin(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """Start the threads; all of them have made a call when it returns."""
        self._probes = threads.make(
            told["engine"],
            told["place"],
            told["tables"],
            told["workload"],
        )
        for probe in self._probes:
            probe.start()
        deadline = time.monotonic() + CONNECTING
        late = [
            probe.name
            for probe in self._probes
            if not probe.ready.wait(max(deadline - time.monotonic(), 0))
        ]
        return {"late": late}

    def go(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """Forget what was felt so far: the step begins."""
        for probe in self._probes:
            for waits in probe.told():
                waits.forget()
        self._began = time.monotonic()
        return {}

    def end(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """End the threads; return what they felt."""
        for probe in self._probes:
            probe.over.set()
        deadline = time.monotonic() + LAST_CALLS
        for probe in self._probes:
            probe.join(max(deadline - time.monotonic(), 0))
        felt = [
            waits.told(self._began)
            for probe in self._probes
            for waits in probe.told()
        ]
        for probe in self._probes:
            probe.client.close()
        self._probes = []
        return {"felt": felt}


def main(arguments: Sequence[str]) -> None:
    """Serve until the other side hangs up."""
    wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    folder = os.open(os.path.dirname(arguments[0]), os.O_RDONLY)  # noqa: PTH120
    # the whole path may be longer than a socket's name may be
    wire.connect(f"/proc/self/fd/{folder}/{os.path.basename(arguments[0])}")  # noqa: PTH119
    os.close(folder)
    process = Process()
    with wire.makefile("rw") as stream:
        for line in stream:
            told = json.loads(line)
            act = getattr(process, told["do"])
            stream.write(json.dumps(act(told)) + "\n")
            stream.flush()
    # threads that wait in a driver end with the process
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
