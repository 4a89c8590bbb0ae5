"""Submodules of a checkout.

Their URLs come with the change, so they are a stranger's words: http, https,
git and ssh only.  ``file`` is allowed to a project that lives at a file URL
itself; relative URLs count from the project's origin.
"""

from __future__ import annotations

from pathlib import Path

from turbo_hipster.exceptions import FetchFailed
from turbo_hipster.git.addresses import SCHEMES
from turbo_hipster.git.door import Git
from turbo_hipster.git.patience import Failed, patiently
from turbo_hipster.git.source import Source

_TRIES = 4  # a broken .gitmodules must not take all the time there is


def update(git: Git, source: Source, path: Path) -> None:
    """Fetch and lay out all submodules below ``path``, recursively."""
    if not (path / ".gitmodules").is_file():
        return
    schemes = [s for s in SCHEMES if s != "file"]
    rules: list[str] = []
    if source.origin.url.startswith("file:"):
        schemes.append("file")
        rules = ["-c", "protocol.file.allow=always"]
    git.log.info("updating the submodules of %s", source.project)
    try:
        patiently(
            git,
            f"update the submodules of {source}",
            lambda: git.fetch(
                *rules, "submodule", "update", "--init", "--recursive",
                "--force",
                at=path, login=(source.origin, source.address),
                schemes=schemes,
            ),
            most=_TRIES,
        )  # fmt: skip
    except Failed as error:
        # whatever it was, it was not our mirror
        raise FetchFailed(str(error)) from error
