"""``turbo-hipster worker``: the service."""

from __future__ import annotations

import argparse
import logging

from turbo_hipster import exceptions
from turbo_hipster.command import Command
from turbo_hipster.conf import find, load, plain
from turbo_hipster.conf.settings import Settings


class Worker(Command):
    """Take builds from Gearman servers until told to stop.

    SIGTERM drains: no more jobs are taken, builds that run go on for
    drain_timeout seconds, then the worker ends with status 0.  A second
    SIGTERM, SIGINT or SIGQUIT cancels the builds at once; their clients run
    them elsewhere.  SIGHUP reads the configuration again; a broken one keeps
    the old one in force and says why.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Add our options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--once",
            action="store_true",
            help="end after one build",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> int:
        """Run the worker."""
        settings = self.settings()
        self._set_up_logging()

        # imported late: --help needs none of it
        from turbo_hipster import service

        life = service.worker(settings, self._reread, once=parsed_args.once)
        life.run()
        return 0

    def _reread(self) -> Settings:
        return load.load(self.config_files(), self.config_dirs())

    def _set_up_logging(self) -> None:
        from oslo_log import log

        from turbo_hipster.worker import whose

        files = [*self.config_files(), *find.files_in(self.config_dirs())]
        conf = plain.config_opts([str(file) for file in files])
        if not (conf.log_file or conf.log_dir or conf.use_journal):
            conf.set_default("use_stderr", True)
        conf.set_default("logging_context_format_string", whose.LINE)
        try:
            log.setup(conf, "turbo-hipster")
        except RuntimeError as error:
            raise exceptions.ConfigurationError(
                f"the log cannot be written ({error}): use_journal = true "
                "needs the Python package systemd-python beside the worker"
            ) from None
        for handler in logging.getLogger().handlers:
            handler.addFilter(whose.Whose())
        logging.captureWarnings(True)
