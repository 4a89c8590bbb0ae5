"""``config sample`` and ``config check``."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from typing import Any

from cliff import columns

from turbo_hipster import exceptions, plugins
from turbo_hipster.command import Command, Lister
from turbo_hipster.conf import describe, load, publish, sample
from turbo_hipster.conf.settings import JobSettings
from turbo_hipster.plugins import words


class Names(columns.FormattableColumn[Sequence[str]]):
    """Several words in one cell; a list for programs."""

    def human_readable(self) -> str:
        """Return them with commas between."""
        return ", ".join(self._value)

    def machine_readable(self) -> list[str]:
        """Return them as they are."""
        return list(self._value)


class ConfigSample(Command):
    """Print a configuration file with every option, explained.

    What is commented out shows the default. The options of the plugins that
    are installed are there too.

      turbo-hipster config sample > turbo-hipster.conf
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Add ``--core``."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--core",
            action="store_true",
            help="leave out what other packages bring",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> None:
        """Write the sample; a plugin that is broken is named and left out."""
        tasks = self._options(words.TASKS, parsed_args.core)
        publishers = self._options(words.PUBLISHERS, parsed_args.core)
        self.app.stdout.write(sample.sample(tasks, publishers))

    def _options(self, namespace: str, core: bool) -> sample.Options:
        found: dict[str, list[describe.Described]] = {}
        for plugin in plugins.installed(namespace):
            if core and plugin.distribution != "turbo-hipster":
                continue
            try:
                probed = plugins.probe(namespace, plugin.name)
            except exceptions.PluginError as error:
                text = " ".join(str(error).split())
                self.app.stderr.write(f"turbo-hipster: left out: {text}\n")
                continue
            found[plugin.name] = [
                describe.from_probe(facts) for facts in probed.options
            ]
        return found


class ConfigCheck(Lister):
    """Find the mistakes in a configuration, without starting anything.

    Each mistake is a line on standard error with file, section and option,
    and the exit status is 2. Without a mistake the jobs are listed with the
    Gearman functions they answer to. Plugins are loaded, each in a process of
    its own, and asked whether their options can work.

      turbo-hipster --config-file th.conf config check
    """

    def take_action(
        self, parsed_args: argparse.Namespace
    ) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
        """Return a row for each job; ConfigurationError after the lines."""
        files, dirs = self.config_files(), self.config_dirs()
        problems = [str(found) for found in load.problems(files, dirs)]
        if not problems:
            problems = [*self._jobs(), *self._publishers()]
        for problem in problems:
            self.app.stderr.write(" ".join(problem.split()) + "\n")
        if problems:
            raise exceptions.ConfigurationError(
                f"{len(problems)} mistake{'s' * (len(problems) > 1)} in the "
                "configuration"
            )
        settings = self.settings()
        if not files and not dirs:
            self.app.stderr.write(
                "turbo-hipster: no configuration file was found; name one "
                "with --config-file\n"
            )
        elif not settings.jobs:
            self.app.stderr.write(
                "turbo-hipster: there is no [job:NAME] section yet; "
                "'turbo-hipster config sample' shows one\n"
            )
        return ("Job", "Enabled", "Plugin", "Functions"), [
            (
                name,
                name in settings.enabled_jobs,
                job.core.plugin,
                Names(functions(job)),
            )
            for name, job in settings.jobs.items()
        ]

    def _jobs(self) -> Iterable[str]:
        jobs = self.settings().jobs
        for name, outcome in plugins.probe_all(jobs.values()).items():
            if isinstance(outcome, exceptions.ConfigurationError):
                yield _placed(f"job:{name}", jobs[name].source, outcome)

    def _publishers(self) -> Iterable[str]:
        core = [option.dest for option in publish.SECTION_OPTIONS]
        for publisher in self.settings().publishers:
            section = f"publish:{publisher.name}"
            try:
                plugins.probe(
                    words.PUBLISHERS,
                    publisher.publisher,
                    publisher.raw,
                    section,
                    core,
                )
            except exceptions.ConfigurationError as error:
                yield _placed(section, "", error)


def functions(job: JobSettings) -> list[str]:
    """Return the Gearman functions that a job answers to."""
    name = f"build:{job.name}"
    return [name, *(f"{name}:{label}" for label in job.core.labels)]


def _placed(section: str, source: str, error: Exception) -> str:
    """Return the error with file and section, each of them once."""
    text = str(error)
    if f"[{section}]" not in text:
        text = f"[{section}]: {text}"
    return f"{source}: {text}" if source else text
