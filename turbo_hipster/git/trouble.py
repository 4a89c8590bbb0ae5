"""What git's complaints mean, by what can be done about them.

git tells its troubles in words only; ``LC_ALL=C`` keeps the words stable.
"""

from __future__ import annotations

import enum
import re

from turbo_hipster.git.door import Exit


class Trouble(enum.Enum):
    """What to do when git failed; the value is the reader's next move."""

    TIME = "raise the job's setup_timeout, or look at the server's load"
    DISK = "make room, or allow writing, below the worker's state_dir"
    LOCK = "a killed git left a lock file; it is removed"
    DAMAGE = (
        "a mirror fetched anew did not help, so look at the origin with git "
        "fsck, and at this machine's disk"
    )
    GONE = (
        "look whether the project and the ref exist there, and whether the "
        "worker's account may read them"
    )
    LAYOUT = "see git_prep.log; the tree itself may be at fault"
    NETWORK = "look whether the server is up; the client may try again"


_TABLE = (
    (
        Trouble.DISK,
        r"No space left on device|Disk quota exceeded|Read-only file system"
        r"|unable to write file|write error|File too large"
        r"|(unable to|cannot|could not) (create|write|open)[^\n]*"
        r"Permission denied|insufficient permission for adding",
    ),
    (
        Trouble.LOCK,
        r"\.lock': File exists|Another git process seems to be running",
    ),
    (
        Trouble.GONE,
        r"couldn't find remote ref|not our ref|unadvertised object"
        r"|[Rr]epository[^\n]*not (found|exported)|no such repository"
        r"|does not appear to be a git repository"
        r"|Authentication failed|could not read (Username|Password)"
        r"|Permission denied \(|Host key verification failed"
        r"|returned error: 4(?!08|29)\d\d|[Aa]ccess denied"
        r"|transport '[^']*' not allowed|dubious ownership"
        r"|No url found for submodule|Direct fetching of that commit failed"
        r"|did not contain [0-9a-f]{40}|SSL certificate problem"
        r"|mismatched algorithms",
    ),
    (
        Trouble.DAMAGE,
        r"is corrupt|object file [^\n]* is empty|inflate:|packfile|\.idx"
        r"|pack has|bad (object|tree|config)|missing (blob|tree|commit)"
        r"|unable to (read|find|parse|unpack)|does not point to a valid"
        r"|[Cc]ould not (read|parse) [0-9a-f]{7}|failed to traverse parents"
        r"|not a git repository|unresolved delta|broken (ref|link)|garbage"
        r"|multi-pack-index|did not send all necessary objects"
        r"|cannot lock ref|unexpected line in [^\n]*packed-refs"
        r"|invalid (sha1|object)|unknown revision|bad revision"
        r"|index-pack (died|failed)|Failed to resolve",
    ),
)


def diagnose(ended: Exit, *, here: bool = False) -> Trouble:
    """What stopped git; ``here``: nothing but this machine was involved."""
    if ended.timed_out:
        return Trouble.TIME
    # what the server's git says in our stream is not about our files
    text = re.sub(r"(?m)^remote: .*$", "", ended.tail)
    if here:
        # names of files in the tree are a stranger's words
        text = re.sub(r"'[^'\n]*'", "''", text)
    for trouble, words in _TABLE:
        if here and trouble is Trouble.GONE:
            continue
        if re.search(words, text):
            return trouble
    return Trouble.LAYOUT if here else Trouble.NETWORK


def reason(ended: Exit) -> str:
    """The line in which git said why, fit for a message."""
    if ended.timed_out:
        return "it did not end in time"
    lines = [line.strip() for line in ended.tail.splitlines()]
    for start in ("fatal:", "error:", "ssh:", "remote:", ""):
        for line in lines:
            if line and line.startswith(start):
                text = re.sub(r"//[^/@\s]*@", "//", line)
                return text.removeprefix(start).strip()[:300]
    return f"git ended with status {ended.status} and no word"
