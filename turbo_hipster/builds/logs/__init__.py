"""The logs of a build: captured whole, stamped, redacted and bounded.

The way of a byte: a Source redacts and stamps it, Turns lets whole lines of
several sources into the file one after the other, Disk waits while the disk
is full, and Store keeps the head and the tail of what is too long.

One thread uses a Log; nothing here blocks except in write(2).
"""

from turbo_hipster.builds.logs.assembly import assemble, recover
from turbo_hipster.builds.logs.log import Log, LogEnd
from turbo_hipster.builds.logs.redaction import Redactor
from turbo_hipster.builds.logs.source import Source
from turbo_hipster.builds.logs.watched import Watched

__all__ = [
    "Log",
    "LogEnd",
    "Redactor",
    "Source",
    "Watched",
    "assemble",
    "recover",
]
