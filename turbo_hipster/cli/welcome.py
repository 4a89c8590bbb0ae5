"""The help of the program as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from turbo_hipster.cli import foreign, table

USAGE = (
    "usage: turbo-hipster [--config-file FILE] [--config-dir DIR] [--debug]\n"
    "                     COMMAND [ARGUMENT ...]\n"
)

ABOUT = (
    "turbo-hipster runs the tests of a change in isolated builds and says\n"
    "what came of them. Jobs come from a Gearman server (Zuul is the classic\n"
    "client) or from this command line.\n"
)

NEXT = """\
First steps:
  turbo-hipster demo                        two real builds in half a minute
  turbo-hipster config sample > th.conf     every option, explained
  turbo-hipster --config-file th.conf config check
  turbo-hipster --config-file th.conf run JOB --project .
  turbo-hipster --config-file th.conf worker

'turbo-hipster COMMAND --help' explains a command. Tables take '-f json'.
--debug shows where an error came from; --version says what this is.
Exit status: 0 good, 1 the change failed, 2 wrong usage or configuration,
3 passed but not published, 69 no server, 75 could not judge (try again),
124 timed out, 130 cancelled.
"""


def text() -> str:
    """Return the whole help."""
    parts = [USAGE, ABOUT, "Commands:\n" + "".join(_own())]
    others = "".join(_foreign())
    if others:
        parts.append("Commands of other packages:\n" + others)
    return "\n".join([*parts, NEXT])


def group(word: str) -> str:
    """Return the help of a first word that has several commands."""
    lines = [line for line in _own() if line.split()[0] == word]
    lines += [line for line in _foreign() if line.split()[0] == word]
    if not lines:
        return ""
    return f"usage: turbo-hipster {word} COMMAND\n\n" + "".join(lines)


def names() -> list[str]:
    """Return the names of all commands."""
    return [*table.COMMANDS, *foreign.commands()]


def _own() -> Iterator[str]:
    for name, own in table.COMMANDS.items():
        yield f"  {name:<16}{own.help}\n"


def _foreign() -> Iterator[str]:
    for name, claims in foreign.commands().items():
        who = " and ".join(sorted({claim.distribution for claim in claims}))
        if name in table.COMMANDS:
            who = f"not used, the name is ours: {who}"
        elif len(claims) > 1:
            who = f"not used, claimed twice: {who}"
        yield f"  {name:<16}{who}\n"
