"""Whether the servers are installed that the jobs name."""

from __future__ import annotations

from turbo_hipster.exceptions import PluginError
from turbo_hipster_databases import plugins
from turbo_hipster_databases.doctor.patient import Patient, words
from turbo_hipster_databases.engine import Engine


def installed(patient: Patient) -> None:
    """Ask each engine for its releases, and each job for its engines."""
    known: dict[str, Engine] = {}
    for name in plugins.names(plugins.ENGINES):
        try:
            known[name] = plugins.engine(name)
        except PluginError as error:
            patient.fail(str(error), "mend or remove that package")
    releases = {name: one.releases() for name, one in known.items()}
    usable = {name for name, found in releases.items() if found}
    for job, section in patient.jobs.items():
        named = words(section.get("engines", ()))
        missing = [name for name in named if name not in usable]
        advice = "; ".join(
            known[name].advice()
            if name in known
            else f"install the package that brings {name}, or name another"
            for name in missing
        )
        sentence = f"job {job}: no server of {', '.join(missing)} is installed"
        if missing and len(missing) == len(named):
            patient.fail(f"{sentence}, so it can judge nothing", advice)
        elif missing:
            patient.warn(f"{sentence}, so they are not checked", advice)
    found = [str(release) for some in releases.values() for release in some]
    patient.ok(f"installed: {', '.join(found) or 'none'}")
