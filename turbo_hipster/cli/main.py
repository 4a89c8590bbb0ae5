"""Where the program begins: options, the command, the exit status."""

from __future__ import annotations

import argparse
import difflib
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from typing import Any

from turbo_hipster import exceptions
from turbo_hipster.cli import bygone, foreign, table, welcome

INTERRUPTED = 128 + signal.SIGINT
BROKEN_PIPE = 128 + signal.SIGPIPE


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that ``argv`` names; return the exit status.

    The one place that turns an error into a line and a status.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in words
    try:
        status = _run(words)
        sys.stdout.flush()
    except exceptions.TurboHipsterError as error:
        if debug:
            traceback.print_exception(error)
        _say(" ".join(str(error).split()) or type(error).__name__)
        return error.exit_status
    except KeyboardInterrupt:
        _say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # the reader went away; Python would complain again at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    return status


def _run(words: list[str]) -> int:
    old = bygone.answer(words)
    if old:
        _say(old)
        return 2
    options, rest = _options(words)
    if options.version:
        print(f"turbo-hipster {_version()}")
        return 0
    if not rest or rest == ["help"]:
        print(welcome.text(), end="")
        return 0
    if options.help or rest[0] == "help":
        rest = [*[word for word in rest if word != "help"], "--help"]
    if rest[1:] in (["--help"], ["-h"]) and rest[0] not in welcome.names():
        group = welcome.group(rest[0])
        if group:
            print(group, end="")
            return 0
    name, command_class, arguments = _find(rest)

    # imported this late because --help and --version need none of it
    from turbo_hipster import command

    app = command.Application(
        sys.stdout, sys.stderr, options.config_file, options.config_dir
    )
    if not isinstance(command_class, type) or not issubclass(
        command_class, command.Command | command.Lister
    ):
        raise exceptions.PluginError(
            f"the command {name!r} is no Command of turbo_hipster.command, "
            "so it cannot be run; its package has to be mended"
        )
    # without a name of ours cliff looks for no hooks of other packages
    wanted = command_class(app, None)
    wanted.cmd_name = name
    parser = wanted.get_parser(f"turbo-hipster {name}")
    return int(wanted.run(parser.parse_args(arguments)) or 0)


def _options(words: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Split the program's own options from the command and its arguments."""
    parser = argparse.ArgumentParser(
        prog="turbo-hipster", add_help=False, allow_abbrev=False
    )
    parser.usage = welcome.USAGE.removeprefix("usage: ").rstrip()
    parser.add_argument("-h", "--help", action="store_true")
    parser.add_argument("--version", action="store_true")
    parser.add_argument("--debug", action="store_true")
    parser.add_argument("--config-file", action="append", default=[])
    parser.add_argument("--config-dir", action="append", default=[])
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    options = parser.parse_args(words)
    return options, options.rest


def _find(words: list[str]) -> tuple[str, Any, list[str]]:
    """Return the command's name, its class, and the arguments after it.

    Our own table is asked first, so that what other packages brought is not
    even listed when one of ours is called.
    """
    candidates = [
        (" ".join(words[:length]), words[length:])
        for length in range(min(3, len(words)), 0, -1)
    ]
    for name, rest in candidates:
        if name in table.COMMANDS:
            return name, foreign.resolve(table.COMMANDS[name].target), rest
    brought = foreign.commands()
    for name, rest in candidates:
        if name in brought:
            chosen = foreign.choose(name, brought[name])
            return name, foreign.load(name, chosen), rest
    raise exceptions.RefusedInput(_unknown(words))


def _unknown(words: list[str]) -> str:
    """Say what there is instead of what was asked for."""
    group = welcome.group(words[0])
    known = welcome.names()
    if group:
        wanted = " ".join(words[:2])
        choices = [name for name in known if name.split()[0] == words[0]]
        there = f"there are {', '.join(choices)}"
    else:
        wanted = words[0]
        close = difflib.get_close_matches(wanted, known, 1)
        there = f"did you mean {close[0]}?" if close else ""
    parts = [
        f"no command {wanted!r}",
        there,
        "'turbo-hipster --help' lists all",
    ]
    return "; ".join(part for part in parts if part)


def _version() -> str:
    import importlib.metadata

    return importlib.metadata.version("turbo-hipster")


def _say(text: str) -> None:
    print(f"turbo-hipster: {text}", file=sys.stderr)
