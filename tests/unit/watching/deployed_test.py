"""The alerts and the dashboard know only numbers and labels that exist.

Expressions are read by a parser of Prometheus's own language, which checks
types as well.
"""

import json
import re
from pathlib import Path

import promql_parser
import pytest
import yaml

from turbo_hipster.watching import metrics

ROOT = Path(__file__).parents[3]
RULES = ROOT / "etc/prometheus/turbo-hipster.rules.yml"
BOARD = ROOT / "etc/grafana/turbo-hipster.json"
RUNBOOK = ROOT / "doc/source/watching.rst"

SCRAPED = {"instance", "job"}
"""Labels that Prometheus adds."""


def exported():
    """Return the labels of each series by its name."""
    found = {"up": SCRAPED}
    for metric in metrics.ALL:
        name, labels = metrics.PREFIX + metric.name, {*metric.labels}
        if metric.kind == "histogram":
            found[f"{name}_bucket"] = labels | SCRAPED | {"le"}
            found[f"{name}_sum"] = found[f"{name}_count"] = labels | SCRAPED
        else:
            found[name] = labels | SCRAPED
    return found


def selectors(node):
    """Yield every selector below a node of an expression."""
    match type(node).__name__:
        case "VectorSelector":
            yield node
        case "MatrixSelector":
            yield node.vector_selector
        case "Call":
            for one in node.args:
                yield from selectors(one)
        case "BinaryExpr":
            yield from selectors(node.lhs)
            yield from selectors(node.rhs)
        case "AggregateExpr" | "ParenExpr" | "UnaryExpr" | "SubqueryExpr":
            yield from selectors(node.expr)


def grouped(node):
    """Yield every label that something is grouped by."""
    match type(node).__name__:
        case "Call":
            for one in node.args:
                yield from grouped(one)
        case "BinaryExpr":
            yield from grouped(node.lhs)
            yield from grouped(node.rhs)
        case "AggregateExpr":
            if node.modifier is not None:
                yield from node.modifier.labels
            yield from grouped(node.expr)
        case "ParenExpr" | "UnaryExpr" | "SubqueryExpr":
            yield from grouped(node.expr)


def wrong(text):
    """Say what an expression asks for that we do not export."""
    text = text.replace("$__rate_interval", "5m")
    tree, known = promql_parser.parse(text), exported()
    found = list(selectors(tree))
    problems = [one.name for one in found if one.name not in known]
    allowed = set().union(*(known.get(one.name, set()) for one in found))
    problems += [label for label in grouped(tree) if label not in allowed]
    for one in found:
        for matcher in one.matchers.matchers:
            if matcher.name not in known.get(one.name, set()):
                problems.append(f"{one.name}: {matcher.name}")
    return problems or ([] if found else ["no number at all"])


def alerts():
    (group,) = yaml.safe_load(RULES.read_text())["groups"]
    return group["rules"]


def targets():
    for panel in json.loads(BOARD.read_text())["panels"]:
        for target in panel["targets"]:
            yield pytest.param(target["expr"], id=panel["title"])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("turbo_hipster_none > 1", "turbo_hipster_none"),
        ('turbo_hipster_ready{job_name="x"}', "turbo_hipster_ready: job_name"),
        ("sum by (verdict) (turbo_hipster_ready)", "verdict"),
        ("vector(1)", "no number at all"),
    ],
)
def test_a_mistake_would_be_seen(text, problem):
    assert wrong(text) == [problem]


@pytest.mark.parametrize("alert", alerts(), ids=lambda one: one["alert"])
def test_an_alert_is_about_what_is_exported(alert):
    assert wrong(alert["expr"]) == []


@pytest.mark.parametrize("alert", alerts(), ids=lambda one: one["alert"])
def test_an_alert_can_be_read_and_acted_upon(alert):
    assert set(alert) - {"for"} == {"alert", "expr", "labels", "annotations"}
    assert re.fullmatch(r"\d+[mh]", alert.get("for", "0m"))
    assert alert["labels"]["severity"] in {"critical", "warning", "info"}
    assert set(alert["annotations"]) == {"summary", "description"}
    name = alert["alert"]
    assert f"\n{name}\n{'-' * len(name)}\n" in RUNBOOK.read_text()


def test_each_entry_of_the_runbook_has_its_alert():
    entries = re.findall(r"\n(TurboHipster\w+)\n-+\n", RUNBOOK.read_text())

    assert sorted(entries) == sorted(one["alert"] for one in alerts())


def test_every_number_is_explained():
    text = RUNBOOK.read_text()

    missing = [
        metric.name for metric in metrics.ALL
        if f"``{metrics.PREFIX}{metric.name}``" not in text
    ]  # fmt: skip
    assert not missing


@pytest.mark.parametrize("text", list(targets()))
def test_a_panel_shows_what_is_exported(text):
    assert wrong(text) == []


def test_the_board_is_whole():
    board = json.loads(BOARD.read_text())
    names = {one["name"] for one in board["templating"]["list"]}

    used = set(re.findall(r"\$\{?([a-z]\w*)", json.dumps(board)))
    assert used == names
    ids = [panel["id"] for panel in board["panels"]]
    assert len(set(ids)) == len(ids)
    taken = set()
    for panel in board["panels"]:
        assert panel["title"]
        assert panel["description"]
        assert panel["type"] in {"stat", "timeseries"}
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells
        refs = [target["refId"] for target in panel["targets"]]
        assert len(set(refs)) == len(refs)
