"""Read the end of a log that a worker has published, if it can be read."""

from __future__ import annotations

import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

LOGS = ("shell_output.log", "task_output.log", "git_prep.log")
TAIL = 64 * 1024
MOST = 32 * 2**20
"""Most bytes that are read from a server that cannot send the end alone."""
LIMIT = 10.0


def tail(url: str, count: int) -> list[str]:
    """Return the last ``count`` lines of the first log that has any.

    ``url`` is of the report's folder or page: http, https or file.  Nothing
    when it cannot be read; control characters are taken out.
    """
    if count <= 0 or urlsplit(url).scheme not in ("http", "https", "file"):
        return []
    for name in LOGS:
        try:
            data = _end(urljoin(url, name))
        except (OSError, HTTPException, ValueError):
            continue
        lines = data.decode("utf-8", "replace").splitlines()
        if lines:
            return [printable(line) for line in lines[-count:]]
    return []


def printable(text: str) -> str:
    """Return what a stranger wrote, harmless for a terminal."""
    return "".join(
        char if char.isprintable() else " " if char == "\t" else "?"
        for char in text
    )


def _end(url: str) -> bytes:
    parts = urlsplit(url)
    if parts.scheme == "file":
        path = Path(unquote(parts.path))
        if not path.is_file():  # a pipe would keep us waiting
            return b""
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - TAIL))
            return file.read(TAIL)
    asked = urllib.request.Request(  # noqa: S310
        url, headers={"Range": f"bytes=-{TAIL}"}
    )
    # the scheme was checked by tail()
    with urllib.request.urlopen(asked, timeout=LIMIT) as answer:  # noqa: S310
        data, read = b"", 0
        while piece := answer.read(TAIL):
            data = (data + piece)[-TAIL:]
            read += len(piece)
            if read > MOST:
                return b""
        return data
