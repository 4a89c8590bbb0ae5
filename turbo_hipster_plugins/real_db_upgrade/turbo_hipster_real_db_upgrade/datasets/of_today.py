"""``dataset.yaml``: the description of a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from turbo_hipster_real_db_upgrade.datasets import values
from turbo_hipster_real_db_upgrade.datasets.description import (
    Dataset,
    DatasetRefused,
    Invariant,
    Manifest,
)
from turbo_hipster_real_db_upgrade.datasets.limiting import limits

FILE = "dataset.yaml"
LARGEST = 2**20
"""Most bytes of a description."""

REQUIRED = {"project", "seed"}
OPTIONAL = {
    "name", "engine", "taken_at", "revision", "production_rows", "overlays",
    "ladder", "limits", "invariants", "workload", "manifest",
}  # fmt: skip


def read(path: Path) -> Dataset:
    """Read a description; raises DatasetRefused with file and key."""
    folder, at = path.parent, str(path)
    got = values.fields(_document(path), at, REQUIRED, OPTIONAL)

    def place(key: str) -> str:
        return f"{at}: {key}"

    workload = got.get("workload")
    return Dataset(
        name=values.text(got.get("name", folder.name), place("name")),
        project=values.text(got["project"], place("project")),
        seeds=_seeds(folder, got, at),
        described_by=path,
        overlays=tuple(
            values.each_inside(
                folder, got.get("overlays", []), place("overlays")
            )
        ),
        taken_at=(
            values.date(got["taken_at"], place("taken_at"))
            if "taken_at" in got
            else None
        ),
        revision=(
            values.text(got["revision"], place("revision"))
            if "revision" in got
            else ""
        ),
        production_rows={
            table: values.count(rows, f"{at}: production_rows.{table}")
            for table, rows in values.mapping(
                got.get("production_rows", {}), place("production_rows")
            ).items()
        },
        ladder=values.texts(got.get("ladder", []), place("ladder")),
        limits=limits(got.get("limits", {}), place("limits")),
        invariants=tuple(
            _invariants(got.get("invariants", []), place("invariants"))
        ),
        workload=(
            None
            if workload is None
            else values.inside(folder, workload, place("workload"))
        ),
        manifest=_manifest(got.get("manifest", {}), place("manifest")),
    )


def _document(path: Path) -> Any:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DatasetRefused(
            f"{path} cannot be read: {error.strerror}"
        ) from None
    if len(data) > LARGEST:
        raise DatasetRefused(f"{path} has more than {LARGEST} bytes")
    try:
        return yaml.safe_load(data)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        told = " ".join(str(error).split())
        raise DatasetRefused(f"{path} is no YAML: {told}") from None


def _seeds(
    folder: Path, got: Mapping[str, Any], at: str
) -> Mapping[str, Path]:
    """Read ``seed``: one file for ``engine``, or one for each engine."""
    seed = got["seed"]
    if not isinstance(seed, Mapping):
        if "engine" not in got:
            raise DatasetRefused(f"{at}: engine is missing")
        engine = values.text(got["engine"], f"{at}: engine")
        return {engine: values.inside(folder, seed, f"{at}: seed")}
    seeds = {
        engine: values.inside(folder, file, f"{at}: seed.{engine}")
        for engine, file in values.mapping(seed, f"{at}: seed").items()
    }
    if not seeds:
        raise DatasetRefused(f"{at}: seed names no file")
    wanted = values.texts(got.get("engine", list(seeds)), f"{at}: engine")
    for engine in wanted:
        if engine not in seeds:
            raise DatasetRefused(f"{at}: seed has no file for {engine}")
    return {engine: seeds[engine] for engine in wanted}


def _invariants(value: Any, at: str) -> Any:
    if not isinstance(value, list):
        raise DatasetRefused(f"{at} is no list")
    for index, item in enumerate(value):
        here = f"{at}[{index}]"
        got = values.fields(item, here, {"query"}, {"is"})
        query = values.text(got["query"], f"{here}.query")
        if "is" not in got:
            yield Invariant(query)
            continue
        wanted = got["is"]
        if isinstance(wanted, bool) or not isinstance(
            wanted, int | float | str
        ):
            raise DatasetRefused(f"{here}.is is neither number nor text")
        yield Invariant(query, stays=False, value=wanted)


def _manifest(value: Any, at: str) -> Mapping[str, Manifest]:
    """Read what our commands noted of each engine's seed."""
    found = {}
    for engine, told in values.mapping(value, at).items():
        here = f"{at}.{engine}"
        got = values.fields(
            told, here, {"sha256", "bytes"}, {"rows", "made_by"}
        )
        found[engine] = Manifest(
            values.text(got["sha256"], f"{here}.sha256"),
            values.count(got["bytes"], f"{here}.bytes"),
            {
                table: values.count(rows, f"{here}.rows.{table}")
                for table, rows in values.mapping(
                    got.get("rows", {}), f"{here}.rows"
                ).items()
            },
            values.text(got.get("made_by", "hand"), f"{here}.made_by"),
        )
    return found
