"""What can be wrong with a configuration as a whole."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace

from turbo_hipster.conf import plain
from turbo_hipster.conf.ini import Entry
from turbo_hipster.conf.problem import Problem

KINDS = ("job", "publish")


def unknown(
    places: Mapping[str, tuple[str, int]], entries: Sequence[Entry]
) -> Iterator[Problem]:
    """Yield sections and options of the core that nobody knows."""
    for section, (file, line) in places.items():
        kind, colon, name = section.partition(":")
        if section in plain.GROUPS or (colon and kind in KINDS and name):
            continue
        kinds = [f"{kind}:NAME" for kind in KINDS]
        hint = _hint(section, [*plain.GROUPS, *kinds])
        yield Problem(file, section, "", f"unknown section{hint}", line)
    spellings = {
        group: {
            name
            for option in plain.known(group)
            for name in (
                option.dest,
                option.name,
                *(old.name for old in option.deprecated_opts),
            )
        }
        for group in plain.GROUPS
    }
    for entry in entries:
        allowed = spellings.get(entry.section)
        if allowed is not None and entry.key not in allowed:
            hint = _hint(entry.key, sorted(filter(None, allowed)))
            yield at(entry, f"unknown option{hint}")


def _hint(word: str, words: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, words, 1)
    return f"; did you mean {close[0]}?" if close else ""


def comments(entries: Sequence[Entry]) -> Iterator[Problem]:
    """Yield values that seem to have a comment behind them."""
    for entry in entries:
        if entry.commented():
            yield at(
                entry,
                "' ;' or ' #' in a value: a comment cannot stand behind a "
                "value and would become part of it. Put the comment on a "
                "line of its own; in a command write 'a; b', or put it into "
                "a script",
            )


def half_tls(wire: SimpleNamespace) -> tuple[str, str]:
    """Return option and mistake of an incomplete TLS configuration."""
    if bool(wire.cert_file) != bool(wire.key_file):
        given, missing = "cert_file", "key_file"
        if wire.key_file:
            given, missing = missing, given
        return given, (
            f"half a TLS configuration: {missing} is missing, and the two "
            "belong together"
        )
    if wire.cert_file and not wire.ca_file:
        return "cert_file", (
            "half a TLS configuration: ca_file is missing, and without it "
            "the server would not be checked"
        )
    return "ca_file", ""


def origin(url: str) -> str:
    """Say what is wrong with the place of projects; empty: nothing."""
    if re.match(r"(https?|git|ssh|file)://[^\s-]", url):
        return ""
    return f"{url}: write a http, https, git, ssh or file URL"


def twice(names: Sequence[str]) -> str:
    """Say which names stand there more than once; empty when none does."""
    double = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    return f"{', '.join(double)}: named twice" if double else ""


def at(entry: Entry, message: str) -> Problem:
    """Return a problem in the place of ``entry``."""
    return Problem(entry.file, entry.section, entry.key, message, entry.line)
