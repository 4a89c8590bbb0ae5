"""The four pages, and what makes a worker alive and ready."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from turbo_hipster.watching import exposition
from turbo_hipster.watching.http import Page
from turbo_hipster.watching.numbers import Sample

DEAD = 5
"""Times the limit after which a loop that does not turn is given up."""

SLOT = "slot-"


class Watched(Protocol):
    """What is asked of a worker; from the listener's thread."""

    def status(self) -> dict[str, Any]:
        """Return plain facts; those that ``ready`` needs among them."""

    def ages(self) -> Mapping[str, float]:
        """Return the seconds since the last turn of each loop."""

    def samples(
        self, ages: Mapping[str, float], ready: bool
    ) -> Iterable[Sample]:
        """Return all numbers."""


class Pages:
    """Answers paths; ``limit`` is in seconds."""

    def __init__(self, watched: Watched, limit: float) -> None:
        self._watched = watched
        self._limit = limit
        self._pages: dict[str, Callable[[], Page]] = {
            "/health/live": self._live,
            "/health/ready": self._ready,
            "/health/status": self._status,
            "/metrics": self._metrics,
        }

    def __call__(self, path: str) -> Page | None:
        """Return the page at ``path``."""
        page = self._pages.get(path)
        return page() if page is not None else None

    def _live(self) -> Page:
        return _verdict(stalled(self._watched.ages(), self._limit * DEAD))

    def _ready(self) -> Page:
        return _verdict(self._missing())

    def _missing(self) -> list[str]:
        return missing(
            self._watched.status(), self._watched.ages(), self._limit
        )

    def _status(self) -> Page:
        status, ages = self._watched.status(), self._watched.ages()
        reasons = missing(status, ages, self._limit)
        told = {
            "ready": not reasons,
            "reasons": reasons,
            **status,
            "loops": {name: round(age, 3) for name, age in ages.items()},
        }
        text = json.dumps(told, indent=2) + "\n"
        return Page(200, text, "application/json")

    def _metrics(self) -> Page:
        ready = not self._missing()
        samples = self._watched.samples(self._watched.ages(), ready)
        text = exposition.render(samples)
        return Page(200, text, exposition.CONTENT_TYPE)


def stalled(ages: Mapping[str, float], limit: float) -> list[str]:
    """Name the loops that have not turned within ``limit`` seconds."""
    return [
        f"the loop {name} has not turned for {age:.0f} s"
        for name, age in sorted(ages.items())
        if age > limit
    ]


def missing(
    status: Mapping[str, Any], ages: Mapping[str, float], limit: float
) -> list[str]:
    """Say what a worker lacks to take jobs; nothing when it is ready."""
    found = []
    if status["draining"]:
        found.append("the worker drains and takes no more jobs")
    if not any(one["registered"] for one in status["servers"]):
        found.append("there is no connection to any Gearman server")
    if not any(name.startswith(SLOT) for name in ages):
        found.append("no slot takes jobs")
    taking = {name: age for name, age in ages.items() if name != "main"}
    return found + stalled(taking, limit)


def _verdict(problems: list[str]) -> Page:
    if problems:
        return Page(503, "".join(f"{one}\n" for one in problems))
    return Page(200, "ok\n")
