"""Whether the configuration is sound."""

from __future__ import annotations

from turbo_hipster.conf import load
from turbo_hipster.doctor.patient import Patient


def mistakes(patient: Patient) -> None:
    """Tell each mistake, and what is enabled."""
    found = load.problems(patient.files, patient.dirs)
    for problem in found:
        patient.fail(
            str(problem),
            "correct it; 'turbo-hipster config check' asks the plugins, too",
        )
    if not patient.files and not patient.dirs:
        patient.warn(
            "no configuration file was found, so these are the defaults",
            "write /etc/turbo-hipster/turbo-hipster.conf, or name a file with "
            "--config-file",
        )
    settings = patient.settings
    if not settings.enabled_jobs:
        patient.fail(
            "no job is enabled, so a worker would not start",
            "name some in enabled_jobs of [DEFAULT] and give each a section "
            "[job:NAME]",
        )
    elif not found:
        jobs = ", ".join(settings.enabled_jobs)
        patient.ok(f"it can be read; enabled: {jobs}")
