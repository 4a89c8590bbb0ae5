"""Run the benchmark: ``python -m benchmarks [--quick] [MODULE...]``.

Every module beside this one that has ``rows()`` takes part.  Writes
``build/bench.json`` and ends with 1 when a row is not reached and
``known.toml`` does not say why.  ``--quick`` only shows that everything
works: few rounds, and nothing is judged or written.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import inspect
import json
import os
import platform
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import contenders, measure, servers

HERE = Path(__file__).parent
TARGET = HERE.parent / "build" / "bench.json"
KEYS = [field.name for field in dataclasses.fields(measure.Row)]


def modules(wanted: list[str]) -> Iterator[Any]:
    """Import the modules that have rows, by name."""
    for path in sorted(HERE.glob("[a-z]*.py")):
        if wanted and path.stem not in wanted:
            continue
        module = importlib.import_module(f"benchmarks.{path.stem}")
        if hasattr(module, "rows"):
            yield module


def found_by(module: Any, quick: bool) -> Iterable[Any]:
    """Return a module's rows; one that knows no quick way is left out."""
    if "quick" in inspect.signature(module.rows).parameters:
        return module.rows(quick)
    return () if quick else module.rows()


def as_plain(row: Any) -> dict[str, Any]:
    """Return a row with exactly the keys of the file's format.

    A row may leave out ``ratio``, and also ``reached`` if its ``reach`` is
    ``<= N`` times the best rival.
    """
    if dataclasses.is_dataclass(row) and not isinstance(row, type):
        row = dataclasses.asdict(row)
    filled = {"rivals": {}, **row}
    if "ratio" not in filled:
        filled["ratio"] = measure.ratio(
            filled["unit"], filled["ours"], filled["rivals"]
        )
    if "reached" not in filled:
        most = float(str(filled["reach"]).removeprefix("<= ").split()[0])
        filled["reached"] = filled["ratio"] <= most
    return {key: filled[key] for key in KEYS}


def show_head() -> None:
    """Print what was compared, and where."""
    folder = Path(tempfile.gettempdir())
    kind = measure.file_system(folder)
    print(f"file system   {kind} ({folder})")
    print(f"machine       {os.cpu_count()} processors, {platform.platform()}")
    print(f"python        {platform.python_version()}")
    for name, version in contenders.versions().items():
        print(f"{name:13} {version}")
    print(flush=True)


def show(row: dict[str, Any], reason: str) -> None:
    """Print one row of the table."""
    mark = "reached" if row["reached"] else "NOT REACHED"
    if not row["reached"] and reason:
        mark = "not reached, known"
    print(row["name"])
    print(f"    {'turbo-hipster':24} {row['ours']:>12,} {row['unit']}")
    for name, value in row["rivals"].items():
        print(f"    {name:24} {value:>12,} {row['unit']}")
    if row["ratio"] is not None:
        print(f"    {'ratio to the best rival':24} {row['ratio']:>12,}")
    print(f"    goal: {row['reach']}: {mark}")
    if reason:
        word = "reason" if not row["reached"] else "known.toml still says"
        print(f"    {word}: {reason}")
    print(flush=True)


def main() -> int:
    """Measure, print, write; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("module", nargs="*")
    options = parser.parse_args()
    known = tomllib.loads((HERE / "known.toml").read_text())
    try:
        show_head()
        rows = []
        for module in modules(options.module):
            for found in found_by(module, options.quick):
                row = as_plain(found)
                rows.append(row)
                show(row, known.get(row["name"], {}).get("reason", ""))
    except servers.NoServer as error:
        print(error, file=sys.stderr)
        return 69
    if options.quick:
        return 0
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    missed = [
        row["name"]
        for row in rows
        if not row["reached"] and row["name"] not in known
    ]
    for name in missed:
        print(f"not reached, and known.toml gives no reason: {name}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
