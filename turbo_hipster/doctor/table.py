"""Which checks there are, in the order in which they are made."""

from __future__ import annotations

from collections.abc import Iterator

from turbo_hipster import plugins
from turbo_hipster.conf.settings import Settings
from turbo_hipster.doctor.words import Check

DOCTOR = "turbo_hipster.doctor"
UPGRADE = "turbo_hipster.upgrade_check"

_OURS = "turbo_hipster.doctor.checks."


def checks(settings: Settings) -> list[Check]:
    """Return the checks of a doctor's visit."""
    found = [
        Check("configuration", f"{_OURS}configuration:mistakes"),
        Check("state folder", f"{_OURS}folder:usable"),
        Check("disk", f"{_OURS}disk:room"),
        Check("clock", f"{_OURS}clock:right"),
    ]
    for host, port in settings.gearman.servers:
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        found.append(Check("job server", f"{_OURS}server:speaks", place, 40.0))
    asking = 30.0 + 15.0 * len(settings.gearman.servers)
    found += [
        Check("own certificate", f"{_OURS}identity:valid"),
        Check("functions", f"{_OURS}functions:registered", "", asking),
        Check("containment", f"{_OURS}containment:strength", "", 60.0),
        Check("plugins", f"{_OURS}plugins:loaded", "", probing(settings)),
        Check("git", f"{_OURS}git:works"),
        Check("origin", f"{_OURS}origin:reached"),
    ]
    found += [
        Check("publisher", f"{_OURS}publisher:writes", one.name, 60.0)
        for one in settings.publishers
    ]
    return [*found, *brought(DOCTOR)]


def probing(settings: Settings) -> float:
    """Return the seconds that probes of all plugins may take together."""
    return 60.0 + 30.0 * (len(settings.jobs) + len(settings.publishers))


def upgrade_checks(settings: Settings) -> list[Check]:
    """Return the checks before an upgrade."""
    seconds = probing(settings)
    return [
        Check("Configuration Options", f"{_OURS}upgrade:options", "", seconds),
        Check("State Folder", f"{_OURS}upgrade:layout"),
        Check("Configuration of 2014", f"{_OURS}upgrade:leftover"),
        *brought(UPGRADE),
    ]


def brought(namespace: str) -> Iterator[Check]:
    """Yield the checks of other packages, read from their metadata.

    Two of one name are both made: a check harms nobody.
    """
    for one in plugins.installed(namespace):
        name = one.name.replace("_", " ")
        if namespace == UPGRADE:
            name = name.title()
        yield Check(name, one.entry.replace(" ", ""), one.distribution, 120.0)
