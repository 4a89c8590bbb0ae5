"""report.json is strict, complete, and can be read back."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from turbo_hipster import model
from turbo_hipster.exceptions import RefusedInput
from turbo_hipster.reports import document

KEYS = [
    "schema", "job", "build", "project", "change", "verdict", "sentences",
    "started", "seconds", "worker", "steps", "findings", "not_checked",
    "tables", "charts", "artefacts",
]  # fmt: skip


def written(report, folder) -> str:
    return "".join(document.Document().render(report, folder))


def strict(text: str) -> dict:
    text.encode()

    def refuse(word):
        raise AssertionError(word)

    return json.loads(text, parse_constant=refuse)


def test_the_interface_is_kept(full, tmp_path):
    parsed = strict(written(full("x"), tmp_path))
    assert list(parsed) == KEYS
    assert parsed["schema"] == 1
    assert parsed["verdict"] == "FAILURE"
    assert {"name", "seconds", "verdict"} <= set(parsed["steps"][0])
    assert {
        "id", "severity", "where", "message", "measured", "limit",
        "limit_source", "advice", "accepted",
    } <= set(parsed["findings"][0])  # fmt: skip
    assert set(parsed["not_checked"][0]) == {"what", "why"}
    assert {"name", "rows"} <= set(parsed["tables"][0])


def without_nan(report):
    return dataclasses.replace(report, charts=())


@given(st.text(max_size=30))
@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_was_written_is_read_back_the_same(full, tmp_path, text):
    report = without_nan(full(text))
    path = tmp_path / "report.json"
    path.write_text(written(report, tmp_path), "utf-8")
    again = document.read(path)
    assert model.plain(again) == model.plain(report)
    assert isinstance(again.findings[0], model.Finding)
    assert document.read(str(path)) == again
    assert document.read(json.loads(path.read_text("utf-8"))) == again


def test_a_number_that_is_none_becomes_null(full, tmp_path):
    parsed = strict(written(full("x"), tmp_path))
    points = parsed["charts"][0]["series"][0]["points"]
    assert points == [["x", 1.5], ["x", None], ["x", None]]
    assert document.read(parsed).charts[0].series[0].points[2] == ("x", None)


def test_hostile_text_stays_valid(full, hostile, tmp_path):
    parsed = strict(written(full(hostile), tmp_path))
    assert parsed["sentences"][0] == hostile


def test_unknown_keys_are_passed_over(full):
    parsed = document.as_json(full("x"))
    parsed["charts"][0]["series"] = []
    parsed["charts"] = parsed["charts"][:1]
    wanted = document.read(parsed)
    parsed["tomorrow"] = 1
    for key in ("steps", "findings", "tables", "charts", "artefacts",
                "not_checked"):  # fmt: skip
        parsed[key][0]["tomorrow"] = {"a": 1}
    parsed["change"]["tomorrow"] = ""
    assert document.read(parsed) == wanted


def test_keys_that_may_be_missing_may_be_missing():
    report = document.read(
        {"schema": 1, "job": "j", "build": "b", "verdict": "SUCCESS"}
    )
    assert (report.job, report.steps, report.change.project) == ("j", (), "")


@pytest.mark.parametrize("schema", [0, 2, "1", None, True, [1]])
def test_another_schema_is_refused_by_its_number(full, schema):
    parsed = document.as_json(full("x")) | {"schema": schema}
    with pytest.raises(RefusedInput, match=r"has schema .*reads schema 1"):
        document.read(parsed)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", '{"schema": 1}', '{"schema": 1, "job": "j", '
     '"build": "b", "verdict": "MAYBE"}', "\xff", "[" * 100_000,
     '{"schema": 1, "job": "j", "build": "b", "verdict": "SUCCESS", '
     '"steps": 7}'],
)  # fmt: skip
def test_what_is_no_report_is_refused_with_its_name(tmp_path, text):
    path = tmp_path / "report.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(RefusedInput, match=r"report\.json"):
        document.read(path)


def test_a_missing_file_is_refused_with_its_name(tmp_path):
    with pytest.raises(RefusedInput, match="absent"):
        document.read(tmp_path / "absent")
