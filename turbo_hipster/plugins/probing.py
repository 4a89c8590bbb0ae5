"""Ask probes: each a process that imports one plugin in our stead."""

from __future__ import annotations

import os
import selectors
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from turbo_hipster import exceptions
from turbo_hipster.plugins.process import Probe
from turbo_hipster.plugins.words import TASKS, Probed, Request

if TYPE_CHECKING:
    from turbo_hipster.conf.section import Raw
    from turbo_hipster.conf.settings import JobSettings

LIMIT = 30.0
"""Seconds that a plugin may take for its import and its check."""

Outcome = Probed | exceptions.ConfigurationError


def probe(
    namespace: str,
    name: str,
    raw: Raw | None = None,
    section: str = "",
    core: Sequence[str] = (),
    *,
    limit: float = LIMIT,
) -> Probed:
    """Return what a plugin is; ``raw`` None asks only if it can be imported.

    Raises PluginError when the plugin is at fault, InvalidJob or
    ConfigurationError when the section is.  The notes of the exception have
    the last lines of what the plugin printed.
    """
    [outcome] = ask([Request(namespace, name, raw, section, core)], limit)
    if isinstance(outcome, Probed):
        return outcome
    raise outcome


def probe_all(
    jobs: Iterable[JobSettings], *, limit: float = LIMIT
) -> dict[str, Outcome]:
    """Probe the plugin of each job; by the job's name, in the given order."""
    jobs = list(jobs)
    outcomes = ask(
        [
            Request(
                TASKS,
                job.core.plugin,
                job.raw,
                f"job:{job.name}",
                tuple(vars(job.core)),
            )
            for job in jobs
        ],
        limit,
    )
    return {
        job.name: outcome for job, outcome in zip(jobs, outcomes, strict=True)
    }


def ask(requests: Sequence[Request], limit: float = LIMIT) -> list[Outcome]:
    """Answer each request by a probe of its own, a few at a time.

    What is still at work after ``limit`` seconds is killed with all that it
    started.
    """
    outcomes: dict[int, Outcome] = {}
    waiting = list(enumerate(requests))[::-1]
    running: dict[int, Probe] = {}
    with selectors.DefaultSelector() as selector:
        try:
            while waiting or running:
                while waiting and len(running) < at_a_time():
                    index, request = waiting.pop()
                    running[index] = probe = Probe(request, limit)
                    for stream in probe.streams():
                        selector.register(stream, selectors.EVENT_READ, index)
                rest = min(probe.deadline for probe in running.values())
                for key, _ in selector.select(rest - time.monotonic()):
                    if not running[key.data].read(key.fd):
                        selector.unregister(key.fd)
                for index, probe in list(running.items()):
                    if time.monotonic() > probe.deadline:
                        probe.kill()
                    if probe.over():
                        outcomes[index] = running.pop(index).outcome()
        finally:
            for probe in running.values():
                probe.close()
    return [outcomes[index] for index in range(len(requests))]


def at_a_time() -> int:
    """Return how many probes may run side by side."""
    return max(2, min(8, len(os.sched_getaffinity(0))))
