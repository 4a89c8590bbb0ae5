"""The publisher ``url``: results go wherever fsspec can write."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from oslo_config import cfg

from turbo_hipster import exceptions
from turbo_hipster.publisher import Publisher
from turbo_hipster_publishers import outgoing, patience, place
from turbo_hipster_publishers.sending import Sender, Store
from turbo_hipster_publishers.url.dialects import DIALECTS, Dialect
from turbo_hipster_publishers.url.store import FsspecStore


class UrlPublisher(Publisher):
    """Put results below a URL of any kind that fsspec can write to."""

    options = (
        cfg.StrOpt(
            "target",
            required=True,
            sample_default="s3://bucket/logs",
            help="Where the builds' folders are put: s3://BUCKET/PATH, "
            "gs://BUCKET/PATH, sftp://USER@HOST:PORT/PATH (/~/PATH is below "
            "the home of the user), file:///PATH, or another scheme of "
            "fsspec, which then reads its own configuration. What readers "
            "open is the option url.",
        ),
        cfg.StrOpt(
            "user",
            help="Access key id of S3, or the user of SFTP. Default of S3: "
            "what the machine's own AWS configuration says.",
        ),
        cfg.StrOpt(
            "password",
            secret=True,
            help="Secret access key of S3, or the password of SFTP.",
        ),
        cfg.StrOpt(
            "key_file",
            help="File with the private key of SFTP, or with the service "
            "account of Google (JSON).",
        ),
        cfg.StrOpt(
            "known_hosts",
            help="File with the keys of the SFTP hosts that are trusted. "
            "Default: ~/.ssh/known_hosts of the worker's user.",
        ),
        cfg.StrOpt(
            "endpoint_url",
            help="Server that speaks S3's or Google's protocol. Default: "
            "Amazon's and Google's own.",
        ),
        cfg.StrOpt(
            "ca_file",
            help="Certificate authority (PEM) that an S3 server is checked "
            "against. Default: those that botocore knows.",
        ),
        cfg.StrOpt(
            "acl",
            help="Canned access rule of each S3 object, such as public-read. "
            "Default: the bucket's.",
        ),
        outgoing.GZIP,
        patience.OPTION,
        cfg.FloatOpt(
            "stall_timeout",
            default=30,
            min=0.1,
            help="Seconds after which a silent server of S3, Google or SFTP "
            "is given up for this attempt.",
        ),
    )

    pause: Callable[[float], None] = staticmethod(time.sleep)

    @classmethod
    def check(cls, options: Any) -> None:
        """Refuse what cannot work, a library that is missing included."""
        dialect = _dialect(options)
        scheme = dialect.target.scheme
        if dialect.target.password:
            _wrong("target has a password in it: use password = instead")
        # the doctor knows the core's options too, the worker's probe does not
        if scheme != "file" and getattr(options, "url", None) == "":
            _wrong(
                f"url is missing: readers cannot open {scheme}://, so say "
                "where they find the same files, as url = https://HOST/PATH"
            )
        if options.gzip and not dialect.headers:
            _wrong(f"gzip = true: {scheme}:// keeps no Content-Encoding")
        for name in (
            "user",
            "password",
            "key_file",
            "known_hosts",
            "acl",
            "endpoint_url",
            "ca_file",
        ):
            if getattr(options, name) and name not in dialect.credentials:
                _wrong(f"{name} means nothing to {scheme}://; remove it")
        for name in ("key_file", "known_hosts", "ca_file"):
            path = getattr(options, name)
            if path and not os.access(path, os.R_OK):
                _wrong(f"{name} = {path}: the worker's user cannot read it")
        dialect.system()

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
        """Write a small file below the target and remove it."""
        with self._sender() as sender:
            sender.rehearse()

    def _sender(self) -> Sender:
        dialect = _dialect(self.settings)

        def connect() -> Store:
            return FsspecStore(dialect)

        waiting = patience.Patience(self.settings.patience, self.pause)
        where = dialect.target.geturl().rstrip("/")
        return Sender(where, connect, waiting)


def _dialect(options: Any) -> Dialect:
    """Return the dialect of the target; ConfigurationError if it is none."""
    target = options.target or ""
    try:
        parts = urlsplit(target)
        sound = parts.port != 0
    except ValueError:
        sound = False
    if (
        not sound
        or not parts.scheme
        or "://" not in target
        or parts.query
        or parts.fragment
    ):
        _wrong(f"target = {target}: must be like s3://BUCKET/PATH")
    kind = DIALECTS.get(parts.scheme, Dialect)
    if parts.scheme != "file" and not parts.netloc:
        _wrong(f"target = {target}: a bucket or host is missing")
    return kind(options, parts)


def _wrong(what: str) -> NoReturn:
    raise exceptions.ConfigurationError(what)
