"""Artefacts and the links to them; a link never leaves the folder."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from urllib.parse import quote

from turbo_hipster import model
from turbo_hipster.reports.visible import visible

MOST = 500  # rows on a page


@dataclasses.dataclass(frozen=True, slots=True)
class Link:
    """A file to open: its address, empty where none is safe."""

    path: str
    title: str
    href: str
    bytes: int


def relative(path: str) -> str:
    """Return the address of a path below the report, or nothing."""
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in path:
        return ""
    encoded = path.encode("utf-8", "surrogateescape")
    return "./" + quote(encoded, safe="/")


def artefacts(named: Sequence[model.Artefact]) -> tuple[list[Link], bool]:
    """Return the files to link, and whether there are more."""
    return [_link(one) for one in named[:MOST]], len(named) > MOST


def _link(artefact: model.Artefact) -> Link:
    try:
        href = relative(artefact.path)
    except UnicodeEncodeError:
        href = ""
    return Link(
        visible(artefact.path), visible(artefact.title), href, artefact.bytes
    )
