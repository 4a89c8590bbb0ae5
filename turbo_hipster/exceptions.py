"""What can go wrong, by what the reader does next.

Foreign errors (gear's, git's, the web's) are translated into one of these at
the door that speaks to the stranger.  ``exit_status`` is what a command ends
with when the error reaches it.
"""

from __future__ import annotations

from typing import ClassVar


class TurboHipsterError(Exception):
    """The ground of all our errors; its text is one line for a person."""

    exit_status: ClassVar[int] = 75


class ConfigurationError(TurboHipsterError):
    """A file, section or option is wrong; nothing was started."""

    exit_status = 2


class InvalidJob(ConfigurationError):
    """A task's ``check`` refuses its options; the text names the next move."""


class PluginError(ConfigurationError):
    """A plugin is missing, broken, or claimed by two distributions."""


class RefusedInput(TurboHipsterError):
    """The request itself is unacceptable; a retry would not help."""

    exit_status = 2


class CannotJudge(TurboHipsterError):
    """We could not find out; the client is asked to try again."""


class FetchFailed(CannotJudge):
    """The change could not be fetched or checked out."""


class CommandFailed(CannotJudge):
    """A command could not be started, or its runner was lost."""


class PublishFailed(TurboHipsterError):
    """A publisher could not put the results where they belong."""

    exit_status = 3


class NotMine(PublishFailed):
    """A publisher has no business with this build; the next one is asked."""


class ServerUnavailable(TurboHipsterError):
    """No Gearman server answers, or none knows the function."""

    exit_status = 69


class LostConnection(TurboHipsterError):
    """The session a job came from is over; nothing may be sent for it."""


class Cancelled(BaseException):
    """Raised in a build when it is told to end; let it pass.

    It is no ``Exception``, so that a task's own ``except Exception`` does not
    swallow it; ``finally`` blocks have the job's ``kill_grace`` to tidy up.
    """
