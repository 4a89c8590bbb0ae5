"""``turbo-hipster gearman``: a job server for a desk."""

from __future__ import annotations

import argparse

from turbo_hipster.cli.wakeup import Interrupts
from turbo_hipster.command import Command
from turbo_hipster.gearman.server import EmbeddedServer

PORT = 4730

_TEXT = """\
A Gearman server is listening on {at}. Ctrl-C ends it.

Point a worker at it, in its configuration:

    [gearman]
    servers = {at}

and from another terminal:

    turbo-hipster --config-file FILE worker
    turbo-hipster submit JOB --server {at}
    turbo-hipster status --server {at}
"""


class Gearman(Command):
    """Be a Gearman server on this machine until Ctrl-C.

    It listens on the loopback interface only and keeps its queue in memory:
    good for trying things, not for a service.  Debian's package
    gearman-job-server brings one for that.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Add our options."""
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--port",
            type=int,
            default=PORT,
            help="port to listen on; 0 takes one that is free (default: "
            "%(default)s)",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> int:
        """Serve."""
        out = self.app.stdout
        with (
            Interrupts() as interrupts,
            EmbeddedServer(parsed_args.port) as server,
        ):
            host, port = server.address
            out.write(_TEXT.format(at=f"{host}:{port}"))
            out.flush()
            interrupts.wait()
        return 0
