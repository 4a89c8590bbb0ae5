"""A finding's place is one in the project, or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from theatre import reports
from turbo_hipster import model
from turbo_hipster.reports.ci import identity, places


def at(**where):
    return places.place(model.Finding("X", model.Severity.FAIL, "m", where))


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ({"file": "a/b.py"}, places.Place("a/b.py")),
        ({"file": "./a//./b.py"}, places.Place("a/b.py")),
        ({"file": "a.py", "line": "12"}, places.Place("a.py", 12)),
        ({"file": "a.py", "line": "12", "column": "3"},
         places.Place("a.py", 12, 3)),
        ({"file": "a.py:12"}, places.Place("a.py", 12)),
        ({"file": "a.py:12:3"}, places.Place("a.py", 12, 3)),
        ({"file": "a.py:12", "line": "4"}, places.Place("a.py:12", 4)),
        ({"file": "a.py", "column": "3"}, places.Place("a.py")),
        ({"file": "a.py", "line": "x"}, places.Place("a.py")),
        ({"file": "a.py", "line": "-4"}, places.Place("a.py")),
        ({"file": "a.py", "line": "²"}, places.Place("a.py")),
        ({"file": "a.py", "line": "9" * 10}, places.Place("a.py", 2**31 - 1)),
        ({"file": "ä b.py"}, places.Place("ä b.py")),
    ],
)  # fmt: skip
def test_file_line_and_column_are_found(where, place):
    assert at(**where) == place


@pytest.mark.parametrize(
    "file",
    [
        "", ".", "/etc/passwd", "../x", "a/../../x", "a\nb", "a\x1b[0m",
        "a\u202eb", "a\\b", "\ud800", "x" * 1001,
    ],
)  # fmt: skip
def test_a_name_that_leads_out_or_hides_something_is_none(file):
    assert at(file=file) is None
    assert at() is None


@given(st.text())
def test_whatever_the_name_its_place_is_inside(file):
    found = at(file=file)
    if found is not None:
        assert found.file.isprintable()
        assert not found.file.startswith("/")
        assert ".." not in found.file.split("/")


def test_what_is_no_place_is_told_in_words():
    inside = model.Finding(
        "X", model.Severity.FAIL, "m", {"file": "a", "line": "1", "e": "s"}
    )
    outside = model.Finding("X", model.Severity.FAIL, "m", {"file": "/a"})
    assert places.elsewhere(inside) == {"e": "s"}
    assert places.elsewhere(outside) == {"file": "/a"}


def prints(*findings, job="unit"):
    made = reports.report(*findings, job=job)
    return list(identity.fingerprints(made, findings))


def finding(message="m", **where):
    return model.Finding("X", model.Severity.FAIL, message, where)


def test_a_finding_stays_itself_on_another_line_with_another_value():
    one = prints(finding("took 5 s", file="a.py", line="12", engine="e"))
    two = prints(finding("took 7 s", engine="e", file="a.py:90"))
    assert one == two


def test_findings_that_differ_are_told_apart():
    names = [
        *prints(finding(file="a.py"), finding(file="b.py"), finding(e="1")),
        *prints(finding(e="2"), finding(f="2"), finding()),
        *prints(finding(file="a.py"), job="other"),
    ]
    assert len(set(names)) == len(names)


def test_those_that_agree_are_told_apart_by_their_order():
    names = prints(*[finding(file="a.py")] * 3)
    assert len(set(names)) == 3
    assert prints(*[finding(file="a.py")] * 2) == names[:2]


def test_no_two_of_a_report_are_the_same_whatever_they_hold():
    for one in reports.every_report():
        names = list(identity.fingerprints(one, one.findings))
        assert len(set(names)) == len(names)
