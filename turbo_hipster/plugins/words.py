"""What is asked about a plugin, and what is known of one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from turbo_hipster.conf.section import Raw

TASKS = "turbo_hipster.task"
PUBLISHERS = "turbo_hipster.publisher"
RENDERERS = "turbo_hipster.report"


@dataclasses.dataclass(frozen=True, slots=True)
class Installed:
    """A plugin as its distribution's metadata declares it.

    ``entry`` is ``module:attribute``.  ``rivals`` are the other distributions
    that claim the same name; such a plugin is refused.
    """

    namespace: str
    name: str
    entry: str
    distribution: str
    version: str
    rivals: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """A question to a probe: whether a plugin works with a section.

    ``raw`` None asks only whether it can be imported.  ``core`` are the names
    of the section's options that are not the plugin's.
    """

    namespace: str
    name: str
    raw: Raw | None = None
    section: str = ""
    core: Sequence[str] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Probed:
    """A plugin that was imported, and accepts its options.

    Each of ``options`` has ``name``, ``type``, ``default``, ``required``,
    ``secret`` and ``help``.  ``summary`` is the first line of the class's
    docstring; ``notes`` say what was odd, but is no reason to refuse.
    """

    entry: str
    distribution: str
    version: str
    options: tuple[dict[str, Any], ...] = ()
    steps: tuple[str, ...] = ()
    summary: str = ""
    notes: tuple[str, ...] = ()

    def secrets(self, raw: Raw) -> tuple[str, ...]:
        """Return the values in a section's text that nobody may read."""
        names = {
            option["name"].replace("-", "_")
            for option in self.options
            if option.get("secret")
        }
        return tuple(
            text
            for key, texts in raw.items()
            if key.replace("-", "_") in names
            for text in texts
        )
