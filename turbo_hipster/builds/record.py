"""What a task shows, written down at once: a crash loses nothing of it.

One JSON text a line, each in one ``write``.  Whoever reads it back does not
trust it: a plugin's process wrote it.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from turbo_hipster import model
from turbo_hipster.builds.reading import read_plain

LONGEST = 16 * 2**20
"""Most bytes of a record that are read back."""


class Recorder:
    """Append entries; safe from several threads (O_APPEND, one write)."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(
            path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600
        )

    def write(self, kind: str, value: Any) -> None:
        """Append one entry."""
        text = json.dumps([kind, model.plain(value)]) + "\n"
        os.write(self._handle, text.encode())

    def close(self) -> None:
        """Take no more; a build's ends with its process."""
        os.close(self._handle)


@dataclasses.dataclass
class Shown:
    """All that was shown, read back."""

    steps: list[model.Step] = dataclasses.field(default_factory=list)
    findings: list[model.Finding] = dataclasses.field(default_factory=list)
    tables: dict[str, model.Table] = dataclasses.field(default_factory=dict)
    charts: list[model.Chart] = dataclasses.field(default_factory=list)
    not_checked: list[model.NotChecked] = dataclasses.field(
        default_factory=list
    )
    titles: dict[str, str] = dataclasses.field(default_factory=dict)
    commit: str = ""


def read(path: Path) -> Shown:
    """Read a record back; what is broken in it becomes a not-checked note."""
    shown = Shown()
    broken = 0
    for entry in _entries(path):
        try:
            kind, value = entry
            READERS[kind](shown, value)
        except (
            ArithmeticError,
            AttributeError,
            KeyError,
            TypeError,
            ValueError,
        ):
            broken += 1
    if broken:
        shown.not_checked.append(
            model.NotChecked(
                f"{broken} entries of the build's record",
                "they were damaged and are left out",
            )
        )
    return shown


def _entries(path: Path) -> Iterator[Any]:
    try:
        data = read_plain(path, LONGEST)
    except FileNotFoundError:
        return
    except OSError:
        yield None
        return
    for line in data.splitlines():
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            yield None


def _step(shown: Shown, value: Any) -> None:
    shown.steps.append(
        model.Step(
            str(value["name"]),
            float(value["started"]),
            float(value["seconds"]),
            model.Verdict(value["verdict"]),
        )
    )


def _finding(shown: Shown, value: Any) -> None:
    texts = ("id", "message", "limit_source", "advice", "detail")
    shown.findings.append(
        model.Finding(
            **{key: str(value[key]) for key in texts},
            severity=model.Severity(value["severity"]),
            where={str(k): str(v) for k, v in value["where"].items()},
            measured=_scalar(value["measured"]),
            limit=_scalar(value["limit"]),
            accepted=_text(value["accepted"]),
            proposed=_text(value["proposed"]),
        )
    )


def _scalar(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    return str(value)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _table(shown: Shown, value: Any) -> None:
    rows: tuple[Mapping[str, Any], ...] = tuple(
        {str(key): _scalar_or_list(item) for key, item in row.items()}
        for row in value["rows"]
    )
    name, title = str(value["name"]), str(value["title"])
    if name in shown.tables:
        old = shown.tables[name]
        rows, title = old.rows + rows, title or old.title
    shown.tables[name] = model.Table(name, rows, title)


def _scalar_or_list(value: Any) -> Any:
    if isinstance(value, list):
        return [_scalar(item) for item in value]
    return _scalar(value)


def _chart(shown: Shown, value: Any) -> None:
    series = tuple(
        model.Series(
            str(one["name"]),
            tuple(
                (_scalar(x), None if y is None else float(y))
                for x, y in one["points"]
            ),
        )
        for one in value["series"]
    )
    shown.charts.append(
        model.Chart(
            str(value["name"]),
            str(value["kind"]),
            str(value["unit"]),
            series,
            str(value["title"]),
        )
    )


def _not_checked(shown: Shown, value: Any) -> None:
    shown.not_checked.append(
        model.NotChecked(str(value["what"]), str(value["why"]))
    )


def _title(shown: Shown, value: Any) -> None:
    shown.titles[str(value["path"])] = str(value["title"])


def _commit(shown: Shown, value: Any) -> None:
    shown.commit = str(value)[:64]


READERS: dict[str, Callable[[Shown, Any], None]] = {
    "step": _step,
    "finding": _finding,
    "table": _table,
    "chart": _chart,
    "not_checked": _not_checked,
    "artefact": _title,
    "commit": _commit,
}
