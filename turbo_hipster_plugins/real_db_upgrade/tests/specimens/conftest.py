"""A change that is a row of specimens, each with a table of its own."""

import tomllib
from pathlib import Path

import pytest

TABLE = tomllib.loads(
    Path(__file__).with_name("table.toml").read_text(encoding="utf-8")
)["specimen"]
USED = "from time import sleep\nimport sqlalchemy as sa\n"
LAST = "two"
"""The revision that the shop's data are at."""


def specimens(engine):
    """Return the entries that are a fault on an engine."""
    return [one for one in TABLE if engine in one["engines"]]


def seed(found):
    """Return the SQL that makes and fills the tables."""
    text = (
        "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY);\n"
        f"INSERT INTO alembic_version VALUES ('{LAST}');\n"
    )
    for one in found:
        table = one.get("into") or one["seed"].split()[2]
        rows = [one["row"].format(n=n) for n in range(1, one["rows"] + 1)]
        rows += [one["odd"]] if "odd" in one else []
        text += f"{one['seed']};\n"
        text += f"INSERT INTO {table} VALUES {', '.join(rows)};\n"
    return text


def limits(found):
    """Return the limits of each step, and those that a busy machine bears."""
    by_quantity = {"seconds": {}, "write_stall": {}, "read_stall": {}}
    parent = LAST
    for one in found:
        for quantity, most in one.get("limits", {}).items():
            steps = by_quantity.setdefault(quantity, {})
            steps[f"{parent}->{one['name']}"] = most
        parent = one["name"]
    text = "limits:\n"
    for quantity, steps in by_quantity.items():
        text += f"  {quantity}:\n"
        if quantity in ("seconds", "write_stall", "read_stall"):
            text += "    default: 60\n"
        for step, most in steps.items():
            text += f'    "{step}": {most}\n'
    return text


@pytest.fixture
def judged(shop):
    """Judge the specimens of an engine, or their twins, in one build.

    Returns what failed, by revision.
    """

    def judge(engine, twins=False):
        found = specimens(engine)
        invariants = [
            item for one in found for item in one.get("invariants", [])
        ]
        more = limits(found)
        if invariants:
            more += "invariants:\n"
            more += "".join(f"- query: {query}\n" for query in invariants)
        shop.dataset("odd", engine, more, seed(found))
        parent = LAST
        for one in found:
            code = one["twin"] if twins else one
            up = f"{USED}{code['up'].strip()}"
            shop.step(one["name"], parent, up, USED + code["down"].strip())
            parent = one["name"]
        outcome = shop.judge()
        caught = {one["name"]: set() for one in found}
        for finding in outcome.findings:
            if finding.severity.value != "note":
                place = finding.where.get("revision", "")
                caught.setdefault(place, set()).add(finding.id)
        messages = [finding.message for finding in outcome.findings]
        return caught, "\n".join(messages)

    return judge


@pytest.fixture
def wanted():
    """Return what has to be found of each specimen."""

    def found(engine):
        return {one["name"]: {one["finding"]} for one in specimens(engine)}

    return found
