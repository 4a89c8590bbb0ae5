"""The shapes of a result document, those of the report's own JSON.

Each reader returns one of the house's words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from turbo_hipster import model
from turbo_hipster_shell_script import values
from turbo_hipster_shell_script.said import Said
from turbo_hipster_shell_script.values import Misshapen


def document(value: Any) -> Said:
    """Read a whole document, or raise Misshapen."""
    lists = {"sentences", "findings", "tables", "charts", "not_checked"}
    got = values.fields(value, "the document", set(), lists | {"verdict"})
    if got.get("verdict") not in (None, "ERROR"):
        raise Misshapen(
            'verdict: only "ERROR" may stand here, since the exit status '
            "tells success and failure"
        )
    return Said(
        sentences=values.each(
            got.get("sentences", []), "sentences", values.line
        ),
        findings=values.each(got.get("findings", []), "findings", finding),
        tables=values.each(got.get("tables", []), "tables", table),
        charts=values.each(got.get("charts", []), "charts", chart),
        not_checked=values.each(
            got.get("not_checked", []), "not_checked", gap
        ),
        cannot_judge="verdict" in got,
    )


def finding(value: Any, at: str) -> model.Finding:
    """Read one finding; what it measured may be a number or a text."""
    texts = {"limit_source", "advice"}
    got = values.fields(
        value,
        at,
        {"id", "message"},
        texts | {"severity", "where", "measured", "limit", "detail"},
    )
    where = values.mapping(got.get("where", {}), f"{at}.where")
    return model.Finding(
        id=values.name(got.get("id"), f"{at}.id"),
        severity=values.one_of(
            model.Severity, got.get("severity", "fail"), f"{at}.severity"
        ),
        message=values.line(got.get("message"), f"{at}.message"),
        where={
            key: values.line(item, f"{at}.where.{key}")
            for key, item in where.items()
        },
        measured=values.scalar(got.get("measured"), f"{at}.measured"),
        limit=values.scalar(got.get("limit"), f"{at}.limit"),
        detail=values.text(got.get("detail", ""), f"{at}.detail"),
        **{key: values.line(got.get(key, ""), f"{at}.{key}") for key in texts},
    )


def table(value: Any, at: str) -> model.Table:
    """Read one table; its cells are plain values."""
    got = values.fields(value, at, {"name", "rows"}, {"title"})
    return model.Table(
        name=values.name(got.get("name"), f"{at}.name"),
        rows=values.each(got.get("rows"), f"{at}.rows", row),
        title=values.line(got.get("title", ""), f"{at}.title"),
    )


def row(value: Any, at: str) -> Mapping[str, Any]:
    """Read one row of a table."""
    return {
        key: values.scalar(cell, f"{at}.{key}")
        for key, cell in values.mapping(value, at).items()
    }


def chart(value: Any, at: str) -> model.Chart:
    """Read one chart."""
    got = values.fields(
        value, at, {"name", "kind", "series"}, {"unit", "title"}
    )
    if got.get("kind") not in ("line", "bar"):
        raise Misshapen(f'{at}.kind is neither "line" nor "bar"')
    return model.Chart(
        name=values.name(got.get("name"), f"{at}.name"),
        kind=got["kind"],
        unit=values.line(got.get("unit", ""), f"{at}.unit"),
        series=values.each(got.get("series"), f"{at}.series", series),
        title=values.line(got.get("title", ""), f"{at}.title"),
    )


def series(value: Any, at: str) -> model.Series:
    """Read one series of a chart."""
    got = values.fields(value, at, {"name", "points"}, set())
    return model.Series(
        name=values.line(got.get("name"), f"{at}.name"),
        points=values.each(got.get("points"), f"{at}.points", point),
    )


def point(value: Any, at: str) -> tuple[float | str, float | None]:
    """Read one point, [x, y]; y may be null, which leaves a gap."""
    if not isinstance(value, list) or len(value) != 2:
        raise Misshapen(f"{at} is no pair [x, y]")
    x = values.scalar(value[0], f"{at}[0]")
    y = values.scalar(value[1], f"{at}[1]")
    if x is None or isinstance(x, bool):
        raise Misshapen(f"{at}[0] is neither a number nor a text")
    if isinstance(y, str | bool):
        raise Misshapen(f"{at}[1] is no number")
    return x, y


def gap(value: Any, at: str) -> model.NotChecked:
    """Read one thing that was not checked."""
    got = values.fields(value, at, {"what", "why"}, set())
    return model.NotChecked(
        what=values.line(got.get("what"), f"{at}.what"),
        why=values.line(got.get("why"), f"{at}.why"),
    )
