"""What a check is given: the configuration, and a place to tell.

A package adds a check by an entry point under ``turbo_hipster.doctor`` (for
``turbo-hipster doctor``) or ``turbo_hipster.upgrade_check`` (for
``turbo-hipster-status upgrade check``) that names a function of one argument.
It may rely on ``state_dir``, ``jobs``, ``ok``, ``warn`` and ``fail``, needs
nothing of ours to import, and leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from turbo_hipster.conf import load
from turbo_hipster.conf.section import Raw
from turbo_hipster.conf.settings import JobSettings, Settings
from turbo_hipster.doctor.words import State


class Patient:
    """One configuration under examination by one check.

    ``argument`` is what the check is about; ``workers`` is what the workers
    that live here say of themselves; ``network`` allows to speak to hosts
    that are not ours.
    """

    def __init__(
        self,
        tell: Callable[[State, str, str], None],
        files: Sequence[str] = (),
        dirs: Sequence[str] = (),
        argument: str = "",
        workers: Sequence[Mapping[str, Any]] = (),
        network: bool = False,
    ) -> None:
        self._tell = tell
        self._settings: Settings | None = None
        self.files, self.dirs = list(files), list(dirs)
        self.argument = argument
        self.workers = list(workers)
        self.network = network

    @property
    def settings(self) -> Settings:
        """The configuration, with defaults in place of its mistakes."""
        if self._settings is None:
            self._settings = load.readable(self.files, self.dirs)
        return self._settings

    @property
    def state_dir(self) -> Path:
        """The worker's folder; it need not exist yet."""
        return self.settings.state_dir

    @property
    def enabled(self) -> list[JobSettings]:
        """The jobs that a worker offers."""
        settings = self.settings
        return [settings.jobs[name] for name in settings.enabled_jobs]

    @property
    def jobs(self) -> Mapping[str, Raw]:
        """The text of each enabled job's section: options and lines."""
        return {
            job.name: {"plugin": [job.core.plugin], **job.raw}
            for job in self.enabled
        }

    def ok(self, sentence: str) -> None:
        """Tell that something is sound."""
        self._tell(State.OK, sentence, "")

    def warn(self, sentence: str, advice: str) -> None:
        """Tell what may go wrong, and the next move."""
        self._tell(State.WARN, sentence, advice)

    def fail(self, sentence: str, advice: str) -> None:
        """Tell what will go wrong, and the next move."""
        self._tell(State.FAIL, sentence, advice)
