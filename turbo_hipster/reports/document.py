"""``report.json``: the report as an interface, and the way back.

The shape is promised by the number ``schema``: keys may be added under one
number, never renamed or removed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from turbo_hipster import model
from turbo_hipster.exceptions import RefusedInput
from turbo_hipster.report import Renderer

SCHEMA = 1

_Word = TypeVar("_Word")


class Document(Renderer):
    """Write the report as JSON, one top-level key a line."""

    filename = "report.json"

    def render(self, report: model.Report, folder: Path) -> Iterable[str]:
        """Yield the document; it is strict JSON and valid UTF-8."""
        begin = "{\n"
        for key, value in as_json(report).items():
            yield f"{begin}{json.dumps(key)}: {_written(value)}"
            begin = ",\n"
        yield "\n}\n"


def as_json(report: model.Report) -> model.JSON:
    """Return the report in the shape of ``report.json``."""
    change = model.plain(report.change)
    return {
        "schema": SCHEMA,
        "job": report.job,
        "build": report.build,
        "project": report.change.project,
        "change": change,
        "verdict": report.verdict.value,
        "sentences": list(report.sentences),
        "started": report.started,
        "seconds": report.seconds,
        "worker": model.plain(report.worker),
        "steps": model.plain(report.steps),
        "findings": model.plain(report.findings),
        "not_checked": model.plain(report.not_checked),
        "tables": model.plain(report.tables),
        "charts": model.plain(report.charts),
        "artefacts": model.plain(report.artefacts),
    }


def read(source: Path | str | Mapping[str, Any]) -> model.Report:
    """Return the report of a file or of its parsed content.

    Unknown keys are passed over.  Raises RefusedInput when the file cannot
    be read, is no report, or has another schema number than ours.
    """
    if isinstance(source, Mapping):
        return _report(source, "this report")
    name = str(source)
    try:
        document = json.loads(Path(source).read_bytes())
    except OSError as error:
        raise RefusedInput(f"{name} cannot be read: {error}") from error
    except (ValueError, RecursionError) as error:
        raise RefusedInput(f"{name} is no JSON: {error}") from error
    if not isinstance(document, Mapping):
        raise RefusedInput(f"{name} is no report: it holds no object")
    return _report(document, name)


def _report(document: Mapping[str, Any], name: str) -> model.Report:
    schema = document.get("schema")
    if schema != SCHEMA or isinstance(schema, bool):
        raise RefusedInput(
            f"{name} has schema {schema!r}, this turbo-hipster reads schema "
            f"{SCHEMA}: use the version that wrote it"
        )
    try:
        return _words(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RefusedInput(
            f"{name} is no report of schema {SCHEMA}: "
            f"{type(error).__name__}: {error}"
        ) from error


def _words(document: Mapping[str, Any]) -> model.Report:
    change = {"project": document.get("project") or ""}
    change |= document.get("change") or {}
    return model.Report(
        job=str(document["job"]),
        build=str(document["build"]),
        change=_made(model.Change, change),
        verdict=model.Verdict(document["verdict"]),
        sentences=tuple(map(str, document.get("sentences") or ())),
        started=float(document.get("started") or 0),
        seconds=float(document.get("seconds") or 0),
        worker=dict(document.get("worker") or {}),
        steps=_each(document, "steps", _step),
        findings=_each(document, "findings", _finding),
        not_checked=_each(
            document, "not_checked", lambda row: _made(model.NotChecked, row)
        ),
        tables=_each(document, "tables", _table),
        charts=_each(document, "charts", _chart),
        artefacts=_each(
            document, "artefacts", lambda row: _made(model.Artefact, row)
        ),
    )


def _each(
    document: Mapping[str, Any],
    key: str,
    make: Callable[[Mapping[str, Any]], _Word],
) -> tuple[_Word, ...]:
    return tuple(make(row) for row in document.get(key) or ())


def _made(word: Callable[..., _Word], row: Mapping[str, Any]) -> _Word:
    """Make a word of a row's known keys."""
    known = getattr(word, "__dataclass_fields__")  # noqa: B009
    return word(**{key: row[key] for key in known if key in row})


def _step(row: Mapping[str, Any]) -> model.Step:
    return model.Step(
        str(row["name"]),
        float(row.get("started") or 0),
        float(row.get("seconds") or 0),
        model.Verdict(row["verdict"]),
    )


def _finding(row: Mapping[str, Any]) -> model.Finding:
    severity = model.Severity(row["severity"])
    where = {str(k): str(v) for k, v in (row.get("where") or {}).items()}
    return _made(model.Finding, {**row, "severity": severity, "where": where})


def _table(row: Mapping[str, Any]) -> model.Table:
    rows = tuple(dict(line) for line in row.get("rows") or ())
    return _made(model.Table, {**row, "rows": rows})


def _chart(row: Mapping[str, Any]) -> model.Chart:
    series = tuple(
        model.Series(
            str(line["name"]),
            tuple((x, y) for x, y in line.get("points") or ()),
        )
        for line in row.get("series") or ()
    )
    return _made(model.Chart, {**row, "series": series})


def _written(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(_finite(value), allow_nan=False)
    except ValueError:
        return _written(_finite(value))
    return text


def _finite(value: Any) -> Any:
    """Put null where a number is none: JSON knows no NaN, no infinity."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return value
