"""The files of one build's results, in the order in which they travel.

Links, pipes and the like are not published, and neither are names that a
store cannot keep; ``left-out.txt`` says which, and why.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import mimetypes
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from oslo_config import cfg

from turbo_hipster import exceptions

INDEX = "index.html"
LEFT_OUT = "left-out.txt"

GZIP = cfg.BoolOpt(
    "gzip",
    default=False,
    help="Store text compressed, and say so in the object's "
    "Content-Encoding; browsers show it as ever. Only for stores that keep "
    "that header: S3, Google Cloud Storage and Swift.",
)

PLAIN = "text/plain; charset=utf-8"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".xml": "application/xml",
    ".svg": "image/svg+xml",
    ".gz": "application/gzip",
    ".log": PLAIN,
    ".txt": PLAIN,
    ".md": PLAIN,
    ".yaml": PLAIN,
    ".toml": PLAIN,
    "": PLAIN,
}
"""What a browser is told, where the system's table is silent or unlike us."""

TEXT = ("application/json", "application/xml", "image/svg+xml")
"""Types that are worth compressing, besides those that begin with text/."""


@dataclasses.dataclass(frozen=True, slots=True)
class File:
    """A file, its name below the build's folder, and its type."""

    path: Path
    name: str

    @property
    def content_type(self) -> str:
        """The type that a browser should take it for."""
        ending = Path(self.name).suffix.lower()
        guess = TYPES.get(ending) or mimetypes.guess_type(f"x{ending}")[0]
        return guess or "application/octet-stream"

    @property
    def is_text(self) -> bool:
        """Whether compressing it is worth while."""
        kind = self.content_type
        return kind.startswith("text/") or kind in TEXT

    @contextlib.contextmanager
    def packed(self) -> Iterator[Path]:
        """Give the path of a compressed copy, for as long as it is used."""
        with tempfile.NamedTemporaryFile(suffix=".gz") as copy:
            with (
                self.path.open("rb") as plain,
                gzip.GzipFile("", "wb", fileobj=copy, mtime=0) as tight,
            ):
                shutil.copyfileobj(plain, tight)
            copy.flush()
            yield Path(copy.name)


def files(folder: Path) -> list[File]:
    """Return what goes out, the index last.

    Raises PublishFailed when the folder has no index or cannot be read.
    """
    try:
        found, left_out = _sorted_out(folder)
        if left_out:
            _note(folder, left_out)
            found.add(LEFT_OUT)
    except OSError as error:
        raise exceptions.PublishFailed(
            f"the results could not be read: {error.strerror or error}"
        ) from error
    if INDEX not in found:
        raise exceptions.PublishFailed(
            f"there is no {INDEX} among the results, so nothing was sent"
        )
    ordered = [*sorted(found - {INDEX}), INDEX]
    return [File(folder / name, name) for name in ordered]


def _sorted_out(folder: Path) -> tuple[set[str], list[tuple[str, str]]]:
    found: set[str] = set()
    left_out: list[tuple[str, str]] = []
    waiting = [""]
    while waiting:
        below = waiting.pop()
        with os.scandir(folder / below) as entries:
            for entry in entries:
                name = f"{below}{entry.name}"
                mode = entry.stat(follow_symlinks=False).st_mode
                if not name.isprintable() or "\\" in name:
                    left_out.append((name, "its name does not travel"))
                elif stat.S_ISDIR(mode):
                    waiting.append(f"{name}/")
                elif not stat.S_ISREG(mode):
                    left_out.append((name, "it is no regular file"))
                elif not os.access(entry.path, os.R_OK):
                    left_out.append((name, "it may not be read"))
                else:
                    found.add(name)
    return found, left_out


def _note(folder: Path, left_out: Iterable[tuple[str, str]]) -> None:
    """Add lines to ``left-out.txt``, whatever has that name now."""
    place = folder / LEFT_OUT
    lines = set()
    if place.is_file() and not place.is_symlink():
        lines |= set(place.read_text("utf-8", "replace").splitlines())
    for name, why in left_out:
        lines.add(f"{_harmless(name)}: not published, {why}")
    draft = folder / f".{LEFT_OUT}.{os.getpid()}"
    draft.write_text("".join(f"{line}\n" for line in sorted(lines)), "utf-8")
    draft.replace(place)


def _harmless(name: str) -> str:
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode()
        for char in text
    )
