"""One form with files in it, sent as a stream.

The form's own fields come before the files, or Swift does not see them.  And
Swift takes the type of a form's first file for all of its files, so files of
one form have one type.
"""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import mimetypes
import os
import ssl
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import SplitResult

PIECE = 64 * 1024

PLAIN = "text/plain; charset=utf-8"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".xml": "application/xml",
    ".gz": "application/gzip",
    ".log": PLAIN,
    ".txt": PLAIN,
    ".md": PLAIN,
    ".yaml": PLAIN,
    ".toml": PLAIN,
    "": PLAIN,
}


def content_type(name: str) -> str:
    """Return the type a browser should take a file for."""
    ending = Path(name).suffix.lower()
    guess = TYPES.get(ending) or mimetypes.guess_type(f"x{ending}")[0]
    return guess or "application/octet-stream"


@dataclasses.dataclass(frozen=True, slots=True)
class Upload:
    """A file, and the name it is sent under."""

    path: Path
    name: str
    size: int


class Spoilt(Exception):
    """A file cannot be read as far as it was when its size was taken."""


class Form:
    """A multipart body of known length, read while it is sent."""

    def __init__(
        self, fields: Sequence[tuple[str, str]], files: Sequence[Upload]
    ) -> None:
        self._boundary = os.urandom(16).hex()
        self._fields = b"".join(
            self._part(f'name="{name}"') + value.encode() + b"\r\n"
            for name, value in fields
        )
        self._files = [
            (self._head(number, file), file)
            for number, file in enumerate(files, 1)
        ]
        self._end = f"--{self._boundary}--\r\n".encode()

    def headers(self) -> dict[str, str]:
        """Return what the request says of the body."""
        return {
            "Content-Type": f"multipart/form-data; boundary={self._boundary}",
            "Content-Length": str(len(self)),
        }

    def __len__(self) -> int:
        files = sum(len(head) + file.size + 2 for head, file in self._files)
        return len(self._fields) + files + len(self._end)

    def __iter__(self) -> Iterator[bytes]:
        yield self._fields
        for head, file in self._files:
            yield head
            yield from _pieces(file)
            yield b"\r\n"
        yield self._end

    def _head(self, number: int, file: Upload) -> bytes:
        return self._part(
            f'name="file{number}"; filename="{file.name}"',
            f"Content-Type: {content_type(file.name)}\r\n",
        )

    def _part(self, what: str, more: str = "") -> bytes:
        return (
            f"--{self._boundary}\r\n"
            f"Content-Disposition: form-data; {what}\r\n{more}\r\n"
        ).encode()


def _pieces(file: Upload) -> Iterator[bytes]:
    """Yield exactly ``size`` bytes of a file that is no link."""
    left = file.size
    try:
        descriptor = os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb", buffering=0) as stream:
            while left and (piece := stream.read(min(PIECE, left))):
                left -= len(piece)
                yield piece
    except OSError as error:
        raise Spoilt(f"{file.name}: {error.strerror}") from error
    if left:
        raise Spoilt(f"{file.name} became shorter while it was sent")


def send(
    url: SplitResult, form: Form, stall: float, trust: ssl.SSLContext | None
) -> http.client.HTTPResponse:
    """Post ``form`` and return the answer, read to its end.

    ``stall`` is the most seconds without a byte either way.  A server that
    answers before it has read everything is listened to.  Raises OSError and
    http.client.HTTPException.
    """
    assert url.hostname is not None
    connection: http.client.HTTPConnection
    if url.scheme == "https":
        connection = http.client.HTTPSConnection(
            url.hostname, url.port, timeout=stall, context=trust
        )
    else:
        connection = http.client.HTTPConnection(
            url.hostname, url.port, timeout=stall
        )
    try:
        connection.connect()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.request("POST", url.path, form, form.headers())
        answer = connection.getresponse()
        answer.read(PIECE)
        return answer
    finally:
        connection.close()
