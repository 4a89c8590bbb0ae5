"""Which technique this machine and this user can have."""

from __future__ import annotations

import logging

from turbo_hipster import exceptions
from turbo_hipster.builds.containment import (
    cgroup,
    descendants,
    pid_namespace,
    technique,
    trial,
)

STRONGEST_FIRST: dict[str, type[technique.Technique]] = {
    "cgroup": cgroup.Cgroup,
    "pid_namespace": pid_namespace.PidNamespace,
    "descendants": descendants.Descendants,
}


def make(name: str) -> technique.Technique:
    """Return the technique ``name`` untried; raises OSError: no place."""
    return STRONGEST_FIRST[name]()


def choose(setting: str, *, log: logging.Logger) -> technique.Technique:
    """Return a technique that was tried for real.

    ``setting`` is the value of the option ``containment``: a name, or
    ``auto`` for the strongest that works.  Raises ConfigurationError when a
    named one does not work, with the reason.  Forks: call it before threads
    are started.
    """
    names = list(STRONGEST_FIRST) if setting == "auto" else [setting]
    reason = ""
    for name in names:
        try:
            found = make(name)
            reason = trial.why_not(found)
        except OSError as error:
            reason = str(error)
        if not reason:
            log.info("containment: %s", found.strength)
            return found
        log.info("containment: %s does not work here: %s", name, reason)
    raise exceptions.ConfigurationError(
        f"containment = {setting} does not work here: {reason}. Use auto, "
        "or another technique."
    )
