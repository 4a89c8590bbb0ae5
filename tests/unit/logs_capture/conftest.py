"""A slow, obvious reference of what a log promises, and a clock to turn."""

import re
import types

import pytest

LINE = re.compile(
    rb"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) \[([^]]*)\](?: (.*))?",
    re.DOTALL,
)
CONTINUED = b"[continued] "


class Clock:
    """Seconds since the epoch, as the test says."""

    def __init__(self, now=1385156565.908):
        self.now = now

    def __call__(self):
        return self.now


def hide(data, secrets):
    """Byte by byte: what belongs to a secret is hidden, run by run."""
    spans = sorted(
        (at, at + len(secret))
        for secret in secrets
        for at in range(len(data))
        if data.startswith(secret, at)
    )
    runs = []
    for start, stop in spans:
        if runs and start < runs[-1][1]:
            runs[-1][1] = max(runs[-1][1], stop)
        else:
            runs.append([start, stop])
    shown, at = b"", 0
    for start, stop in runs:
        shown += data[at:start] + b"[redacted]"
        at = stop
    return shown + data[at:]


def parse(log):
    """Take a log to pieces: stamp, tag, text of each line."""
    assert log == b"" or log.endswith(b"\n")
    lines = []
    for line in log.split(b"\n")[:-1]:
        found = LINE.fullmatch(line)
        assert found, line
        lines.append((found[1], found[2], found[3] or b""))
    return lines


def texts(log, broken=True):
    """Put each source's text together again, broken lines too."""
    found = {}
    for _, tag, text in parse(log):
        if broken and text.startswith(CONTINUED):
            assert found[tag].endswith(b"\n")
            found[tag] = found[tag][:-1] + text[len(CONTINUED) :] + b"\n"
        else:
            found[tag] = found.get(tag, b"") + text + b"\n"
    return found


def ended(text):
    """End a partial line."""
    return text if text.endswith(b"\n") or not text else text + b"\n"


@pytest.fixture(scope="session")
def reference():
    return types.SimpleNamespace(
        Clock=Clock, hide=hide, parse=parse, texts=texts, ended=ended
    )


@pytest.fixture
def clock():
    return Clock()
