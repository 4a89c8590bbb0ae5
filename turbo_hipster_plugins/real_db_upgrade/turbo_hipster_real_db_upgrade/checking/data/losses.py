"""TH-R201: rows that are there no more.

A fault is what no statement declares: rows that a copy of the table did not
take along, that REPLACE or IGNORE threw out, that went with another table,
or a DELETE that names no row and leaves none.  A DELETE with a WHERE is what
its author wants; the count is told.
"""

from __future__ import annotations

from turbo_hipster import model
from turbo_hipster_real_db_upgrade.checking.data.bodies import Way
from turbo_hipster_real_db_upgrade.checking.data.fates import Fate
from turbo_hipster_real_db_upgrade.checking.data.held import Held
from turbo_hipster_real_db_upgrade.checking.data.saying import Voice, rows
from turbo_hipster_real_db_upgrade.judging import ids

FAIL, WARN, NOTE = (
    model.Severity.FAIL,
    model.Severity.WARN,
    model.Severity.NOTE,
)


def judge(voice: Voice, held: Held) -> bool:
    """Judge the rows of a table; say whether they are all right."""
    lost, fate = held.lost, held.fate
    if not lost:
        return True
    severity, why = _why(held)
    voice.say(
        ids.ROWS_LOST,
        f"{'deletes' if severity is NOTE else 'loses'} {_share(held)} of "
        f"{fate.table}{why}",
        table=fate.table,
        measured=lost,
        first=held.compared.first.get("", ()),
        severity=severity,
        advice=ADVICE[severity],
    )
    return severity is not FAIL


def gone(voice: Voice, held: Fate, count: int) -> bool:
    """Judge a table that is there no more; ``count`` rows were in it."""
    if not count:
        return True
    if not held.named:
        voice.say(
            ids.ROWS_LOST,
            f"loses {held.table} with {rows(count)}, and no statement of it "
            "names that table",
            table=held.table,
            measured=count,
            advice=ADVICE[FAIL],
        )
        return False
    voice.say(
        ids.ROWS_LOST,
        f"drops {held.table} with {rows(count)}"
        + (f", some copied to {', '.join(held.heirs)}" if held.heirs else ""),
        table=held.table,
        measured=count,
        severity=NOTE,
        advice=ADVICE[NOTE],
    )
    return True


ADVICE = {
    FAIL: "See which rows do not arrive, and take them along; or delete them "
    "in a statement that says which.",
    WARN: "Make sure that these rows are meant to go.",
    NOTE: "Nothing needs to be done if these are meant to go.",
}


def _share(held: Held) -> str:
    found = held.compared
    if held.lost == found.before:
        return f"all {rows(found.before)}"
    return f"{held.lost:,} of {rows(found.before)}"


def _why(held: Held) -> tuple[model.Severity, str]:
    """Return how bad it is, and what goes on in the sentence."""
    fate, ways = held.fate, held.fate.ways
    whole = held.lost == held.compared.before
    if Way.UNSEEN in ways:
        return NOTE, "; its statements cannot be seen"
    if Way.EVERY in ways and whole:
        return FAIL, " by a DELETE that does not say which"
    if Way.SOME in ways or Way.EVERY in ways:
        if whole:
            return WARN, " by a DELETE whose WHERE holds for each"
        return NOTE, ""
    for way in (Way.TRUNCATE, Way.REMADE, Way.PARTITION):
        if way in ways:
            return WARN, f" by {way.value}"
    if Way.CASCADE in ways:
        return WARN, " by the cascade of a foreign key"
    if Way.TRIGGER in ways:
        return WARN, " by a trigger"
    if not fate.copied:
        return FAIL, ", and no statement of it deletes any"
    if fate.now != fate.table:
        return FAIL, f" on the way to {fate.now}"
    return FAIL, " while it copies them to a new table"
