"""The sections of plugins: ``[job:NAME]`` and ``[publish:NAME]``.

Their core options are typed here; the rest stays text until the plugin's
own process types it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace

from oslo_config import cfg

from turbo_hipster import exceptions
from turbo_hipster.conf import job, names, publish
from turbo_hipster.conf.ini import Entry
from turbo_hipster.conf.problem import Problem
from turbo_hipster.conf.section import Raw, read_section
from turbo_hipster.conf.settings import JobSettings, PublisherSettings

LOCAL = "local"

URL = re.compile(r"https?://[^\s/]\S*|file:///\S*")


def raw_sections(entries: Iterable[Entry]) -> dict[str, dict[str, list[str]]]:
    """Return the text of each section with a colon in its name.

    A key that is repeated in one file has several values; a later file's
    values take the place of an earlier one's.
    """
    values: dict[str, dict[str, list[str]]] = {}
    origin: dict[tuple[str, str], str] = {}
    for entry in entries:
        if ":" not in entry.section:
            continue
        keys = values.setdefault(entry.section, {})
        place = (entry.section, entry.key)
        if origin.get(place) != entry.file:
            keys[entry.key] = []
        origin[place] = entry.file
        keys[entry.key].append(entry.value)
    return values


class Sections:
    """All sections of plugins, with the place each one began."""

    def __init__(
        self,
        places: Mapping[str, tuple[str, int]],
        entries: Mapping[tuple[str, str], Entry],
        raws: Mapping[str, Raw],
    ) -> None:
        self.places = places
        self.entries = entries
        self.raws = raws
        self.problems: list[Problem] = []

    def job(self, name: str) -> JobSettings:
        """Type the core options of ``[job:NAME]``."""
        section = f"job:{name}"
        core = self._typed(job.OPTIONS, section)
        self._note(section, "", names.job_mistake(name))
        for label in core.labels:
            self._note(section, "labels", names.label_mistake(label))
        source, _line = self.places.get(section, ("", 0))
        return JobSettings(name, core, self.raws.get(section, {}), source)

    def publisher(self, name: str, state_dir: Path) -> PublisherSettings:
        """Type the core options of ``[publish:NAME]``.

        The publisher ``local`` needs no section and no path: without one its
        path is ``STATE_DIR/published``.
        """
        section = f"publish:{name}"
        raw = dict(self.raws.get(section, {}))
        core = self._typed(publish.SECTION_OPTIONS, section)
        if core.url and not URL.fullmatch(core.url):
            self._note(
                section, "url", f"{core.url}: is no http, https or file URL"
            )
        plugin = core.publisher or name
        if plugin == LOCAL and not any(raw.get("path", ())):
            raw["path"] = [str(state_dir / "published")]
        return PublisherSettings(name, plugin, core.url, raw)

    def missing(self, kind: str, names: Sequence[str], by: str) -> list[str]:
        """Report those of ``names`` that have no section; return the rest."""
        present = []
        for name in names:
            section = f"{kind}:{name}"
            if section in self.places or section == f"publish:{LOCAL}":
                present.append(name)
                continue
            group, option = by.split(".")
            entry = self.entries.get((group, option))
            self.problems.append(
                Problem(
                    entry.file if entry else "",
                    group,
                    option,
                    f"{name!r} has no section; write [{section}], or leave "
                    "it out here",
                    entry.line if entry else 0,
                )
            )
        return present

    def _typed(
        self, options: Sequence[cfg.Opt], section: str
    ) -> SimpleNamespace:
        raw = self.raws.get(section, {})
        typed = SimpleNamespace()
        for option in options:
            try:
                value = read_section([option], raw, section)
            except exceptions.ConfigurationError as error:
                text = str(error).removeprefix(f"[{section}] {option.name}")
                self._note(section, option.dest, text.lstrip(" =:"))
                value = read_section([option], {}, section)
            typed.__dict__.update(vars(value))
            entry = self.entries.get((section, option.dest))
            if entry is not None and entry.quoted():
                self._note(
                    section,
                    option.dest,
                    f"{entry.value}: quotes are part of the value here; "
                    "write it without",
                )
        return typed

    def _note(self, section: str, option: str, message: str) -> None:
        if not message:
            return
        entry = self.entries.get((section, option))
        file, line = self.places.get(section, ("", 0))
        if entry is not None:
            file, line = entry.file, entry.line
        self.problems.append(Problem(file, section, option, message, line))
