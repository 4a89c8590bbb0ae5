"""How a build's processes are killed here."""

from __future__ import annotations

import logging

from turbo_hipster import exceptions
from turbo_hipster.builds import containment
from turbo_hipster.doctor.patient import Patient

WEAKEST = "descendants"
ADVICE = (
    "run the worker as root, as a systemd service with Delegate=yes, or "
    "allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, or "
    "user.max_user_namespaces above 0)"
)


class _Reasons(logging.Handler):
    """Keeps why the stronger techniques do not work."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage().removeprefix("containment: "))


def strength(patient: Patient) -> None:
    """Try the techniques, on a process of our own."""
    for worker in patient.workers:
        name = str(worker.get("containment"))
        _judge(patient, f"the worker that runs here uses {name}", name)
    if patient.workers:
        return
    reasons = _Reasons()
    log = logging.Logger("doctor", logging.INFO)  # nobody else's
    log.addHandler(reasons)
    wanted = patient.settings.containment
    try:
        chosen = containment.choose(wanted, log=log)
    except exceptions.ConfigurationError as error:
        patient.fail(str(error), "set containment = auto in [DEFAULT]")
        return
    why = "; ".join(line for line in reasons.lines if " work here: " in line)
    sentence = f"tried from here, a worker would use {chosen.strength}"
    _judge(
        patient, f"{sentence}{' (' + why + ')' if why else ''}", chosen.name
    )


def _judge(patient: Patient, sentence: str, name: str) -> None:
    if name == WEAKEST:
        patient.warn(
            f"{sentence}: accidents are contained, a hostile build is not",
            ADVICE,
        )
    else:
        patient.ok(sentence)
