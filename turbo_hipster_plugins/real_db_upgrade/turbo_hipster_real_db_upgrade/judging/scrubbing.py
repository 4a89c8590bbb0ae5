"""What an engine says of a failure, without the values that it tells.

Engines put values of the data into their messages: the key that is there
twice, the whole row that does not fit.
"""

from __future__ import annotations

import re

from turbo_hipster_databases.schema.sql_text import Token, tokens, written

UNTOLD = "…"

AFTER = re.compile(r"\n\s*(DETAIL|CONTEXT|HINT|LINE \d+):.*", re.DOTALL)
"""What PostgreSQL adds to its first line; rows and keys stand there."""

VALUES = (
    # PostgreSQL: invalid input syntax for type integer: "abc"
    re.compile(r'(?<=: )"(?:[^"]|"")*"(?=\s*$)'),
    re.compile(r'(?<=value )"(?:[^"]|"")*"'),
    # MariaDB: Duplicate entry 'abc' for key 'name'
    re.compile(r"(?<=entry )'.*'(?= for key )", re.DOTALL),
    re.compile(r"(?<=value: )'.*'(?= for (?:column|function) )", re.DOTALL),
    re.compile(r"(?<=value: )'.*'", re.DOTALL),
    re.compile(r"(?<=value )'.*'(?= for )", re.DOTALL),
    re.compile(r"(?<=Duplicate unknown )'.*'", re.DOTALL),
)


def without_values(message: str) -> str:
    """Return a message of an engine without values of the data."""
    message = AFTER.sub("", message)
    for pattern in VALUES:
        message = pattern.sub(lambda found: _quoted(found[0][0]), message)
    return " ".join(message.split())


def normalised(statement: str, engine: str) -> str:
    """Return a statement with ? in place of its texts and numbers."""
    words = [
        Token("sign", "?") if word.kind in ("string", "number") else word
        for word in tokens(statement, engine)
    ]
    return written(words)


def scrubbed(engine: str, error: BaseException) -> str:
    """Return what an exception of a driver says, without values."""
    text = str(error.args[-1] if engine != "postgresql" else error)
    return without_values(text)[:300]


def _quoted(mark: str) -> str:
    return f"{mark}{UNTOLD}{mark}"
