"""The publisher ``swift``: results go into a container of OpenStack Swift."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from oslo_config import cfg

from turbo_hipster import exceptions
from turbo_hipster.publisher import Publisher
from turbo_hipster_publishers import outgoing, patience, place
from turbo_hipster_publishers.sending import Sender
from turbo_hipster_publishers.swift import account
from turbo_hipster_publishers.swift.store import SwiftStore


class SwiftPublisher(Publisher):
    """Put results into a container, with an account of the worker's own."""

    options = (
        *account.OPTIONS,
        cfg.StrOpt(
            "container",
            required=True,
            help="Container of the results; made when it is not there.",
        ),
        cfg.StrOpt(
            "read_acl",
            default=".r:*",
            help="Who may read a container that the publisher makes, in "
            "Swift's words; .r:* is everybody. One that is there already "
            "keeps its rules.",
        ),
        cfg.IntOpt(
            "delete_after",
            min=1,
            help="Seconds after which Swift removes the results. Default: "
            "never.",
        ),
        outgoing.GZIP,
        patience.OPTION,
    )

    pause: Callable[[float], None] = staticmethod(time.sleep)

    @classmethod
    def check(cls, options: Any) -> None:
        """Refuse what cannot work, a library that is missing included."""
        if "/" in options.container:
            raise exceptions.ConfigurationError(
                f"container = {options.container}: a container has no slash"
            )
        if options.auth_version == "3" and not options.project:
            raise exceptions.ConfigurationError(
                "project is missing: keystone gives rights in a project only"
            )
        account.connection(options).close()

    def publish(
        self, folder: Path, destination: str, parameters: Mapping[str, str]
    ) -> str:
        """Send everything; return the URL of the index."""
        wanted = place.checked(destination)
        files = outgoing.files(folder)
        with self._sender() as sender:
            found = sender.send(files, wanted, self.settings.gzip)
            base = getattr(self.settings, "url", "") or sender.url()
        return place.address(base, found, outgoing.INDEX)

    def rehearse(self) -> None:
        """Write a small object into the container and remove it."""
        with self._sender() as sender:
            sender.rehearse()

    def _sender(self) -> Sender:
        waiting = patience.Patience(self.settings.patience, self.pause)
        where = f"the container {self.settings.container}"
        return Sender(where, lambda: SwiftStore(self.settings), waiting)
