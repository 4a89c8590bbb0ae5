"""Whether the jobs' functions are known at the servers, and whose they are."""

from __future__ import annotations

from turbo_hipster import exceptions
from turbo_hipster.doctor.patient import Patient
from turbo_hipster.gearman import admin, tls

SECONDS = 10.0


def registered(patient: Patient) -> None:
    """Ask each server who offers what the enabled jobs are called by."""
    settings = patient.settings
    wanted = [
        function
        for job in patient.enabled
        for function in (
            f"build:{job.name}",
            *(f"build:{job.name}:{label}" for label in job.core.labels),
        )
    ]
    if not wanted:
        patient.ok("no job is enabled, so none is looked for")
        return
    try:
        context = tls.context(settings.gearman)
    except exceptions.ConfigurationError:
        return  # told by the check of each server
    for server in settings.gearman.servers:
        place = f"{server[0]}:{server[1]}"
        try:
            queues = admin.queues(server, context, SECONDS)
        except exceptions.ServerUnavailable:
            patient.ok(f"{place} could not be asked; see 'job server'")
            continue
        known = {row.function: row for row in queues}
        offered = [
            name for name in wanted if name in known and known[name].workers
        ]
        missing = [name for name in wanted if name not in offered]
        _waiting(patient, place, [known[n] for n in missing if n in known])
        if not missing:
            patient.ok(f"{place}: workers offer {', '.join(offered)}")
        elif patient.workers:
            patient.fail(
                f"{place}: a worker runs here, and yet nobody offers "
                f"{', '.join(missing)}",
                "see in its log which jobs it refused; after a change of "
                "the configuration send it SIGHUP",
            )
        else:
            patient.ok(
                f"{place}: nobody offers {', '.join(missing)} yet; a worker "
                "does when it is started"
            )


def _waiting(patient: Patient, place: str, rows: list[admin.Queue]) -> None:
    """Tell whose jobs wait though nobody takes them."""
    for row in rows:
        if row.total > row.running:
            patient.warn(
                f"{place}: {row.total - row.running} builds of "
                f"{row.function} wait, and nobody offers it",
                "start a worker",
            )
