"""The configuration made ready for builds: probed, resolved, frozen.

Each build is done by the plan that was in force when it started.
"""

from __future__ import annotations

import dataclasses
import functools
import os
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from turbo_hipster.builds import containment
from turbo_hipster.builds.containment import proc
from turbo_hipster.builds.order import Order, Owner
from turbo_hipster.builds.request import Request
from turbo_hipster.conf.settings import JobSettings, Settings

PRIVATE = re.compile(
    r"OS_\w+__\w+|(LD_|PYTHON|GIT_(DIR|WORK_TREE|INDEX|CONFIG)|BASH_ENV"
    r"|NOTIFY_SOCKET|WATCHDOG_|LISTEN_|CREDENTIALS_|TURBO_HIPSTER_).*"
    r"|IFS|ENV|CDPATH"
)
"""Variables of the worker that are no business of a build."""


@dataclasses.dataclass(frozen=True)
class PlannedJob:
    """A job whose plugin loads and accepts its options.

    ``secrets`` are the values of its secret options.
    """

    settings: JobSettings
    entry: str
    secrets: tuple[str, ...] = dataclasses.field(default=(), repr=False)

    @property
    def name(self) -> str:
        """The job's name, without ``build:``."""
        return self.settings.name

    @property
    def core(self) -> Any:
        """The typed core options."""
        return self.settings.core


@dataclasses.dataclass(frozen=True)
class Plan:
    """What a worker can do, and how.

    ``offers`` maps a Gearman function to its job and label.  ``publishers``
    are plain dicts of name, entry and raw text; ``renderers`` are entries.
    ``refused`` says why a job is not offered.
    """

    settings: Settings
    jobs: Mapping[str, PlannedJob]
    offers: Mapping[str, tuple[PlannedJob, str]]
    publishers: tuple[Mapping[str, Any], ...]
    renderers: tuple[str, ...]
    refused: Mapping[str, str]

    def order(
        self,
        job: PlannedJob,
        request: Request,
        worker: Mapping[str, Any],
        *,
        tree: str = "",
        base_ref: str = "",
    ) -> Order:
        """Return the order for one build."""
        return Order(
            build=request.build,
            core=vars(job.core),
            raw={key: list(texts) for key, texts in job.settings.raw.items()},
            entry=job.entry,
            state_dir=str(self.settings.state_dir),
            git_origin=self.settings.git_origin,
            process_limit=self.settings.process_limit,
            renderers=self.renderers,
            worker=worker,
            owner=myself(),
            started=time.time(),
            environment=_environment(request.build.id),
            parameters=request.parameters,
            secrets=(*request.secrets, *job.secrets),
            notes=tuple(f"not passed on: {one}" for one in request.dropped),
            tree=tree,
            base_ref=base_ref,
        )

    def expected_url(self, log_path: str) -> str:
        """Return where the first publisher will show a build, or ``""``."""
        for publisher in self.settings.publishers:
            if publisher.url:
                return f"{publisher.url.rstrip('/')}/{log_path}/"
            break
        return ""


def myself() -> Owner:
    """Return the owner that this process is."""
    return _owner(os.getpid())


@functools.cache
def _owner(pid: int) -> Owner:
    return Owner(
        boot=Path("/proc/sys/kernel/random/boot_id").read_text().strip(),
        pid=pid,
        started=proc.start_time(pid),
    )


def _environment(build_id: str) -> dict[str, str]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if not PRIVATE.fullmatch(name)
    }
    environment[containment.ENVIRONMENT] = build_id
    return environment
