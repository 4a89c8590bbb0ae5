"""Whether the configured plugins load, and each name has one owner."""

from __future__ import annotations

from collections.abc import Iterator

from turbo_hipster import exceptions, plugins
from turbo_hipster.conf import publish
from turbo_hipster.doctor.patient import Patient
from turbo_hipster.plugins import words

NAMESPACES = (words.TASKS, words.PUBLISHERS, words.RENDERERS)
LIMIT = 30.0
ADVICE = (
    "mend or reinstall that package in the worker's environment, or correct "
    "the section; the job is not offered meanwhile"
)


def loaded(patient: Patient) -> None:
    """Probe each plugin in a process of its own."""
    sound = []
    outcomes = plugins.probe_all(patient.enabled, limit=LIMIT)
    for job, outcome in outcomes.items():
        if isinstance(outcome, exceptions.ConfigurationError):
            patient.fail(f"job {job}: {outcome}", ADVICE)
            continue
        sound.append(f"{outcome.distribution} {outcome.version}")
        for note in outcome.notes:
            patient.warn(f"job {job}: {note}", "tell the plugin's author")
    core = [option.dest for option in publish.SECTION_OPTIONS]
    for one in patient.settings.publishers:
        section = f"publish:{one.name}"
        try:
            probed = plugins.probe(
                words.PUBLISHERS,
                one.publisher,
                one.raw,
                section,
                core,
                limit=LIMIT,
            )
        except exceptions.ConfigurationError as error:
            patient.fail(
                f"publisher {one.name}: {error}",
                "correct the section or the package; a worker does not start "
                "with it",
            )
        else:
            sound.append(f"{probed.distribution} {probed.version}")
    for sentence in _rivals():
        patient.warn(sentence, "uninstall all but one of them")
    if sound:
        patient.ok("they load: " + ", ".join(dict.fromkeys(sound)))


def _rivals() -> Iterator[str]:
    for namespace in NAMESPACES:
        claims = {
            one.name: sorted({one.distribution, *one.rivals})
            for one in plugins.installed(namespace)
            if one.rivals
        }
        for name, owners in claims.items():
            yield (
                f"the name {name} in {namespace} is claimed by "
                f"{' and '.join(owners)}, so none of them is used"
            )
