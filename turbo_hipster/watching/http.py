"""As much of HTTP as a probe and Prometheus speak: GET, one answer, bye."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

LONGEST_HEAD = 8192
"""Bytes that a request may have, up to the empty line."""

PHRASES = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    431: "Request Header Fields Too Large",
    503: "Service Unavailable",
}
REQUEST = re.compile(rb"([!-~]{1,32}) ([!-~]+) HTTP/1\.[01]")
END = re.compile(rb"\r?\n\r?\n")


@dataclasses.dataclass(frozen=True)
class Page:
    """What is answered."""

    status: int
    text: str
    kind: str = "text/plain; charset=utf-8"


Pages = Callable[[str], Page | None]
"""Returns the page of a path, None where there is none."""


def answer(received: bytes, pages: Pages) -> bytes | None:
    """Return the whole answer, or None while the request is incomplete."""
    end = END.search(received[: LONGEST_HEAD + 4])
    if end is None:
        if len(received) > LONGEST_HEAD:
            return _packed(Page(431, "the request is too long\n"))
        line, newline, _ = received.partition(b"\n")
        if newline and not REQUEST.fullmatch(line.rstrip(b"\r")):
            return _packed(Page(400, "this is no request of HTTP/1\n"))
        return None
    line = received[: end.start()].split(b"\n", 1)[0].rstrip(b"\r")
    asked = REQUEST.fullmatch(line)
    if asked is None:
        return _packed(Page(400, "this is no request of HTTP/1\n"))
    method, target = asked.groups()
    if method not in (b"GET", b"HEAD"):
        return _packed(Page(405, "only GET and HEAD\n"))
    page = pages(target.partition(b"?")[0].decode("ascii"))
    if page is None:
        page = Page(404, "there is nothing here\n")
    return _packed(page, body=method == b"GET")


def _packed(page: Page, *, body: bool = True) -> bytes:
    content = page.text.encode()
    head = [
        f"HTTP/1.1 {page.status} {PHRASES[page.status]}",
        f"Content-Type: {page.kind}",
        f"Content-Length: {len(content)}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
    ]
    if page.status == 405:
        head.append("Allow: GET, HEAD")
    packed = "\r\n".join([*head, "", ""]).encode()
    return packed + content if body else packed
