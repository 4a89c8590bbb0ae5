"""Whether a dataset can be used, as far as its files tell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from turbo_hipster_databases import plugins
from turbo_hipster_databases.exceptions import SeedRefused
from turbo_hipster_databases.seeds import kinds
from turbo_hipster_real_db_upgrade.datasets import drafting
from turbo_hipster_real_db_upgrade.datasets.description import Dataset

SURE = "ok"


def seed(dataset: Dataset, engine: str) -> Iterator[str]:
    """Yield what is wrong with one engine's seed: file and key are named."""
    file, at = dataset.seeds[engine], dataset.described_by
    if engine not in plugins.names(plugins.ENGINES):
        known = ", ".join(plugins.names(plugins.ENGINES))
        yield f"{at}: engine: there is no {engine!r}; installed are {known}"
        return
    try:
        kind = kinds.examine(file)
    except SeedRefused as error:
        yield f"{at}: seed: {error}"
        return
    if kind.engines() and engine not in kind.engines():
        yield (
            f"{at}: seed: {file.name} ({kind}) cannot be loaded by {engine}; "
            f"{' and '.join(kind.engines())} can"
        )
    told = dataset.manifest.get(engine)
    if told is not None and file.stat().st_size != told.bytes:
        yield (
            f"{at}: manifest.{engine}.bytes is {told.bytes}, but {file.name} "
            f"has {file.stat().st_size}: it was changed, or not copied whole"
        )


def content(dataset: Dataset, engine: str) -> Iterator[str]:
    """Yield what is wrong with the bytes of a seed; all are read."""
    told = dataset.manifest.get(engine)
    if told is None:
        return
    found = drafting.manifest(dataset.seeds[engine])
    if found.sha256 != told.sha256:
        yield (
            f"{dataset.described_by}: manifest.{engine}.sha256 is another "
            f"than that of {dataset.seeds[engine].name}: it was changed"
        )


def overlays(dataset: Dataset) -> Iterator[str]:
    """Yield what is wrong with the files that are added to the seeds."""
    for place, file in enumerate(dataset.overlays):
        why = _unreadable(file)
        if why:
            yield f"{dataset.described_by}: overlays[{place}]: {why}"
    if dataset.workload is not None:
        why = _unreadable(dataset.workload)
        if why:
            yield f"{dataset.described_by}: workload: {why}"


def _unreadable(file: Path) -> str:
    try:
        kind = kinds.examine(file)
    except SeedRefused as error:
        return str(error)
    if kind.form != kinds.SQL:
        return f"{file.name} is {kind}, and must be SQL"
    return ""
