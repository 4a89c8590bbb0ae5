"""One probe as its asker sees it: two streams, a deadline, an outcome."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import sys
import tempfile
import time
from typing import Any

from turbo_hipster import exceptions
from turbo_hipster.plugins.guarded import Guarded
from turbo_hipster.plugins.words import Probed, Request

LONGEST = 2**20
"""Bytes of an answer, and of what is kept of a plugin's output."""
LINES = 20
"""Lines of a plugin's output that are shown."""
CLOSED = 74
"""Exit status of a probe whose pipe was closed by the plugin."""
UNGUARDED = 256
"""In the place of a status: the guard was killed, and knows none."""
KILLING = 15.0
"""Seconds that we wait for the end of a probe that was killed."""
REFUSALS = {
    kind.__name__: kind
    for kind in (
        exceptions.ConfigurationError,
        exceptions.InvalidJob,
        exceptions.PluginError,
    )
}


class Probe:
    """A probe at work on one request."""

    def __init__(self, request: Request, limit: float) -> None:
        self.request = request
        self.limit = limit
        self.deadline = time.monotonic() + limit
        self._late = False
        self._said: dict[int, bytes] = {}
        answer, writes_answer = os.pipe()
        output, writes_output = os.pipe()
        with tempfile.TemporaryFile() as question:
            question.write(
                json.dumps(
                    {**dataclasses.asdict(request), "deadline": self.deadline}
                ).encode()
            )
            question.seek(0)
            try:
                self._guarded = Guarded(
                    [
                        *(sys.executable, "-P", "-m"),
                        "turbo_hipster.plugins.inside",
                        str(writes_answer),
                    ],
                    stdin=question,
                    output=writes_output,
                    pass_fds=(writes_answer,),
                )
            except exceptions.CommandFailed:
                os.close(answer)
                os.close(output)
                raise
            finally:
                os.close(writes_answer)
                os.close(writes_output)
        self._answer, self._output = answer, output
        self._said = {answer: b"", output: b""}
        self._open = {answer, output}

    def streams(self) -> list[int]:
        """Return the handles to wait for."""
        return [self._answer, self._output]

    def read(self, stream: int) -> bool:
        """Take what there is; False at the stream's end."""
        piece = os.read(stream, 65536)
        if not piece:
            self._open.discard(stream)
            return False
        self._said[stream] = (self._said[stream] + piece)[-LONGEST:]
        return True

    def over(self) -> bool:
        """Say whether everything has been read, so that nothing lives."""
        return not self._open

    def kill(self) -> None:
        """End the tree, since its time is up."""
        if self._late:  # nothing guards what still holds the streams
            self._open.clear()
        self._late = True
        self.deadline = time.monotonic() + KILLING
        self._guarded.ask_to_end(0)

    def close(self) -> None:
        """Kill what lives and let go of everything."""
        self._guarded.close()
        os.close(self._answer)
        os.close(self._output)

    def outcome(self) -> Probed | exceptions.ConfigurationError:
        """Return the answer, or what was wrong, and close."""
        status, left = self._ended()
        told = self._told()
        printed = self._said[self._output].decode(errors="replace")
        self.close()
        sound = status == 0 and "garbage" not in told and not self._late
        if "answer" in told and sound:
            notes: tuple[str, ...] = ()
            if left:
                notes = (
                    f"at import it left {left} processes behind, which were "
                    "killed; a plugin may start processes in run() only",
                )
            answer = told["answer"]
            return Probed(
                entry=answer["entry"],
                distribution=answer["distribution"],
                version=answer["version"],
                options=tuple(answer["options"]),
                steps=tuple(answer["steps"]),
                summary=answer["summary"],
                notes=notes,
            )
        error = self._refusal(told, status)
        lines = printed.rstrip().splitlines()[-LINES:]
        if lines:
            error.add_note("It printed:\n  " + "\n  ".join(lines))
        return error

    def _ended(self) -> tuple[int, int]:
        """Return the exit status, and how many processes outlived it."""
        try:
            return self._guarded.wait() or (UNGUARDED, 0)
        except exceptions.CommandFailed:
            return UNGUARDED, 0

    def _told(self) -> dict[str, Any]:
        """Return what the lines of the answer say together."""
        told: dict[str, Any] = {}
        for line in self._said[self._answer].splitlines():
            try:
                told.update(json.loads(line))
            except (ValueError, TypeError):
                told["garbage"] = line
        return told

    def _refusal(
        self, told: dict[str, Any], status: int
    ) -> exceptions.ConfigurationError:
        if "refused" in told:
            kind, text = told["refused"]
            where = self.request.section
            if kind == "InvalidJob" and where:
                text = f"[{where}] {text}"
            return REFUSALS.get(kind, exceptions.PluginError)(text)
        plugin = told.get("plugin", {})
        who = f"the plugin {self.request.name!r}"
        if plugin:
            who += f" ({plugin['entry']} of {plugin['distribution']})"
        phase = told.get("phase", "starting the probe")
        return exceptions.PluginError(
            f"{who} is not usable: while {phase} it {self._did(told, status)}"
        )

    def _did(self, told: dict[str, Any], status: int) -> str:
        if self._late:
            return f"went on for more than {self.limit:g} seconds"
        if "garbage" in told:
            return "wrote to a pipe that is not its own"
        if "raised" in told:
            return f"raised {told['raised']}"
        if status == UNGUARDED:
            return "killed the process that guards it"
        if status < 0:
            return f"died of {signal.Signals(-status).name}"
        if status == CLOSED:
            return "closed file descriptors that are not its own"
        return f"ended its process with exit status {status}"
