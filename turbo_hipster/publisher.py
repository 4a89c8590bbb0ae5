"""The contract of a publisher: it puts a build's results where readers are.

Registered under ``turbo_hipster.publisher`` and named by ``publisher`` in a
``[publish:NAME]`` section.  It runs in a fresh process that imported no task.
"""

from __future__ import annotations

import abc
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from oslo_config import cfg

from turbo_hipster.exceptions import NotMine


class Publisher(abc.ABC):
    """Put a folder somewhere and say where it can be read."""

    options: ClassVar[Sequence[cfg.Opt]] = ()

    @classmethod
    def check(cls, options: Any) -> None:
        """Raise ConfigurationError if ``options`` cannot work."""
        return

    def __init__(self, options: Any) -> None:
        self.settings = options

    @abc.abstractmethod
    def publish(
        self, folder: Path, destination: str, parameters: Mapping[str, str]
    ) -> str:
        """Publish all of ``folder`` and return the URL of its index.

        ``destination`` is a checked relative path.  What exists there is
        never overwritten: ``.2`` and so on is appended.  ``index.html`` goes
        last, so that a reader who finds it finds everything.  The folder may
        be moved away.  Raises NotMine when this build is no business of this
        publisher's, PublishFailed when it could not be done.
        """

    def rehearse(self) -> None:
        """Write something small where results go, and remove it again.

        ``turbo-hipster doctor`` asks for it.  Raises PublishFailed when it
        cannot be done, and NotMine when it cannot be tried without a build;
        a publisher that does not define it says just that.
        """
        raise NotMine("it cannot be tried without a build")
