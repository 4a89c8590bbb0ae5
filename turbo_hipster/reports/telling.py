"""The first line of a log that tells what went wrong.

Built to be believed: the words of success ("0 errors", "error.py", "... ok")
are taken out of a line first, and only what is left is judged.
"""

from __future__ import annotations

import re

# Cheap to look for in a lower-cased block; a block without them is clean.
_HINTS = (
    b"error", b"traceback", b"fail", b"fatal", b"exception", b"panic",
    b"critical", b"severe", b"err!", b"exit", b"zero", b"[timeout]",
    b"not ok", b"killed", b"segmentation fault", b"core dumped",
    b"out of memory", b"command not found", b"illegal instruction",
)  # fmt: skip
_HINT = re.compile(b"|".join(re.escape(hint) for hint in _HINTS))

_STAMP = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?:\[output\] )?")
_COLOUR = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]")

_HARMLESS = re.compile(
    rb"""
      ^.*\.\.\.[ ](?:ok|skipped)\b.*
    | ^ok[ ]\d+\b.*
    | ^.*\b(?:PASSED|XFAIL|SKIPPED)\b.*
    | ^.{0,60}\b(?:DEBUG|INFO|TRACE|NOTE|NOTICE|WARN|WARNING)\b[\s:\]|].*
    | \b(?i:0|no|zero|without(?:\ any)?|not\ an?|never|expected|ignored?
        |ignoring|on|if|any|possible)
      [ _-](?:\w+[ ]){0,2}(?i:errors?|failures?|fail(?:s|ed)?|exceptions?)
      \b(?::[ ]*0\b)?
    | \b(?i:errors?|failures?|failed|fail|exceptions?|fatal|critical)["']?
      \s*[:=]\s*["']?(?:0\b(?!\.)|(?i:no|none|false|null)\b|\[\]|\{\}|""|'')
    | \b(?i:error|fail)\w*[ ]*\((?:0|s)\)
    | (?<![\w./-])[\w./-]*
      (?i:error|fail|fatal|panic|exception|critical)[\w-]{0,40}
      \.(?:pyc?|pyi|c|cc|cpp|h|hpp|rs|go|[jt]sx?|java|class|rb|php|sh|pl
        |html?|css|md|rst|txt|log|json|xml|ya?ml|sql|o|so|a|svg|png|whl)\b
    | (?:^|(?<=\s))--?[\w-]*(?:error|fail|fatal)[\w=-]*
    """,
    re.VERBOSE,
)

_TELLS = re.compile(
    rb"""
      Traceback[ ]\(most[ ]recent[ ]call[ ]last\)
    | (?<![\w.-])(?i:error|fatal|panic|failure)(?:[ ]?\[\w+\])?:(?:\s|$)
    | (?<![\w.-])(?i:fatal[ ]error|error[ ](?:[A-Z]{1,4})?\d+)\b
    | \b[A-Z]\w*(?:Error|Exception)(?::|\s*$)
    | \bException[ ]in[ ]thread\b
    | (?:^|[\s\[(=*|-])
      (?:ERROR|FATAL|CRITICAL|SEVERE|FAILED|FAILURES?|FAIL|ERRORS|PANIC)
      (?:[\s\])!:=|]|$)
    | \bERR!
    | (?i:segmentation[ ]fault|core[ ]dumped|out[ ]of[ ]memory
        |command[ ]not[ ]found|illegal[ ]instruction|bus[ ]error)
    | (?i:exit(?:ed)?(?:[ ]with)?[ ](?:exit[ ])?(?:code|status))
      [ ]?(?:[:=][ ]?|of[ ])?-?[1-9]
    | (?i:non-?zero[ ](?:exit|return|status)|was[ ]non-?zero)
    | ^\[timeout\]
    | ^not[ ]ok\b
    | \bKilled\s*$
    | ^make(?:\[\d+\])?:[ ]\*\*\*
    """,
    re.VERBOSE,
)

_JUDGED = 1024  # bytes of a line that are looked at
ALLOWANCE = 20_000  # suspicious lines that are judged before we give up


def tells(line: bytes) -> bool:
    """Whether this one line says that something went wrong."""
    line = _COLOUR.sub(b"", line[:_JUDGED]).rstrip()
    line = _STAMP.sub(b"", line, count=1)
    return bool(_TELLS.search(_HARMLESS.sub(b"", line)))


class Detector:
    """Looks for the first telling line, with a bound on its patience."""

    def __init__(self, allowance: int = ALLOWANCE) -> None:
        self.allowance = allowance

    def first(self, block: bytes) -> int | None:
        """Return where the first telling line of whole lines begins."""
        lowered = block.lower()
        if not any(hint in lowered for hint in _HINTS):
            return None
        position = 0
        while self.allowance > 0:
            hint = _HINT.search(lowered, position)
            if hint is None:
                return None
            start = block.rfind(b"\n", 0, hint.start()) + 1
            end = block.find(b"\n", hint.end())
            end = len(block) if end < 0 else end
            self.allowance -= 1
            if tells(block[start:end]):
                return start
            position = end
        return None
