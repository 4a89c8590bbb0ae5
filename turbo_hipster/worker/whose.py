"""Whose line of the log it is: the build's id stands in each one.

A slot's thread says which build it does; a filter writes that into the
records, under the names that oslo.log's formatters and the journal know.
"""

from __future__ import annotations

import contextlib
import contextvars
import logging
from collections.abc import Iterator

from turbo_hipster.model import Build

LINE = (
    "%(asctime)s.%(msecs)03d %(process)d %(levelname)s %(name)s "
    "[%(request_id)s] %(message)s"
)
"""A line of a build; others have ``[-]`` there, as oslo.log writes them."""

_PRESENT: contextvars.ContextVar[Build | None] = contextvars.ContextVar(
    "build", default=None
)


@contextlib.contextmanager
def lines_of(build: Build) -> Iterator[None]:
    """Let what this thread logs meanwhile be the build's."""
    token = _PRESENT.set(build)
    try:
        yield
    finally:
        _PRESENT.reset(token)


class Whose(logging.Filter):
    """Goes on a handler, and lets everything pass.

    The journal shows the id as REQUEST_ID, JSON as ``extra``'s ``build``.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Write whose line it is into a record."""
        build = _PRESENT.get()
        if build is not None:
            record.request_id = record.build = build.id
            record.job = build.job
            record.extra_keys = ["build", "job"]
        return True
