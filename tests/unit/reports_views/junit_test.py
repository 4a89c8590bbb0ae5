"""junit.xml is what test tabs read, for any text at all."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from turbo_hipster import model
from turbo_hipster.reports.junit import JUnit

ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors", "skipped", "time"},
    "testsuite": {
        "name", "tests", "failures", "errors", "skipped", "time",
        "timestamp", "hostname",
    },
    "properties": set(),
    "property": {"name", "value"},
    "testcase": {"name", "classname", "time"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message"},
    "system-out": set(),
}  # fmt: skip
COUNTS = {
    "tests": "testcase",
    "failures": "failure",
    "errors": "error",
    "skipped": "skipped",
}
CHILDREN = {
    "testsuites": ["testsuite"],
    "testsuite": ["properties", "testcase"],
    "properties": ["property"],
    "testcase": ["failure", "error", "skipped", "system-out"],
}


def check(text: str) -> ET.Element:
    """Hold a document to the schema of Jenkins' and GitLab's readers."""
    root = ET.fromstring(text.encode())
    assert root.tag == "testsuites"
    for element in root.iter():
        assert set(element.attrib) == ATTRIBUTES[element.tag]
        allowed = CHILDREN.get(element.tag, [])
        order = [allowed.index(child.tag) for child in element]
        assert order == sorted(order)
        if element.tag == "testcase":
            outcomes = [c for c in element if c.tag != "system-out"]
            assert len(outcomes) <= 1
            float(element.get("time"))
    for suite in (root, root[0]):
        for name, tag in COUNTS.items():
            assert int(suite.get(name)) == len(list(root.iter(tag)))
    return root


def render(report, folder) -> ET.Element:
    return check("".join(JUnit().render(report, folder)))


@given(st.text(max_size=40))
@settings(
    max_examples=80,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_text_makes_valid_xml(full, tmp_path, text):
    render(full(text), tmp_path)


def test_hostile_text_stays_text(full, hostile, tmp_path):
    root = render(full(hostile), tmp_path)
    assert "<script>x</script>" in root[0].get("name")


def test_each_step_and_each_finding_is_a_case(full, tmp_path):
    report = full("x")
    root = render(report, tmp_path)
    wanted = 1 + len(report.steps) + len(report.findings)
    assert len(list(root.iter("testcase"))) == wanted


def case(root, name):
    return next(
        found
        for found in root.iter("testcase")
        if found.get("name").startswith(name)
    )


def test_findings_become_what_they_mean(full, tmp_path):
    root = render(full("x"), tmp_path)
    assert case(root, "TH-F").find("failure").get("type") == "TH-F"
    assert case(root, "TH-P").find("failure") is not None
    assert "accepted: x" in case(root, "TH-A").find("skipped").get("message")
    for name in ("TH-W", "TH-N"):
        assert [child.tag for child in case(root, name)] == ["system-out"]


@pytest.mark.parametrize(
    ("verdict", "tag"),
    [
        (model.Verdict.SUCCESS, None),
        (model.Verdict.FAILURE, "failure"),
        (model.Verdict.TIMED_OUT, "failure"),
        (model.Verdict.ABORTED, "error"),
        (model.Verdict.ERROR, "error"),
    ],
)
def test_the_verdict_is_a_case_of_its_own(full, tmp_path, verdict, tag):
    found = case(render(full("x", verdict), tmp_path), "verdict")
    tags = [child.tag for child in found if child.tag != "system-out"]
    assert tags == ([tag] if tag else [])


def test_what_was_not_checked_is_in_the_output(full, tmp_path):
    found = case(render(full("x"), tmp_path), "verdict")
    assert "Not checked: x: x" in found.find("system-out").text


def test_new_lines_in_attributes_survive(full, tmp_path):
    root = render(full("a\nb\tc"), tmp_path)
    assert root.get("name") == "a\nb\tc"
