"""Which views of a report are wanted, and where each of them goes."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from turbo_hipster import exceptions, plugins
from turbo_hipster.plugins.words import RENDERERS

ALOUD = "-"
"""The place that is standard output."""

SYSTEMS = {
    "github": ("github_summary", "github_annotations"),
    "gitlab": ("gitlab_quality", "gitlab_log"),
    "zuul": ("zuul_return",),
}
"""What each CI system takes."""

SAID = ("github_annotations", "gitlab_log")
"""Views that are read from standard output."""

OURS = "turbo_hipster.reports."


@dataclasses.dataclass(frozen=True, slots=True)
class View:
    """A wanted view; without a place it has its usual name, here.

    ``append`` for a place that others write to as well; ``asked`` when
    somebody named it, so that it matters whether it could be written.
    """

    name: str
    entry: str
    place: str = ""
    append: bool = False
    asked: bool = True


def add_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--render``."""
    parser.add_argument(
        "--render",
        metavar="NAME[=PATH]",
        action="append",
        default=[],
        help="write the report as another system reads it; may be repeated. "
        "NAME is github, gitlab or zuul for all that this system takes, or "
        "one view: github_summary, github_annotations, gitlab_quality, "
        "gitlab_log, sarif, zuul_return, junit, markdown, json, page, or "
        "what other packages brought. It goes to the file PATH (- is "
        "standard output), else where the system looks for it. Default: "
        "auto, what the system takes that this runs in (GITHUB_ACTIONS and "
        "GITHUB_STEP_SUMMARY, GITLAB_CI, or ZUUL is set); none is nothing",
    )


def chosen(
    words: Sequence[str], environment: Mapping[str, str], *, aloud: bool = True
) -> list[View]:
    """Return the views that ``--render`` and the environment ask for.

    ``aloud`` false: standard output is taken, so nothing is said there that
    was not asked for.  Raises RefusedInput, or PluginError for a view that is
    not installed or does not load.
    """
    found: dict[tuple[str, str], View] = {}
    for word in words or ["auto"]:
        for view in _views(word, environment):
            if view.place == ALOUD and not aloud:
                if not view.asked:
                    continue
                raise exceptions.RefusedInput(
                    f"--render {view.name}: standard output is taken by the "
                    f"JSON; name a file, as {view.name}=PATH"
                )
            found.setdefault((view.name, view.place), view)
    return [
        dataclasses.replace(view, entry=_entry(view.name))
        for view in found.values()
    ]


def _views(word: str, environment: Mapping[str, str]) -> Iterator[View]:
    name, equals, path = word.partition("=")
    if not name or (equals and not path):
        raise exceptions.RefusedInput(
            f"--render {word}: write it as NAME or NAME=PATH"
        )
    group = name in SYSTEMS or name in ("auto", "none")
    if group and equals:
        views = " or ".join(SYSTEMS.get(name, ())) or "sarif"
        raise exceptions.RefusedInput(
            f"--render {word}: {name} is no single view; name one of them "
            f"for this path, as {views.split()[0]}={path}"
        )
    if name == "auto":
        for system in _here(environment):
            for one in SYSTEMS[system]:
                yield _placed(one, environment, asked=False)
    elif name in SYSTEMS:
        for one in SYSTEMS[name]:
            yield _placed(one, environment)
    elif equals:
        yield View(name, "", _checked(word, path))
    elif name != "none":
        yield _placed(name, environment)


def _here(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the systems that this process runs in."""
    if environment.get("GITHUB_ACTIONS") == "true" and environment.get(
        "GITHUB_STEP_SUMMARY"
    ):
        yield "github"
    if environment.get("GITLAB_CI") == "true":
        yield "gitlab"
    if environment.get("ZUUL"):
        yield "zuul"


def _placed(
    name: str, environment: Mapping[str, str], *, asked: bool = True
) -> View:
    """Return a view where its system looks for it."""
    summary = environment.get("GITHUB_STEP_SUMMARY", "")
    if name == "github_summary" and summary:
        return View(name, "", summary, append=True, asked=asked)
    return View(name, "", ALOUD if name in SAID else "", asked=asked)


def _checked(word: str, path: str) -> str:
    """Refuse a place that cannot be, before a build is done for it."""
    if path != ALOUD and (
        Path(path).is_dir() or not Path(path).absolute().parent.is_dir()
    ):
        raise exceptions.RefusedInput(
            f"--render {word}: {path} is a folder, or is in one that does "
            "not exist; name a file in a folder that does"
        )
    return path


def _entry(name: str) -> str:
    """Return the view's entry; one of another package is probed first."""
    plugin = plugins.find(RENDERERS, name)
    if not plugin.entry.startswith(OURS):
        plugins.probe(RENDERERS, name)
    return plugin.entry
