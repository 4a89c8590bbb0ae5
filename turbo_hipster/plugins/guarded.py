"""The caller's side of the guard: start a command, be sure of its end."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple

from turbo_hipster import exceptions

GUARD = str(Path(__file__).with_name("guard.py"))


class Ended(NamedTuple):
    """How a command ended, and how many processes outlived it (killed)."""

    status: int
    left: int


class Guarded:
    """A command that dies with us, and whose whole tree dies with it.

    ``fileno`` is readable once everything is over, so it may be selected on.
    Raises CommandFailed if the command cannot be started.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        stdin: int | IO[bytes] = subprocess.DEVNULL,
        output: int = subprocess.DEVNULL,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
        user: str = "",
    ) -> None:
        control, self._control = os.pipe()
        self._report, report = os.pipe()
        try:
            self._guard = subprocess.Popen(
                [
                    *(sys.executable, "-I", "-S", GUARD),
                    *(str(control), str(report), user),
                    *argv,
                ],
                stdin=stdin,
                stdout=output,
                stderr=output,
                cwd=cwd,
                env=env,
                pass_fds=(control, report, *pass_fds),
                start_new_session=True,
            )
        except OSError as error:
            self._close()
            raise exceptions.CommandFailed(
                f"cannot run {argv[0]!r}: {error}"
            ) from error
        finally:
            os.close(control)
            os.close(report)
        self._ended: Ended | None = None
        word, number = self._line() or ("errno", "5")
        if word == "errno":
            self.close()
            reason = os.strerror(int(number))
            raise exceptions.CommandFailed(f"cannot run {argv[0]!r}: {reason}")
        self.pid = int(number)

    def fileno(self) -> int:
        """Return a handle that is readable when all is over."""
        return self._report

    def wait(self, timeout: float | None = None) -> Ended | None:
        """Wait for the end, at most ``timeout`` seconds; None: it lives."""
        if self._ended is None:
            poll = select.poll()
            poll.register(self._report, select.POLLIN)
            if not poll.poll(None if timeout is None else timeout * 1000):
                return None
            word, *numbers = self._line() or ("lost",)
            self.close()
            if word != "exit":
                raise exceptions.CommandFailed(
                    "the guard of a command was killed; run the build again"
                )
            self._ended = Ended(int(numbers[0]), int(numbers[1]))
        return self._ended

    def ask_to_end(self, grace: float = 0.0) -> None:
        """Send TERM now, and KILL ``grace`` seconds later."""
        if self._control >= 0:
            with contextlib.suppress(BrokenPipeError):  # it has just ended
                os.write(self._control, b" %f" % grace)

    def close(self) -> None:
        """Kill the tree if it lives, and wait for that."""
        self._close()
        self._guard.wait()

    def __enter__(self) -> Guarded:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _line(self) -> list[str]:
        text = b""
        while not text.endswith(b"\n"):
            piece = os.read(self._report, 1)
            if not piece:
                break
            text += piece
        return text.decode().split()

    def _close(self) -> None:
        if self._control >= 0:
            os.close(self._control)
        if self._report >= 0 and hasattr(self, "_guard"):
            self._guard.wait()
        if self._report >= 0:
            os.close(self._report)
        self._control = self._report = -1
