"""A step that fails: a constraint that the data do not meet, or else."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from turbo_hipster_databases.model import Failure
from turbo_hipster_real_db_upgrade.judging import ids, reasons
from turbo_hipster_real_db_upgrade.judging.offence import Offence
from turbo_hipster_real_db_upgrade.judging.pointing import Findings
from turbo_hipster_real_db_upgrade.words import Case, Took

CONSTRAINT_CODES = ("23",)
"""SQLSTATE class 23: integrity constraint violation (SQL standard)."""
SQLITE_CONSTRAINT = "SQLITE_CONSTRAINT"
MARIADB_CONSTRAINT = {"1022", "1048", "1062", "1169", "1216", "1217", "1451",
                      "1452", "1586", "4025"}  # fmt: skip
MARIADB_NOT_NULL = {"1138", "1265"}
"""What MariaDB says of NULL in a column that becomes NOT NULL, and of other
things too."""

ADVICE_OF_DATA = (
    "Let it deal with the data that production has; the dataset shows what "
    "these are."
)
ADVICE = "Mend the migration; what it was doing stands below."


@dataclasses.dataclass(frozen=True)
class Looking:
    """What is looked at when a step failed.

    ``offence`` finds the rows at fault, where that can be told; ``names``
    are those of the schema; ``checkout`` is where the project's code lies.
    """

    offence: Callable[[], Offence | None] = lambda: None
    names: Callable[[], Collection[str]] = frozenset
    checkout: Path = Path("/nowhere")


def point(
    findings: Findings,
    case: Case,
    took: Took,
    where: Mapping[str, str],
    looking: Looking,
) -> None:
    """Point at a step that failed; no value of the data is told."""
    failure = took.ran.failure
    assert failure is not None
    offence = looking.offence() if _may_be_constraint(failure) else None
    breaks = offence is not None or _is_constraint(failure)
    says = reasons.told(failure, looking.names(), case.engine)
    told = [says]
    if offence is not None:
        where = {**where, "table": offence.table}
        if offence.first:
            told.append(f"The first keys: {', '.join(offence.first)}")
    more = reasons.detail(failure, case.engine, looking.checkout)
    if more:
        told.append(more)
    what = "breaks a constraint on this data" if breaks else "does not end"
    findings.point(
        ids.CONSTRAINT if breaks else ids.NOT_ENDED,
        f"{case}: {took.step} {what}: {offence or says}",
        where=where,
        measured=offence.count if offence is not None else None,
        advice=ADVICE_OF_DATA if breaks else ADVICE,
        detail="\n\n".join(told),
    )


def _may_be_constraint(failure: Failure) -> bool:
    return _is_constraint(failure) or (
        failure.code in MARIADB_NOT_NULL
        and "not null" in failure.statement.lower()
    )


def _is_constraint(failure: Failure) -> bool:
    code = failure.code
    return (
        code.startswith((*CONSTRAINT_CODES, SQLITE_CONSTRAINT))
        or code in MARIADB_CONSTRAINT
    )
