"""The wiring: the one place that reads the configuration and builds all."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from typing import Any

from turbo_hipster import exceptions, plugins
from turbo_hipster.builds.plan import Plan, PlannedJob
from turbo_hipster.conf import publish
from turbo_hipster.conf.settings import JobSettings, Settings
from turbo_hipster.plugins.words import PUBLISHERS, RENDERERS
from turbo_hipster.worker.life import Life
from turbo_hipster.worker.notifying import Notices

LOG = logging.getLogger(__name__)
OWN_RENDERERS = ("page", "json", "junit", "markdown")
ON_REQUEST = (
    "github_annotations",
    "github_summary",
    "gitlab_log",
    "gitlab_quality",
    "sarif",
    "zuul_return",
)
"""Views that ``run`` and ``submit`` render, where somebody wants them."""


def plan(settings: Settings, jobs: Sequence[str] | None = None) -> Plan:
    """Probe what the configuration names and make it ready.

    ``jobs`` are the names to offer (default: the enabled ones).  A job whose
    plugin does not load, or refuses its options, is not offered; ``refused``
    says why.  Raises ConfigurationError when a publisher cannot work.
    """
    names = settings.enabled_jobs if jobs is None else jobs
    wanted = [settings.jobs[name] for name in names]
    planned: dict[str, PlannedJob] = {}
    refused: dict[str, str] = {}
    for job, outcome in zip(
        wanted, plugins.probe_all(wanted).values(), strict=True
    ):
        if isinstance(outcome, exceptions.ConfigurationError):
            refused[job.name] = str(outcome)
            LOG.error("job %s is not offered: %s", job.name, outcome)
        else:
            planned[job.name] = PlannedJob(
                job, outcome.entry, outcome.secrets(job.raw)
            )
    return Plan(
        settings=settings,
        jobs=planned,
        offers={
            function: (job, label)
            for job in planned.values()
            for function, label in functions(job.settings)
        },
        publishers=tuple(_publishers(settings)),
        renderers=tuple(_renderers()),
        refused=refused,
    )


def functions(job: JobSettings) -> list[tuple[str, str]]:
    """Return the Gearman functions of a job, each with its label."""
    name = f"build:{job.name}"
    return [
        (name, ""),
        *((f"{name}:{label}", label) for label in job.core.labels),
    ]


def worker(
    settings: Settings, reread: Callable[[], Settings], *, once: bool = False
) -> Life:
    """Return a worker that is ready to run.

    What the environment says of a service manager is taken out of it.
    Raises ConfigurationError when there is no job that it could offer.
    """
    notices = Notices.taken(os.environ)
    return Life(
        _useful(settings), lambda: _useful(reread()), notices, once=once
    )


def _useful(settings: Settings) -> Plan:
    if not settings.enabled_jobs:
        raise exceptions.ConfigurationError(
            "no job is enabled: name some in enabled_jobs of [DEFAULT] and "
            "give each a section [job:NAME]; 'turbo-hipster config sample' "
            "shows how"
        )
    made = plan(settings)
    if not made.offers:
        raise exceptions.ConfigurationError(
            "none of the enabled jobs can be offered: "
            + "; ".join(f"{name}: {why}" for name, why in made.refused.items())
        )
    return made


def _publishers(settings: Settings) -> list[dict[str, Any]]:
    core = [option.dest for option in publish.SECTION_OPTIONS]
    found = []
    for one in settings.publishers:
        probed = plugins.probe(
            PUBLISHERS, one.publisher, one.raw, f"publish:{one.name}", core
        )
        found.append(
            {
                "name": one.name,
                "entry": probed.entry,
                "raw": {key: list(texts) for key, texts in one.raw.items()},
                "secrets": list(probed.secrets(one.raw)),
            }
        )
    return found


def _renderers() -> list[str]:
    """Return the renderers' entries: our own first, then by name."""
    found = {}
    for one in plugins.installed(RENDERERS):
        if one.rivals:
            LOG.error(
                "report %s is left out: %s and %s both bring it",
                one.name,
                one.distribution,
                ", ".join(one.rivals),
            )
        else:
            found[one.name] = one.entry
    others = sorted(set(found) - {*OWN_RENDERERS, *ON_REQUEST})
    return [found[name] for name in (*others, *OWN_RENDERERS[::-1])]
