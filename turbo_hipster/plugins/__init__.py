"""Plugins: which are installed, whether they load, and loading one.

The worker learns everything about a plugin from a probe, a process that
imports it in the worker's stead and answers in plain data.  Whatever a plugin
does at import, it does it there.
"""

from turbo_hipster.plugins.catalogue import find, installed
from turbo_hipster.plugins.loading import load
from turbo_hipster.plugins.probing import probe, probe_all
from turbo_hipster.plugins.words import (
    TASKS,
    Installed,
    Probed,
    Request,
)

__all__ = [
    "TASKS",
    "Installed",
    "Probed",
    "Request",
    "find",
    "installed",
    "load",
    "probe",
    "probe_all",
]
