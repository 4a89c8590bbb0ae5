"""Snapshots: a server's data at a moment, made once, cheap to clone."""

from turbo_hipster_databases.snapshots.cloning import clone
from turbo_hipster_databases.snapshots.manifest import (
    EMPTY,
    Entry,
    Manifest,
    Snapshot,
)
from turbo_hipster_databases.snapshots.names import Technique
from turbo_hipster_databases.snapshots.store import Store
from turbo_hipster_databases.snapshots.technique import technique

__all__ = [
    "EMPTY",
    "Entry",
    "Manifest",
    "Snapshot",
    "Store",
    "Technique",
    "clone",
    "technique",
]
