"""Whether a publisher can write, and remove, a small file."""

from __future__ import annotations

from turbo_hipster import exceptions, plugins
from turbo_hipster.conf.publish import SECTION_OPTIONS
from turbo_hipster.conf.section import read_section
from turbo_hipster.doctor.patient import Patient
from turbo_hipster.plugins.words import PUBLISHERS
from turbo_hipster.publisher import Publisher


def writes(patient: Patient) -> None:
    """Have the publisher rehearse, as it would publish: in its own process."""
    [one] = (
        one
        for one in patient.settings.publishers
        if one.name == patient.argument
    )
    what = f"publisher {one.name}"
    try:
        found = plugins.find(PUBLISHERS, one.publisher)
        kind = plugins.load(found.entry, Publisher)
        options = read_section(
            [*SECTION_OPTIONS, *kind.options], one.raw, f"publish:{one.name}"
        )
        kind.check(options)
        kind(options).rehearse()
    except exceptions.NotMine as error:
        patient.ok(f"{what} is sound; {error}")
    except exceptions.PublishFailed as error:
        patient.fail(
            f"{what}: {error}",
            "let the worker's user write there, or correct the section "
            f"[publish:{one.name}]; without it results are kept in "
            "unpublished/ below state_dir",
        )
    except exceptions.ConfigurationError as error:
        patient.fail(f"{what}: {error}", f"correct [publish:{one.name}]")
    else:
        patient.ok(f"{what}: a file was written and removed again")
