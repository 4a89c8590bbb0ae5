"""``plugin list``, ``plugin check`` and ``plugin new``."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from turbo_hipster import exceptions, plugins
from turbo_hipster.command import Command, Lister
from turbo_hipster.plugins import probing, words

NAMESPACES = {
    "task": words.TASKS,
    "publisher": words.PUBLISHERS,
    "report": words.RENDERERS,
}
OTHERS = (
    "turbo_hipster.cli",
    "turbo_hipster.database",
    "turbo_hipster.migration_tool",
)
COLUMNS = ("Name", "Namespace", "Distribution", "Version", "Loads", "Reason")


class PluginList(Lister):
    """Show which plugins are installed, and which of them do not load.

    Each is imported in a process of its own, so that a broken one costs
    nothing but its line.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Add ``--namespace``."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--namespace",
            help="show only this one: task, publisher, report, or the full "
            "name of another entry-point namespace",
        )
        return parser

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
        """Return a row for each plugin."""
        asked = parsed_args.namespace
        if asked:
            namespaces = [NAMESPACES.get(asked, asked)]
        else:
            namespaces = [*NAMESPACES.values(), *OTHERS]
        found = [
            plugin
            for namespace in namespaces
            for plugin in plugins.installed(namespace)
        ]
        outcomes = probing.ask(
            [words.Request(plugin.namespace, plugin.name) for plugin in found]
        )
        return COLUMNS, [
            (
                plugin.name,
                plugin.namespace,
                plugin.distribution,
                plugin.version,
                isinstance(outcome, words.Probed),
                "" if isinstance(outcome, words.Probed) else str(outcome),
            )
            for plugin, outcome in zip(found, outcomes, strict=True)
        ]


class PluginCheck(Command):
    """Import one plugin in a process of its own, and say what it is.

    With --job the options of that job are checked too. The exit status is 0
    for a plugin that can be used and 2 for one that cannot.

      turbo-hipster plugin check shell_script
      turbo-hipster --config-file th.conf plugin check shell_script --job unit
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Add the name and what to check it with."""
        parser = super().get_parser(prog_name)
        parser.add_argument("name", help="the plugin")
        parser.add_argument(
            "--namespace",
            default="task",
            help="task (the default), publisher, report, or the full name of "
            "another entry-point namespace",
        )
        parser.add_argument(
            "--job", help="check it with this job of the configuration"
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> int:
        """Probe, and write what there is to know."""
        try:
            probed = self._probe(parsed_args)
        except exceptions.ConfigurationError as error:
            for note in getattr(error, "__notes__", ()):
                self.app.stderr.write(f"{note}\n")
            raise
        self.app.stdout.write("".join(f"{line}\n" for line in told(probed)))
        return 0

    def _probe(self, parsed_args: argparse.Namespace) -> words.Probed:
        name, asked = parsed_args.name, parsed_args.namespace
        if not parsed_args.job:
            return plugins.probe(NAMESPACES.get(asked, asked), name)
        jobs = self.settings().jobs
        job = jobs.get(parsed_args.job)
        if job is None:
            raise exceptions.ConfigurationError(
                f"there is no section [job:{parsed_args.job}]; there are "
                + (", ".join(jobs) or "none")
            )
        if job.core.plugin != name:
            raise exceptions.ConfigurationError(
                f"[job:{job.name}] uses the plugin {job.core.plugin!r}, not "
                f"{name!r}"
            )
        [outcome] = plugins.probe_all([job]).values()
        if isinstance(outcome, words.Probed):
            return outcome
        raise outcome


class PluginNew(Command):
    """Write the skeleton of a new task: a package whose tests pass.

    turbo-hipster plugin new large_files
    cd turbo-hipster-large-files && pip install -e '.[test]' && pytest
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Add the name and the folder."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "name", help="the plugin's name, in small letters: large_files"
        )
        parser.add_argument(
            "--dir",
            type=Path,
            metavar="FOLDER",
            help="where to write it; default: a new folder "
            "turbo-hipster-NAME here",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> int:
        """Write the files, and say what to do with them."""
        # late, because the rest of testing is of no use to a command
        from turbo_hipster.testing import sketch

        title = sketch.vocabulary(parsed_args.name)["DISTRIBUTION"]
        folder = parsed_args.dir or Path(title)
        for file in sketch.sketch(parsed_args.name, folder):
            self.app.stdout.write(f"wrote {file}\n")
        self.app.stdout.write(
            f"Now: cd {folder} && pip install -e '.[test]' && pytest\n"
        )
        return 0


def told(probed: words.Probed) -> Iterable[str]:
    """Yield what a person wants to know of a plugin that works."""
    yield f"{probed.entry} of {probed.distribution} {probed.version}"
    if probed.summary:
        yield probed.summary
    for note in probed.notes:
        yield f"Note: {note}"
    if probed.steps:
        yield f"Steps: {', '.join(probed.steps)}"
    for option in probed.options:
        if option["required"]:
            value = "required"
        else:
            value = f"default {option['default']}"
        yield f"{option['name']} ({option['type']}, {value})"
        yield f"    {option['help']}"
