"""TH-R202: values that differ although nothing sets them.

An UPDATE that names a column is reason enough for whatever it does to it;
so is a type that is changed by an expression (USING, or one in the SELECT
that copies the table).  A type that is changed without one is to keep every
value: 5 may become 5.00, and 'abcdef' not 'abc'.
"""

from __future__ import annotations

from turbo_hipster import model
from turbo_hipster_real_db_upgrade.checking.data.comparing.model import (
    Comparer,
)
from turbo_hipster_real_db_upgrade.checking.data.fates import Fate
from turbo_hipster_real_db_upgrade.checking.data.held import Held, has_leave
from turbo_hipster_real_db_upgrade.checking.data.saying import (
    Voice,
    rows,
    values,
)
from turbo_hipster_real_db_upgrade.judging import ids

ADVICE = "Let the step leave alone what it does not mean to change."
ADVICE_OF_TYPE = (
    "Keep the type wide enough, or say in a statement of its own what is to "
    "become of the values that do not fit."
)
ADVICE_OF_DROP = (
    "Nothing needs to be done if nobody needs the values any more."
)


def judge(voice: Voice, held: Held) -> bool:
    """Judge the values of a table; say whether they are all right."""
    if not held.keyed:
        return _bag(voice, held)
    well = True
    for column, count in held.compared.differs.items():
        if has_leave(held.fate, column) or not count:
            continue
        well = False
        _column(voice, held, column, count)
    return _rows_more(voice, held) and well


def dropped(voice: Voice, comparer: Comparer, held: Held) -> None:
    """Tell of columns that are gone, with their values."""
    before, after = held.tables.before, held.tables.after
    now = {name.lower() for name in after.columns}
    for name, column in before.columns.items():
        low = name.lower()
        new = held.fate.renamed.get(low, low)
        heir = held.fate.taken.get(low)
        kept = new in now and low not in held.fate.dropped
        if kept or column.generated or (heir and heir in now):
            continue
        count = comparer.filled(before, name)
        if count:
            voice.say(
                ids.DATA_CHANGED,
                f"drops {values(count)} of {before.name}.{name}",
                table=before.name,
                measured=count,
                severity=model.Severity.NOTE,
                advice=ADVICE_OF_DROP,
            )


def _column(voice: Voice, held: Held, column: str, count: int) -> None:
    pair, table = held.pair(column), held.fate.table
    told, advice = "", ADVICE
    if pair.retyped:
        told = (
            f" while it changes the type from {pair.old.declared} to "
            f"{pair.new.declared}"
        )
        advice = ADVICE_OF_TYPE
    elif held.fate.untouched:
        told = f", and no statement of it names {table}"
    elif held.fate.copied:
        told = " while it copies them to a new table"
    else:
        told = ", and no statement of it sets that column"
    voice.say(
        ids.DATA_CHANGED,
        f"changes {values(count)} of {table}.{column}{told}",
        table=table,
        measured=count,
        first=held.compared.first.get(column, ()),
        advice=advice,
    )


def _bag(voice: Voice, held: Held) -> bool:
    """Judge a table whose rows cannot be told apart."""
    found = held.compared
    changed = min(found.gone, found.came)
    if not changed or not held.tables.pairs or held.fate.ways:
        return _rows_more(voice, held)
    names = ", ".join(pair.old.name for pair in held.tables.pairs)
    voice.say(
        ids.DATA_CHANGED,
        f"changes {rows(changed)} of {held.fate.table} in what no statement "
        f"of it sets ({names})",
        table=held.fate.table,
        measured=changed,
        advice=ADVICE,
    )
    return False


def _rows_more(voice: Voice, held: Held) -> bool:
    """Point at rows that came to a table that nothing names."""
    came = held.compared.after - held.compared.before
    if came <= 0 or not _silent(held.fate):
        return True
    voice.say(
        ids.DATA_CHANGED,
        f"adds {rows(came)} to {held.fate.table}, and no statement of it "
        "names that table",
        table=held.fate.table,
        measured=came,
        advice=ADVICE,
    )
    return False


def _silent(fate: Fate) -> bool:
    return fate.untouched and not fate.copied
