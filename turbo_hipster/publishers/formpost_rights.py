"""The right to upload that a Zuul v2 server sends with a job.

Sources: the parameters ``SWIFT_NAME_*`` of Zuul 2 and the older
``ZUUL_EXTRA_SWIFT_*``; what the lines of the body mean is Swift's FormPost
middleware's word.  All of it comes from the network.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from turbo_hipster import exceptions

OLD = "ZUUL_EXTRA_SWIFT"
DEFAULT = "logs"


@dataclasses.dataclass(frozen=True, slots=True)
class Rights:
    """Where we may put how much, and until when.

    ``prefix`` is the path of the objects in their container; ``fields`` are
    the form's, in their order, the signature among them.
    """

    url: SplitResult
    prefix: str
    max_size: int
    max_count: int
    expires: int
    logserver: str
    fields: tuple[tuple[str, str], ...] = dataclasses.field(repr=False)

    def named(self, path: str) -> str:
        """Return the name that a file is sent under.

        Swift appends it to the path of the URL, and puts a slash between
        only where a container's name ends.
        """
        bare = self.url.path.endswith("/") or self.url.path.count("/") < 4
        return path if bare else f"/{path}"

    def object_url(self, path: str) -> str:
        """Return the URL of the object that a file becomes."""
        base = urlunsplit(self.url)
        return f"{base.rstrip('/')}/{quote(path)}"

    def seconds(self) -> float:
        """Return how long the right still lasts."""
        return self.expires - time.time()


def find(parameters: Mapping[str, str], name: str | None) -> Rights:
    """Return the right called ``name``; None: ``logs``, or the first one.

    Raises NotMine when the client sent none, PublishFailed when it sent one
    that cannot be used.  No text of an error has the signature in it.
    """
    stem = _stem(parameters, name)
    body = parameters[f"{stem}_HMAC_BODY"].split("\n")
    if len(body) != 5:
        raise exceptions.PublishFailed(
            f"{stem}_HMAC_BODY has {len(body)} lines instead of five"
        )
    path, redirect, size, count, expires = body
    prefix = "/".join(path.split("/")[4:])
    return Rights(
        url=_address(f"{stem}_URL", parameters[f"{stem}_URL"]),
        prefix=parameters.get(f"{stem}_DESTINATION_PREFIX") or prefix,
        max_size=_number(stem, "the maximum size", size),
        max_count=_number(stem, "the maximum count", count),
        expires=_number(stem, "the expiry", expires),
        logserver=_readable(parameters.get(f"{stem}_LOGSERVER_PREFIX", "")),
        fields=(
            ("redirect", redirect),
            ("max_file_size", size),
            ("max_file_count", count),
            ("expires", expires),
            ("signature", parameters[f"{stem}_SIGNATURE"]),
        ),
    )


def _stem(parameters: Mapping[str, str], name: str | None) -> str:
    """Return what the parameters' names of the wanted set begin with."""
    found = [
        key.removesuffix("_URL")
        for key in parameters
        if key.startswith(("SWIFT_", f"{OLD}_"))
        and key.endswith("_URL")
        and key.removesuffix("_URL") != "SWIFT"
    ]
    complete = [
        stem
        for stem in found
        if f"{stem}_HMAC_BODY" in parameters
        and f"{stem}_SIGNATURE" in parameters
    ]
    wanted = [f"SWIFT_{name or DEFAULT}"]
    if name is None:
        wanted += complete
    for stem in wanted:
        if stem in complete:
            return stem
    which = f" named {name}" if name else ""
    raise exceptions.NotMine(
        f"the client sent no right to upload to Swift{which}"
    )


def _address(key: str, text: str) -> SplitResult:
    """Return a URL that may be spoken to; PublishFailed if it may not."""
    try:
        url = urlsplit(text)
        sound = url.port != 0
    except ValueError:
        sound = False
    if (
        not sound
        or not text.isprintable()
        or " " in text
        or url.scheme not in ("http", "https")
        or not url.hostname
        or "@" in url.netloc
        or url.query
        or url.fragment
    ):
        raise exceptions.PublishFailed(
            f"{key} is no plain http or https URL, so nothing was sent"
        )
    return url._replace(path=quote(url.path or "/", safe="/%~:@!$&'()*+,;="))


def _readable(text: str) -> str:
    """Return a reader's URL, or nothing when it is none."""
    sound = text.isprintable() and not set(text) & set("\"'<>\\ |")
    sound = sound and text.startswith(("http://", "https://"))
    return text if sound else ""


def _number(stem: str, what: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < len(text) < 20:
        raise exceptions.PublishFailed(
            f"{stem}_HMAC_BODY: {what} is no positive number"
        )
    return int(text)
