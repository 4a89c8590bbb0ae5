"""Upload results to Swift with the rights that Zuul sends along.

The objects' path is signed by the client and belongs to this one build, so
nothing of another build is overwritten.
"""

from __future__ import annotations

import http.client
import itertools
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from oslo_config import cfg

from turbo_hipster import exceptions
from turbo_hipster.publisher import Publisher
from turbo_hipster.publishers import folder as results
from turbo_hipster.publishers import formpost_form as form
from turbo_hipster.publishers import formpost_rights as rights

INDEX = "index.html"

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between one attempt and the next."""

PASSING = {408, 425, 429}
"""Statuses below 500 that are worth another attempt."""


class SwiftFormPost(Publisher):
    """Upload results to Swift, by the parameters of the job."""

    options = (
        cfg.StrOpt(
            "name",
            help="Name of the set of parameters SWIFT_NAME_... to use. "
            "Default: logs, or the first one if there is none of that name; "
            "the older ZUUL_EXTRA_SWIFT_... are understood too. A build "
            "without such parameters is left to the next publisher.",
        ),
        cfg.StrOpt(
            "ca_file",
            help="Certificate authority (PEM) that the server's certificate "
            "is checked against. Default: those of the system.",
        ),
        cfg.FloatOpt(
            "stall_timeout",
            default=60,
            min=0.1,
            help="Most seconds without a byte sent or received. Then the "
            "upload is tried again, as after an error of the server, up to 6 "
            "times, as long as the right lasts.",
        ),
    )

    pause: Callable[[float], None] = staticmethod(time.sleep)

    @classmethod
    def check(cls, options: Any) -> None:
        """Refuse a certificate authority that cannot be read."""
        _trust(options.ca_file)

    def publish(
        self, folder: Path, destination: str, parameters: Mapping[str, str]
    ) -> str:
        """Upload the files of ``folder``; return the URL of its index."""
        allowed = rights.find(parameters, self.settings.name)
        if allowed.url.scheme == "https":
            trust = _trust(self.settings.ca_file)
        else:
            trust = None
        try:
            batches = list(_batches(_uploads(folder, allowed), allowed))
        except OSError as error:
            raise exceptions.PublishFailed(
                f"the results could not be read: {error.strerror or error}"
            ) from error
        for batch in batches:
            self._post(allowed, form.Form(allowed.fields, batch), trust)
        return self._address(allowed)

    def _post(
        self,
        allowed: rights.Rights,
        filled: form.Form,
        trust: ssl.SSLContext | None,
    ) -> None:
        """Send one form, again and again while that is of use."""
        for pause in (*PAUSES, None):
            left = allowed.seconds()
            if left <= 0:
                raise exceptions.PublishFailed(
                    "the right to upload to Swift ran out"
                )
            stall = min(self.settings.stall_timeout, left)
            try:
                reason, again = _judge(
                    form.send(allowed.url, filled, stall, trust)
                )
            except ssl.SSLCertVerificationError as error:
                reason, again = (
                    f"is not trusted: {error.verify_message}",
                    False,
                )
            except form.Spoilt as error:
                raise exceptions.PublishFailed(str(error)) from None
            except (OSError, http.client.HTTPException) as error:
                reason, again = f"failed: {type(error).__name__}", True
            if not reason:
                return
            if not again or pause is None or pause >= left:
                break
            self.pause(pause)
        raise exceptions.PublishFailed(
            f"the upload to {allowed.url.scheme}://{allowed.url.netloc} "
            f"{reason}"
        )

    def _address(self, allowed: rights.Rights) -> str:
        """Return where a reader finds the index."""
        base = allowed.logserver or getattr(self.settings, "url", "")
        if not base:
            return allowed.object_url(INDEX)
        path = quote(allowed.prefix.strip("/"))
        return "/".join(filter(None, [base.rstrip("/"), path, INDEX]))


def _judge(answer: http.client.HTTPResponse) -> tuple[str, bool]:
    """Return what is wrong with an answer, and whether to try again.

    A form with a redirect is answered by one, which has the real status in
    its query; it is not followed.
    """
    status = answer.status
    if status in (301, 302, 303):
        query = parse_qs(urlsplit(answer.headers.get("Location", "")).query)
        told = query.get("status", [""])[0][:3]
        status = int(told) if told.isdigit() else status
    if 200 <= status < 300:
        return "", False
    return f"was answered with {status}", status >= 500 or status in PASSING


def _uploads(folder: Path, allowed: rights.Rights) -> list[form.Upload]:
    """Return what can be sent; the rest is named in ``left-out.txt``."""
    found: list[form.Upload] = []
    left_out: list[tuple[str, str]] = []
    for name in results.tidy(folder):
        size = (folder / name).stat(follow_symlinks=False).st_size
        if name == results.LEFT_OUT:
            continue
        if not name.isprintable() or set(name) & set('"\\'):
            left_out.append((name, "its name cannot travel in a form"))
        elif size > allowed.max_size:
            why = f"its {size} bytes are more than {allowed.max_size}"
            left_out.append((name, f"{why}, the most that Swift takes here"))
        else:
            found.append(form.Upload(folder / name, allowed.named(name), size))
    if left_out:
        results.note(folder, left_out)
    note = folder / results.LEFT_OUT
    if note.exists():
        size = note.stat().st_size
        found.append(form.Upload(note, allowed.named(results.LEFT_OUT), size))
    index = allowed.named(INDEX)
    if not any(upload.name == index for upload in found):
        raise exceptions.PublishFailed(
            f"{INDEX} is not there, or larger than the {allowed.max_size} "
            "bytes that Swift takes here"
        )
    return found


def _batches(
    uploads: Sequence[form.Upload], allowed: rights.Rights
) -> Iterator[list[form.Upload]]:
    """Yield the files of each form: one type, no more than are allowed.

    The index is the last file of the last form, so that a reader who finds
    it finds everything.
    """
    count = allowed.max_count
    if count < 1:
        raise exceptions.PublishFailed("Swift takes no file here at all")

    def kind(upload: form.Upload) -> tuple[bool, str, bool]:
        page = form.content_type(upload.name) == form.content_type(INDEX)
        last = upload.name == allowed.named(INDEX)
        return page, form.content_type(upload.name), last

    ordered = sorted(uploads, key=kind)
    for _kind, group in itertools.groupby(ordered, lambda one: kind(one)[:2]):
        files = list(group)
        for start in range(0, len(files), count):
            yield files[start : start + count]


def _trust(ca_file: str | None) -> ssl.SSLContext:
    """Return the authorities that a server must be known to."""
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise exceptions.ConfigurationError(
            f"ca_file = {ca_file}: {error.strerror or error}"
        ) from None
