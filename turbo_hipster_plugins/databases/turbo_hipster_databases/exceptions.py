"""What can go wrong with databases, by what the reader does next."""

from __future__ import annotations

from turbo_hipster.exceptions import CannotJudge, TurboHipsterError


class ServerMissing(CannotJudge):
    """No server of this engine is installed; the text says what to install."""


class ServerFailed(CannotJudge):
    """A server did not start, or ended; the text has the end of its log."""


class DiskFull(CannotJudge):
    """A disk has no room left; the text says where."""


class SnapshotFailed(CannotJudge):
    """A snapshot could not be made or cloned."""


class SeedRefused(CannotJudge):
    """A seed cannot be loaded: truncated, empty, or for another engine."""


class EnvironmentFailed(CannotJudge):
    """The project's environment could not be made, by no fault of its own."""


class RequirementsRefused(TurboHipsterError):
    """What the project requires cannot be had: the change is at fault."""


class HistoryBroken(TurboHipsterError):
    """The tool cannot read the migration history: the change is at fault.

    ``kind`` is one word for the cause: ``cycle``, ``missing_parent``,
    ``import``, ``syntax``, ``duplicate``, ``no_history``, ``elsewhere`` (it
    connects to another database), ``hang``, ``exit`` or ``other``.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class StepperLost(CannotJudge):
    """The process that steps the migrations ended and was not told to."""


class HistoryUnusable(CannotJudge):
    """The history of earlier builds cannot be read or written."""
