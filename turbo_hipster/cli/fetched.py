"""Bring what a worker published, as far as views need it."""

from __future__ import annotations

import contextlib
import tempfile
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from turbo_hipster.cli.published import LOGS

LIMIT = 10.0
"""Seconds that a server may be silent."""

MOST = 64 * 2**20
"""Bytes of a report that are read."""

MOST_OF_LOG = 16 * 2**20
_PIECE = 64 * 1024


@contextlib.contextmanager
def at_hand(url: str) -> Iterator[str]:
    """Give a ``file:`` URL of the page of a report that is at ``url``.

    What is on http or https is copied, for the time: the report, and the end
    of each log.  What cannot be had is not there.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        yield url if url.startswith("file://") else ""
        return
    with tempfile.TemporaryDirectory(prefix="turbo-hipster-") as name:
        folder = Path(name)
        _copy(urljoin(url, "report.json"), folder / "report.json", MOST)
        for log in LOGS:
            _copy(urljoin(url, log), folder / log, MOST_OF_LOG, end=True)
        yield f"file://{folder}/index.html"


def _copy(url: str, file: Path, most: int, *, end: bool = False) -> None:
    headers = {"Range": f"bytes=-{most}"} if end else {}
    asked = urllib.request.Request(url, headers=headers)  # noqa: S310
    # the scheme was checked by at_hand()
    with (
        contextlib.suppress(OSError, HTTPException, ValueError),
        urllib.request.urlopen(asked, timeout=LIMIT) as answer,  # noqa: S310
        file.open("wb") as copy,
    ):
        left = most
        while left and (piece := answer.read(min(left, _PIECE))):
            copy.write(piece)
            left -= len(piece)
