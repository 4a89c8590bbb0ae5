"""The pass "scale": how a step's time grows with the rows.

Each new step is timed on several sizes of the data before it, and a law is
fitted to the times (see ``growth``).  A step that grows faster than linearly
and takes long at production's rows is pointed at.  One that grows as its
rows do is silent, whatever it takes: the limits of the measured pass say
what is too long.
"""

from __future__ import annotations

import dataclasses

from turbo_hipster_databases.history.words import Quantity
from turbo_hipster_real_db_upgrade import growth
from turbo_hipster_real_db_upgrade.checking.scale import words
from turbo_hipster_real_db_upgrade.checking.scale.shown import Scaled, show
from turbo_hipster_real_db_upgrade.checking.scale.times import (
    NotTimed,
    Timed,
    times,
)
from turbo_hipster_real_db_upgrade.checking.subject import Subject
from turbo_hipster_real_db_upgrade.judging import ids
from turbo_hipster_real_db_upgrade.judging.limits import Limit
from turbo_hipster_real_db_upgrade.measuring.rehearsal import Rehearsed
from turbo_hipster_real_db_upgrade.options import sizes

OFF, NO_ROWS, SHORT = "off", "no rows", "short"
"""Words for the table of migrations, beside the names of laws."""

TELLING = 0.25
"""Seconds on the largest size below which a law would be read out of noise."""

MATTERS = 10.0
"""Seconds in production from which on a steep step is worth a word, if no
lower limit was set for it."""

MISFIT = 0.5
"""Of a time: further from its law than this, it follows none."""

ADVICE = (
    "Look at each row once: join on an index instead of searching for each "
    "row, or walk through the rows in the order of their key."
)


def check(subject: Subject) -> None:
    """Time the new steps on the job's sizes, and judge how they grow."""
    wanted = sizes(subject.ground.settings.scale)
    if not wanted:
        for step in subject.rehearsed:
            subject.mark(step, OFF)
        return
    done = []
    for step in subject.steps():
        if not step.tables:
            subject.mark(step, NO_ROWS)
            continue
        try:
            timed = times(subject, step, wanted)
        except NotTimed as error:
            subject.left_out(step, str(error))
            continue
        scaled = _scaled(subject, step, timed)
        if scaled is not None:
            done.append(scaled)
    show(subject.ground.context, subject.ground.case, done)


def _scaled(
    subject: Subject, step: Rehearsed, timed: list[Timed]
) -> Scaled | None:
    """Find the law of one step and say what is to be said of it."""
    last = timed[-1]
    table = max(last.rows, key=lambda name: last.rows[name])
    if not last.rows[table]:
        subject.mark(step, NO_ROWS)
        return None
    known = subject.ground.case.dataset.production_rows.get(table)
    whole = round(last.rows[table] * 100 / last.size)
    found = growth.grow([(one.rows[table], one.seconds) for one in timed])
    scaled = Scaled(
        step, table, tuple(timed), whole, known, found, last.seconds
    )
    untold = _untold(subject, scaled)
    if untold is not None:
        if untold:
            subject.left_out(step, untold)
        else:
            subject.mark(step, SHORT)
        return dataclasses.replace(scaled, growth=None)
    assert found is not None
    subject.mark(step, found.law.name)
    seconds = found.at(scaled.target)
    if found.steep and seconds > _matters(subject, scaled):
        limit = _limit(subject, scaled)
        subject.judge.point(
            ids.STEEP,
            step.link,
            words.says(scaled, found),
            table=table,
            measured=round(seconds, 3),
            limit=limit.value if limit else None,
            limit_source=limit.source if limit else "",
            advice=ADVICE,
        )
    return scaled


def _untold(subject: Subject, scaled: Scaled) -> str | None:
    """Return why no law can be told; empty: none is worth it, None: it can."""
    found = scaled.growth
    if found is None:
        rows = [f"{one.rows[scaled.table]:,}" for one in scaled.timed]
        return (
            f"its sizes have {', '.join(rows)} rows of {scaled.table}: too "
            "few, or too close to each other"
        )
    if scaled.longest < TELLING:
        ratio = max(scaled.target / found.times[-1][0], 1.0)
        worst = scaled.longest * ratio ** growth.LAWS[-1].order
        if worst <= _matters(subject, scaled):
            return ""
        return (
            f"it takes {words.duration(scaled.longest)} on the largest "
            "size, too short to tell how it grows; a larger dataset would"
        )
    if found.misfit > MISFIT and not found.steep:
        return "its times follow no law that we know"
    return None


def _matters(subject: Subject, scaled: Scaled) -> float:
    limit = _limit(subject, scaled)
    return min(MATTERS, limit.value) if limit else MATTERS


def _limit(subject: Subject, scaled: Scaled) -> Limit | None:
    step = str(scaled.step.link.migration)
    return subject.judge.allowed.settled(step, Quantity.SECONDS)
