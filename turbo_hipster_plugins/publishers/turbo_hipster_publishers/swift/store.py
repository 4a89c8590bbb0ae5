"""One container, opened: made when it is not there, and then written to."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from turbo_hipster import exceptions
from turbo_hipster_publishers.patience import Passing
from turbo_hipster_publishers.swift import account

PASSING = {408, 425, 429, 498, 499}
"""Statuses below 500 that are worth another attempt."""

MOVES = {
    401: "check user, password, project and the domains",
    403: "give the user a role that may write there",
    404: "check region, and that the project has a Swift account",
    405: "the server does not take this; check auth_url and auth_version",
    409: "something else has this name; choose another container",
    413: "the account's quota is used up; remove old results or raise it",
    507: "the store is full; tell its operator",
}


class SwiftStore:
    """Puts objects into a container."""

    def __init__(self, options: Any) -> None:
        self._options = options
        self._where = f"swift container {options.container}"
        self._connection = account.connection(options)
        client = account.library("swiftclient.exceptions")
        keystone = account.library("keystoneauth1.exceptions")
        requests = account.library("requests.exceptions")
        self._errors = (
            client.ClientException,
            keystone.ClientException,
            requests.RequestException,
            OSError,
        )
        self._made = False

    def claim(self, place: str) -> bool:
        """See that nothing is below ``place``; Swift keeps no folders."""
        self._make_container()
        with self._in_our_words():
            _headers, found = self._connection.get_container(
                self._options.container, prefix=f"{place}/", limit=1
            )
        return not found

    def put(
        self, source: Path, name: str, kind: str, encoding: str | None
    ) -> None:
        """Write one object, with its type, encoding and time to live."""
        self._make_container()
        headers: dict[str, str] = {}
        if encoding:
            headers["Content-Encoding"] = encoding
        if self._options.delete_after:
            headers["X-Delete-After"] = str(self._options.delete_after)
        with self._in_our_words(), source.open("rb") as stream:
            self._connection.put_object(
                self._options.container,
                name,
                stream,
                content_length=source.stat().st_size,
                content_type=kind,
                headers=headers,
            )

    def remove(self, name: str) -> None:
        """Remove one object."""
        with self._in_our_words():
            self._connection.delete_object(self._options.container, name)

    def url(self) -> str:
        """Return where the container is, as the account's catalogue says."""
        with self._in_our_words():
            url, _token = self._connection.get_auth()
        return f"{str(url).rstrip('/')}/{self._options.container}"

    def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(*self._errors):
            self._connection.close()

    def _make_container(self) -> None:
        """Make it if it is not there; one that is keeps its rules."""
        if self._made:
            return
        with self._in_our_words():
            try:
                self._connection.head_container(self._options.container)
            except account.library(
                "swiftclient.exceptions"
            ).ClientException as error:
                if error.http_status != 404:
                    raise
                headers = {}
                if self._options.read_acl:
                    headers["X-Container-Read"] = self._options.read_acl
                self._connection.put_container(
                    self._options.container, headers=headers
                )
        self._made = True

    @contextlib.contextmanager
    def _in_our_words(self) -> Iterator[None]:
        try:
            yield
        except self._errors as error:
            raise self._judged(error) from None

    def _judged(self, error: BaseException) -> Exception:
        """Return what to raise instead: Passing or PublishFailed."""
        status = getattr(error, "http_status", None)
        said = _said(error, status)
        move = MOVES.get(status or 0)
        kind = type(error).__name__
        if "Unauthorized" in kind or "Authorization failed" in said:
            move = MOVES[401]
        elif "SSL" in kind or "certificate verify" in said:
            move = "set ca_file to the authority that signed the certificate"
        elif "EndpointNotFound" in kind or "Endpoint for" in said:
            move = MOVES[404]
        elif status and 400 <= status < 500 and status not in PASSING:
            move = move or "check [publish:NAME]"
        if move:
            return exceptions.PublishFailed(f"{self._where}: {said}; {move}")
        return Passing(f"{self._where}: {said}")


def _said(error: BaseException, status: int | None) -> str:
    """Return an error's first line; swiftclient's has no secret in it."""
    if status:
        reason = str(getattr(error, "http_reason", "") or "")[:100]
        return f"answered with {status} {reason}".rstrip()
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__
