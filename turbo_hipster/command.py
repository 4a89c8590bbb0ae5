"""The contract of a command: what ``turbo-hipster NAME`` runs.

Registered under the entry-point namespace ``turbo_hipster.cli``; the name
``history_import`` there is called as ``turbo-hipster history import``.  A
command is imported when it is called, and never before.

The class's docstring is its help: the first line says what it does, the rest
teaches.  ``take_action`` does the work; it writes to ``self.app.stdout`` and
returns the exit status (None is 0) or, in a Lister, the names of the columns
and the rows.  A TurboHipsterError that it raises ends the program with one
line on standard error and the error's own ``exit_status``.
"""

from __future__ import annotations

import argparse
import inspect
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import cliff.command
import cliff.lister

from turbo_hipster import exceptions
from turbo_hipster.conf import find, load
from turbo_hipster.conf.settings import Settings


class Application:
    """What a command knows of the program it belongs to."""

    def __init__(
        self,
        stdout: TextIO,
        stderr: TextIO,
        config_files: Sequence[str] = (),
        config_dirs: Sequence[str] = (),
    ) -> None:
        self.stdout = stdout
        self.stderr = stderr
        self.config_files = list(config_files)
        self.config_dirs = list(config_dirs)


def add_own_options(parser: argparse.ArgumentParser) -> None:
    """Add what every command takes: these names are taken."""
    parser.add_argument(
        "--config-file",
        action="append",
        default=[],
        metavar="FILE",
        help="read this file; may be repeated, the last one wins. Only what "
        "is named is read. Default: ~/.config/turbo-hipster/"
        "turbo-hipster.conf or /etc/turbo-hipster/turbo-hipster.conf, and "
        "the folder turbo-hipster.conf.d beside it",
    )
    parser.add_argument(
        "--config-dir",
        action="append",
        default=[],
        metavar="DIR",
        help="read the *.conf files of this folder after the files",
    )
    parser.add_argument(
        "--debug", action="store_true", help="show where an error came from"
    )


class _Help(argparse.RawDescriptionHelpFormatter):
    """Keeps the docstring's lines, and names like turbo-hipster whole."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return textwrap.wrap(text, width, break_on_hyphens=False)


class _Configured(cliff.command.Command):
    """The half that all our commands share."""

    conflict_handler = "error"
    app: Application  # type: ignore[assignment]
    if TYPE_CHECKING:

        def __init__(self, app: Application, app_args: None) -> None: ...

    _settings: Settings | None = None

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Return the parser; call ``super()`` and add your arguments."""
        parser = super().get_parser(prog_name)
        parser.formatter_class = _Help
        add_own_options(parser)
        return parser

    def get_description(self) -> str:
        """Return the help: the class's own docstring."""
        return inspect.cleandoc(type(self).__doc__ or "")

    def get_epilog(self) -> str:
        """Return what stands below the help."""
        return self._epilog or ""

    def run(self, parsed_args: argparse.Namespace) -> int:
        """Take up the configuration that is named after the command."""
        self.app.config_files += parsed_args.config_file
        self.app.config_dirs += parsed_args.config_dir
        return super().run(parsed_args)

    def config_files(self) -> list[Path]:
        """Return the files to read: those named, or the usual one."""
        if self.app.config_files or self.app.config_dirs:
            return [Path(file) for file in self.app.config_files]
        return find.default_files()

    def config_dirs(self) -> list[Path]:
        """Return the folders to read: those named, or the usual one."""
        if self.app.config_files or self.app.config_dirs:
            return [Path(folder) for folder in self.app.config_dirs]
        return find.default_dirs()

    def settings(self) -> Settings:
        """Return the configuration; read when first asked for.

        Raises ConfigurationError.
        """
        if self._settings is None:
            self._settings = load.load(self.config_files(), self.config_dirs())
        return self._settings


class Command(_Configured):
    """A command that does something; ``take_action`` returns its status."""


class Lister(_Configured, cliff.lister.Lister):
    """A command that shows rows: a table for people, ``-f json`` else.

    ``take_action`` returns the names of the columns and the rows.
    """

    def produce_output(
        self,
        parsed_args: argparse.Namespace,
        column_names: Sequence[str],
        data: Iterable[Sequence[Any]],
    ) -> int:
        """Show the rows in the format that was asked for."""
        try:
            self._generate_columns_and_selector(parsed_args, column_names)
        except ValueError:
            raise exceptions.RefusedInput(
                f"no column {', '.join(parsed_args.columns)}; there are "
                f"{', '.join(column_names)}"
            ) from None
        return super().produce_output(parsed_args, column_names, data)
