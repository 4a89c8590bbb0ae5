"""Artefacts and the links to them; a link never leaves the folder."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
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


def artefacts(
    named: Sequence[model.Artefact], folder: Path
) -> tuple[list[Link], bool]:
    """Return named artefacts, then other files; and whether more exist."""
    links = []
    known = set()
    for artefact in named[:MOST]:
        known.add(artefact.path)
        size = artefact.bytes or _size(folder, artefact.path)
        links.append(_link(artefact.path, artefact.title, size))
    more = len(named) > MOST
    for path, size in _files(folder / "files", "files"):
        if path in known:
            continue
        if len(links) >= MOST:
            more = True
            break
        links.append(_link(path, "", size))
    return links, more


def _link(path: str, title: str, size: int) -> Link:
    try:
        href = relative(path)
    except UnicodeEncodeError:
        href = ""
    return Link(visible(path), visible(title), href, size)


def _size(folder: Path, path: str) -> int:
    if not relative(path):
        return 0
    try:
        return (folder / path).lstat().st_size
    except (OSError, ValueError):
        return 0


def _files(folder: Path, prefix: str) -> Iterator[tuple[str, int]]:
    """Walk plain files in order of name; links are not followed."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        path = f"{prefix}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path), path)
        elif entry.is_file(follow_symlinks=False):
            yield path, entry.stat(follow_symlinks=False).st_size
