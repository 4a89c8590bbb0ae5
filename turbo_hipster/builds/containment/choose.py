"""Which technique this machine and this user can have."""

from __future__ import annotations

from turbo_hipster import exceptions
from turbo_hipster.builds.containment import descendants, technique

TECHNIQUES: dict[str, type[technique.Technique]] = {
    "descendants": descendants.Descendants,
}


def make(name: str) -> technique.Technique:
    """Return the technique ``name`` without trying it."""
    return TECHNIQUES[name]()


def choose(setting: str, *, log: object) -> technique.Technique:
    """Return the technique for the option ``containment``."""
    if setting != "auto" and setting not in TECHNIQUES:
        raise exceptions.ConfigurationError(
            f"containment = {setting}: there is no such technique"
        )
    return make("descendants")
