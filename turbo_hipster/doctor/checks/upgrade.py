"""Whether what an older release left is understood by this one."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from oslo_config import cfg

from turbo_hipster import exceptions, plugins
from turbo_hipster.conf import find, ini, job, load, plain, publish
from turbo_hipster.doctor.patient import Patient

ROOMS = {
    "builds", "git", "kept", "plugins", "published", "quarantine", "results",
    "servers", "snapshots", "unpublished", "workers",
}  # fmt: skip
"""Folders of this release's state_dir."""

OF_2014 = {
    "jobs": "checkouts of the first turbo-hipster; nobody reads them any more",
}

BYGONE = ("config.yaml", "config.json", "conf.d", "conf_d")
USUAL = Path("/etc/turbo-hipster")


def options(patient: Patient) -> None:
    """Look for options that are called otherwise today, or are gone."""
    for problem in load.problems(patient.files, patient.dirs):
        patient.fail(str(problem), "correct it before the worker is started")
    for entry, today in _old_names(patient):
        patient.warn(
            f"{entry.file}:{entry.line}: [{entry.section}] {entry.key} is "
            f"called {today} now",
            "rename it; the old name will be gone in a later release",
        )
    outcomes = plugins.probe_all(patient.enabled)
    for name, outcome in outcomes.items():
        if isinstance(outcome, exceptions.ConfigurationError):
            patient.fail(
                f"job {name}: {outcome}",
                "correct the section, or upgrade its plugin, too",
            )


def _old_names(patient: Patient) -> Iterator[tuple[ini.Entry, str]]:
    for path in [*map(Path, patient.files), *find.files_in(patient.dirs)]:
        try:
            text = ini.parse(path.read_text("utf-8"), str(path))
        except (OSError, UnicodeDecodeError):
            continue  # told already
        for entry in text.entries:
            for option in _known(entry.section):
                old = {one.name for one in option.deprecated_opts}
                if entry.key.replace("_", "-") in {
                    str(name).replace("_", "-") for name in old
                }:
                    yield entry, option.dest


def _known(section: str) -> Sequence[cfg.Opt]:
    if section in plain.GROUPS:
        return plain.known(section)
    kinds: dict[str, Sequence[cfg.Opt]] = {
        "job": job.OPTIONS,
        "publish": publish.SECTION_OPTIONS,
    }
    return kinds.get(section.partition(":")[0], [])


def layout(patient: Patient) -> None:
    """Look at what lies in state_dir."""
    folder = patient.state_dir
    try:
        found = sorted(
            path.name
            for path in folder.iterdir()
            if stat.S_ISDIR(path.lstat().st_mode)
        )
    except FileNotFoundError:
        return  # a new machine
    except OSError as error:
        patient.fail(
            f"{folder} cannot be looked into: {error.strerror}",
            "have it belong to the worker's user",
        )
        return
    for name in found:
        if name in OF_2014:
            patient.warn(f"{folder / name}: {OF_2014[name]}", "remove it")
        elif name not in ROOMS and not name.startswith((".", "lost+found")):
            patient.warn(
                f"{folder / name} is unknown to this release",
                "a newer release may have made it: look into its notes "
                "before you go back to this one; else move it away",
            )


def leftover(patient: Patient) -> None:
    """Look for the configuration of the first turbo-hipster."""
    places = {USUAL, *(Path(file).parent for file in patient.files)}
    for place in sorted(places):
        for name in BYGONE:
            path = place / name
            if path.exists() and not (path.is_dir() and _of_today(path)):
                patient.warn(
                    f"{path} is of the first turbo-hipster, and is not read",
                    f"translate it ('turbo-hipster config convert {path}') "
                    "if that was not done, then remove it",
                )


def _of_today(folder: Path) -> bool:
    """Say whether a folder of that name has today's files in it."""
    return not any(
        path.suffix in (".yaml", ".yml", ".json") for path in folder.iterdir()
    )
