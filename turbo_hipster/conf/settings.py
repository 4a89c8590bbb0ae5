"""The configuration as one frozen value, read once at the root."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

from turbo_hipster.conf.section import Raw


@dataclasses.dataclass(frozen=True)
class GearmanSettings:
    """Where jobs come from, and how the client is spoken to."""

    servers: tuple[tuple[str, int], ...]
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    on_connection_loss: str = "cancel"
    result_text: str = "sentence"


@dataclasses.dataclass(frozen=True)
class HealthSettings:
    """Who may ask how the worker is, and when it is not well.

    ``listen`` is host and port, the path of a unix socket, or None: nobody.
    """

    listen: tuple[str, int] | str | None = None
    stall_limit: float = 60
    queued_at: str = ""


@dataclasses.dataclass(frozen=True)
class StatsdSettings:
    """Where numbers are sent; nowhere without a host."""

    host: str = ""
    port: int = 8125
    prefix: str = "turbo_hipster"


@dataclasses.dataclass(frozen=True)
class PublisherSettings:
    """One ``[publish:NAME]``: the plugin's name and the section's text."""

    name: str
    publisher: str
    url: str
    raw: Raw = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True)
class JobSettings:
    """One ``[job:NAME]``.

    ``core`` has the typed values of ``conf.job.OPTIONS``; ``raw`` is the text
    of the whole section, which the task's own process types.
    """

    name: str
    core: SimpleNamespace
    raw: Raw = dataclasses.field(repr=False)
    source: str = ""


@dataclasses.dataclass(frozen=True)
class Settings:
    """All that the worker was told."""

    state_dir: Path
    worker_name: str
    slots: int
    drain_timeout: float
    containment: str
    process_limit: int
    gearman: GearmanSettings
    git_origin: str
    publishers: tuple[PublisherSettings, ...]
    jobs: Mapping[str, JobSettings]
    enabled_jobs: tuple[str, ...]
    health: HealthSettings = HealthSettings()
    statsd: StatsdSettings = StatsdSettings()
