"""How a build's files go out, whatever the store: one way for all.

Claim a free place, put every file, the index last; try again what may pass;
say how far it came when it did not come to its end.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from turbo_hipster import exceptions
from turbo_hipster_publishers import outgoing, place
from turbo_hipster_publishers.patience import Patience

Answer = TypeVar("Answer")

REHEARSAL = ".turbo-hipster-rehearsal"


class Store(Protocol):
    """Where files go; opened anew after each error that may pass.

    Each method raises Passing for what may pass and PublishFailed, with the
    reader's next move, for what will not.
    """

    def claim(self, place: str) -> bool:
        """Take a folder for us; False when there is anything already."""

    def put(
        self, source: Path, name: str, kind: str, encoding: str | None
    ) -> None:
        """Put a file; an earlier attempt's half is overwritten."""

    def remove(self, name: str) -> None:
        """Remove a file that we put."""

    def url(self) -> str:
        """Return where a reader finds it, when nobody said so."""

    def close(self) -> None:
        """Give back connections; never raises."""


class Sender:
    """Sends to the stores that ``connect`` opens; a context manager."""

    def __init__(
        self, where: str, connect: Callable[[], Store], patience: Patience
    ) -> None:
        self._where = where
        self._connect = connect
        self._patience = patience
        self._store: Store | None = None

    def __enter__(self) -> Sender:
        return self

    def __exit__(self, *_error: object) -> None:
        self._drop()

    def send(
        self, files: Sequence[outgoing.File], wanted: str, tight: bool
    ) -> str:
        """Send all; return the place that was free."""
        found = place.first_free(wanted, self._claim)
        for count, file in enumerate(files):
            try:
                self._send(file, found, tight)
            except exceptions.PublishFailed as error:
                raise exceptions.PublishFailed(
                    f"{error}; {count} of {len(files)} files are in "
                    f"{self._where}/{found}, {outgoing.INDEX} is not"
                ) from error.__cause__
        return found

    def rehearse(self) -> None:
        """Put a small file and remove it again."""
        text = Path(__file__).with_name("py.typed")
        self._try(
            lambda store: store.put(text, REHEARSAL, outgoing.PLAIN, None)
        )
        self._try(lambda store: store.remove(REHEARSAL))

    def url(self) -> str:
        """Return where the store itself shows its files."""
        return self._try(lambda store: store.url())

    def _claim(self, wanted: str) -> bool:
        return self._try(lambda store: store.claim(wanted))

    def _send(self, file: outgoing.File, found: str, tight: bool) -> None:
        name = f"{found}/{file.name}"
        kind = file.content_type
        with contextlib.ExitStack() as stack:
            source, encoding = file.path, None
            if tight and file.is_text:
                source = stack.enter_context(file.packed())
                encoding = "gzip"
            self._try(lambda store: store.put(source, name, kind, encoding))

    def _try(self, action: Callable[[Store], Answer]) -> Answer:
        return self._patience.insist(
            lambda: action(self._opened()), self._drop
        )

    def _opened(self) -> Store:
        if self._store is None:
            self._store = self._connect()
        return self._store

    def _drop(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None
