"""What was measured of a case becomes findings."""

from __future__ import annotations

from collections.abc import Mapping

from turbo_hipster import model
from turbo_hipster_databases.exceptions import HistoryBroken, SeedRefused
from turbo_hipster_databases.history.words import Quantity
from turbo_hipster_databases.model import Migration
from turbo_hipster_real_db_upgrade.climbing.chain import Link
from turbo_hipster_real_db_upgrade.climbing.climb import Climbed
from turbo_hipster_real_db_upgrade.judging import failing, ids, sentences
from turbo_hipster_real_db_upgrade.judging.figures import figures
from turbo_hipster_real_db_upgrade.judging.limits import Allowed
from turbo_hipster_real_db_upgrade.judging.pointing import Findings, file_of
from turbo_hipster_real_db_upgrade.judging.scrubbing import without_values
from turbo_hipster_real_db_upgrade.words import Case, Took

_NOWHERE = failing.Looking()


class Judge:
    """Judges one case; ``allowed`` gives the limit of a step's quantity."""

    def __init__(
        self, findings: Findings, case: Case, allowed: Allowed
    ) -> None:
        self.allowed = allowed
        self._findings = findings
        self._case = case

    def judge(
        self, climbed: Climbed, looking: failing.Looking = _NOWHERE
    ) -> None:
        """Point at everything that is wrong with the measured steps.

        ``looking`` is asked when one of them fails.
        """
        for took in climbed.new:
            if took.ran.failure is not None:
                where = self._where(took)
                failing.point(self._findings, self._case, took, where, looking)
                return
            self._traffic(took)
            self._within_limits(took)
        self._the_end(climbed)

    def seed_refused(self, error: SeedRefused) -> None:
        """Note that there is nothing to judge on: the data are at fault."""
        self._findings.point(
            ids.BAD_SEED,
            f"{self._case}: the seed cannot be loaded: {error}",
            severity=model.Severity.NOTE,
            where=self._names(),
            advice="Take the dump anew; the change is not at fault.",
        )

    def history_broken(self, error: HistoryBroken) -> None:
        """Point at a change whose migrations cannot even be read."""
        missing = error.kind in ("import", "syntax")
        self._findings.point(
            ids.NO_MODULE if missing else ids.NOT_ENDED,
            f"{self._case}: "
            + (
                "a module of the project cannot be imported: "
                if missing
                else "the migration history cannot be read: "
            )
            + " ".join(str(error).split())[:300],
            where=self._names(),
            advice="Mend what the error names.",
            detail=str(error),
        )

    def point(
        self,
        found: str,
        step: Link,
        says: str,
        *,
        table: str = "",
        measured: float | str | None = None,
        limit: float | str | None = None,
        limit_source: str = "",
        advice: str = "",
        detail: str = "",
        severity: model.Severity = model.Severity.FAIL,
    ) -> None:
        """Point at what a later pass found of a step.

        ``says`` goes on where "user_001/mariadb: 151->152 " ends, in the
        words of a person.  No value of the dataset may be in any of it.
        """
        where = self._of_step(step.migration)
        if table:
            where["table"] = table
        self._findings.point(
            found,
            f"{self._case}: {step.migration} {says}",
            severity=severity,
            where=where,
            measured=measured,
            limit=limit,
            limit_source=limit_source,
            advice=advice,
            detail=detail,
        )

    def _within_limits(self, took: Took) -> None:
        measured = figures(took)
        for quantity, found in ids.OVER.items():
            value = measured.get(quantity)
            allowed = self.allowed.limit(took.step, quantity)
            if value is None or allowed is None or value <= allowed.value:
                continue
            self._findings.point(
                found,
                sentences.over(self._case, took, quantity, value, allowed),
                where=self._where(took, quantity),
                measured=round(value, 3),
                limit=round(allowed.value, 3),
                limit_source=allowed.source,
                advice=sentences.ADVICE[quantity],
            )

    def _traffic(self, took: Took) -> None:
        for trouble in took.traffic.troubles if took.traffic else ():
            what = (
                "ends a client in a deadlock"
                if trouble.kind == "deadlock"
                else f"makes a client fail ({trouble.code})"
            )
            self._findings.point(
                ids.DEADLOCK,
                f"{self._case}: {took.step} {what} on {trouble.table}",
                where={**self._where(took), "table": trouble.table},
                measured=trouble.count,
                advice="Lock tables and rows in the order in which the "
                "application does.",
                detail=without_values(trouble.message),
            )

    def _the_end(self, climbed: Climbed) -> None:
        heads = set(climbed.history.heads)
        if not climbed.new:
            self._findings.point(
                ids.NOTHING_RAN,
                f"{self._case}: the change has no migration that is not in "
                "the data already",
                severity=model.Severity.NOTE,
                where=self._names(),
                advice="Nothing needs to be done if the change brings none.",
            )
        elif heads - set(climbed.reached):
            missing = ", ".join(sorted(heads - set(climbed.reached)))
            self._findings.point(
                ids.NOT_NEWEST,
                f"{self._case}: the schema ends at "
                f"{', '.join(climbed.reached) or 'nothing'}, and the newest "
                f"is {missing}",
                where=self._names(),
                advice="Let every migration be reached from the ones before.",
            )

    def _names(self) -> dict[str, str]:
        return {
            "dataset": self._case.dataset.name,
            "engine": self._case.engine,
        }

    def _of_step(self, migration: Migration) -> dict[str, str]:
        return {
            **self._names(),
            "revision": migration.revision,
            **file_of(migration),
        }

    def _where(
        self, took: Took, quantity: Quantity | None = None
    ) -> Mapping[str, str]:
        where = self._of_step(took.migration)
        kinds = {
            Quantity.READ_STALL: ("read",),
            Quantity.WRITE_STALL: ("write", "transaction"),
        }.get(quantity or Quantity.SECONDS, ())
        longest = took.traffic.longest(*kinds) if took.traffic else None
        if longest is not None:
            where["table"] = longest.table
        return where
