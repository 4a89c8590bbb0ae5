"""What a project accepts, by the letter of its file."""

import datetime

import pytest

from turbo_hipster import model
from turbo_hipster.builds import acceptance

TODAY = datetime.date(2026, 3, 1)


def entry(**fields):
    fields = {"id": '"TH-A"', "reason": '"r"', "until": "2026-06-01", **fields}
    lines = [f"{key} = {value}" for key, value in fields.items() if value]
    return "\n".join(["[[accept]]", *lines, ""])


def parse(text):
    return acceptance.parse(text, TODAY)


def finding(**fields):
    return model.Finding(
        **{"id": "TH-A", "severity": model.Severity.FAIL, "message": "m"}
        | fields
    )


def rules(**fields):
    return acceptance.Rules(**fields, today=TODAY)


def test_a_sound_entry_covers_its_finding_and_no_other():
    (one,), mistakes = parse(entry(where='{ engine = "mariadb" }'))
    assert mistakes == []
    assert one.covers(finding(where={"engine": "mariadb", "dataset": "d"}))
    assert not one.covers(finding(where={"engine": "postgresql"}))
    assert not one.covers(finding())
    assert not one.covers(finding(id="TH-B", where={"engine": "mariadb"}))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (entry(id=None), "id is missing"),
        (entry(id="1"), "id is missing"),
        (entry(reason='" "'), "reason is missing"),
        (entry(until=None), "until is missing"),
        (entry(until='"soon"'), "soon"),
        (entry(until="2027-03-03"), "more than a year ahead"),
        (entry(where='"here"'), "where must be a table"),
        ("accept = 1", "write [[accept]]"),
        ("accept = [1]", "it is no table"),
        ("[[accept", "cannot be read"),
        ("x = '''", "cannot be read"),
    ],
)
def test_a_broken_entry_is_said_aloud_and_accepts_nothing(text, said):
    entries, mistakes = parse(text)
    assert entries == []
    assert len(mistakes) == 1
    assert said in mistakes[0]
    assert acceptance.FILE in mistakes[0]


def test_one_broken_entry_leaves_the_others():
    entries, mistakes = parse(entry(id=None) + entry() + entry(until="1"))
    assert len(entries) == 1
    assert [text.split(":")[0] for text in mistakes] == [
        f"{acceptance.FILE}, accept entry 1",
        f"{acceptance.FILE}, accept entry 3",
    ]


@pytest.mark.parametrize(
    "until", ["2026-06-01", '"2026-06-01"', "2026-06-01T12:00:00"]
)
def test_a_date_may_be_written_in_each_way(until):
    (one,), _ = parse(entry(until=until))
    assert one.until == datetime.date(2026, 6, 1)


def test_accepted_until_its_day_and_not_a_day_longer():
    for until, accepted in (("2026-03-01", "r"), ("2026-02-28", None)):
        entries, _ = parse(entry(until=until))
        ruled = rules(accepted=entries).apply(finding(advice="Mend it."))
        assert ruled.accepted == accepted
        assert ("accepted until 2026-02-28" in ruled.advice) == (
            accepted is None
        )


def test_what_the_change_brings_is_shown_and_changes_nothing():
    entries, _ = parse(entry())
    ruled = rules(proposed=entries).apply(finding())
    assert (ruled.accepted, ruled.proposed) == (None, "r")
    assert ruled.severity is model.Severity.FAIL


def test_the_job_may_warn_or_turn_off():
    assert rules(off={"TH-A"}).apply(finding()) is None
    ruled = rules(warn={"TH-A"}).apply(finding())
    assert ruled.severity is model.Severity.WARN
    note = finding(severity=model.Severity.NOTE)
    assert rules(warn={"TH-A"}).apply(note) == note
