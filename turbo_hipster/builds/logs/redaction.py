"""Hide secrets, also when a read splits them.

Every byte that belongs to an occurrence of a secret is hidden, whether
secrets contain each other or overlap; each run of overlapping occurrences is
shown as one ``[redacted]``.
"""

from __future__ import annotations

from collections.abc import Iterable

MARK = b"[redacted]"

#: Shorter secrets are not hidden: they would wreck every log, and hide
#: nothing from who counts the marks.  In bytes.
SHORTEST = 4

#: A single line of a secret of several lines is hidden from this length on.
SHORTEST_LINE = 8


class Redactor:
    """What is secret, ready to be looked for.

    White space around a secret does not count.  Of a secret of several lines
    (a private key) each line is a secret too, because tools indent, wrap and
    re-end the lines they print.
    """

    def __init__(self, secrets: Iterable[bytes | str] = ()) -> None:
        found: set[bytes] = set()
        for secret in secrets:
            whole = as_bytes(secret).strip()
            if len(whole) >= SHORTEST:
                found.add(whole)
            if b"\n" in whole:
                lines = (line.strip() for line in whole.split(b"\n"))
                found.update(x for x in lines if len(x) >= SHORTEST_LINE)
        self.secrets = tuple(sorted(found, key=lambda x: (-len(x), x)))

    def stream(self) -> Redaction:
        """Start on the text of one source."""
        return Redaction(self)

    def clean(self, text: str) -> str:
        """Hide the secrets of a short text: a sentence, a packet, a page."""
        if not self.secrets:
            return text
        stream = self.stream()
        cleaned = stream.feed(as_bytes(text)) + stream.finish()
        return cleaned.decode("utf-8", "surrogateescape")

    def spans(self, data: bytes) -> list[tuple[int, int]]:
        """Find all occurrences: first byte, and the one after the last."""
        spans = []
        for secret in self.secrets:
            at = data.find(secret)
            while at >= 0:
                spans.append((at, at + len(secret)))
                at = data.find(secret, at + 1)
        return spans

    def unfinished(self, data: bytes) -> int:
        """Tell how many bytes at the end may be the start of a secret."""
        longest = 0
        for secret in self.secrets:
            tail = data[1 - len(secret) :]
            at = tail.find(secret[:1])
            while 0 <= at < len(tail) - longest:
                if secret.startswith(tail[at:]):
                    longest = len(tail) - at
                    break
                at = tail.find(secret[:1], at + 1)
        return longest


class Redaction:
    """One stream on its way through a Redactor.

    Held back is only the longest tail that is a proper prefix of a secret,
    until more data or the end decides.
    """

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._held = b""
        # so many bytes of what is held are shown as a mark already
        self._hidden = 0

    def feed(self, data: bytes) -> bytes:
        """Take a piece; return what can be shown now."""
        if not self._redactor.secrets:
            return data
        if self._held:
            data = self._held + data
        return self._show(data, len(data) - self._redactor.unfinished(data))

    def finish(self) -> bytes:
        """Return what was held back; the stream may start anew."""
        return self._show(self._held, len(self._held)) if self._held else b""

    def _show(self, data: bytes, end: int) -> bytes:
        spans = self._redactor.spans(data)
        self._held = data[end:]
        if not spans and not self._hidden:
            return data[:end]
        shown = []
        at = self._hidden
        for start, stop in sorted(spans):
            if start >= end:  # inside what is held: found again next time
                break
            if start >= at:
                shown += [data[at:start], MARK]
                at = stop
            else:
                at = max(at, stop)
        shown.append(data[at:end])
        self._hidden = max(at - end, 0)
        return b"".join(shown)


def as_bytes(text: bytes | str) -> bytes:
    """Return the bytes that Python decoded to ``text``; never raises."""
    if isinstance(text, bytes):
        return text
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a pair, from somebody's JSON
        return text.encode("utf-8", "replace")
