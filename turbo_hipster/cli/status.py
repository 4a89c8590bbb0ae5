"""``turbo-hipster status``: slots here, queues and workers at the servers."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Sequence
from typing import Any

from turbo_hipster import exceptions
from turbo_hipster.cli import at_servers
from turbo_hipster.cli.published import printable
from turbo_hipster.cli.slots import slots
from turbo_hipster.command import Command
from turbo_hipster.gearman import admin, tls

UNAVAILABLE = exceptions.ServerUnavailable.exit_status


class Status(Command):
    """Show the slots of this machine, and queues and workers at each server.

    The slots are those of workers with the same state_dir.  Exit status: 0;
    69 when no server answers.
    """

    def get_parser(self, prog_name: str) -> argparse.ArgumentParser:
        """Add our options."""
        parser = super().get_parser(prog_name)
        at_servers.add_option(parser, "all are shown")
        parser.add_argument(
            "--timeout",
            type=float,
            default=5.0,
            metavar="SECONDS",
            help="how long a server may take to answer (default: %(default)s)",
        )
        parser.add_argument(
            "-f",
            "--format",
            choices=["table", "json"],
            default="table",
            help="json: one object, for programs",
        )
        return parser

    def take_action(self, parsed_args: argparse.Namespace) -> int:
        """Ask and show."""
        configured = self.settings()
        settings = at_servers.chosen(configured.gearman, parsed_args.server)
        context = tls.context(settings)
        told: dict[str, Any] = {
            "workers_here": slots(configured.state_dir),
            "servers": [],
        }
        for server in settings.servers:
            answer: dict[str, Any] = {"server": f"{server[0]}:{server[1]}"}
            try:
                limit = parsed_args.timeout
                queues = admin.queues(server, context, limit)
                workers = admin.workers(server, context, limit)
            except exceptions.ServerUnavailable as error:
                answer |= {"error": str(error), "queues": [], "workers": []}
            else:
                answer |= {
                    "error": None,
                    "queues": [row._asdict() for row in queues],
                    "workers": [row._asdict() for row in workers],
                }
            told["servers"].append(answer)
        if parsed_args.format == "json":
            text = json.dumps(told, indent=2) + "\n"
        else:
            text = "\n".join(_sections(told))
        self.app.stdout.write(text)
        answered = any(row["error"] is None for row in told["servers"])
        return 0 if answered else UNAVAILABLE


def _sections(told: dict[str, Any]) -> Iterable[str]:
    for worker in told["workers_here"]:
        yield _worker(worker)
    if not told["workers_here"]:
        yield "No worker of this machine has left word in state_dir.\n"
    for server in told["servers"]:
        if server["error"]:
            yield f"{server['server']}: {server['error']}\n"
            continue
        yield f"Queues at {server['server']}\n" + _table(
            ("function", "waiting", "running", "workers"),
            [
                (
                    queue["function"],
                    queue["total"] - queue["running"],
                    queue["running"],
                    queue["workers"],
                )
                for queue in server["queues"]
            ],
        )
        yield f"Workers at {server['server']}\n" + _table(
            ("client", "address", "functions"),
            [
                (row["client_id"], row["address"], " ".join(row["functions"]))
                for row in server["workers"]
            ],
        )


def _worker(worker: dict[str, Any]) -> str:
    name, pid = worker.get("worker"), worker.get("pid")
    title = f"Worker {name}, process {pid}"
    if worker["gone"]:
        return (
            f"{title}: gone without a word; the next start of a worker with "
            "this state_dir tidies up after it\n"
        )
    title += f", containment {worker.get('containment')}\n"
    return printable_lines(title) + _table(
        ("slot", "state", "job", "build", "step", "for"),
        [
            (
                row.get("slot"),
                row.get("state"),
                row.get("job"),
                row.get("build"),
                row.get("step"),
                _since(row.get("since")),
            )
            for row in worker.get("slots", [])
            if isinstance(row, dict)
        ],
    )


def printable_lines(text: str) -> str:
    """Return ``text`` without control characters, its lines kept."""
    return "".join(printable(line) + "\n" for line in text.splitlines())


def _since(moment: object) -> str:
    if not isinstance(moment, int | float):
        return ""
    seconds = max(0, int(time.time() - moment))
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02d}:{seconds:02d}"
    return f"{minutes}:{seconds:02d}"


def _table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return aligned columns, numbers to the right."""
    shown = [
        [printable("" if cell is None else str(cell)) for cell in row]
        for row in rows
    ]
    if not shown:
        return "  none\n"
    widths = [
        max(map(len, column)) for column in zip(names, *shown, strict=True)
    ]
    numeric = [
        all(row[at].isdigit() for row in shown) for at in range(len(names))
    ]
    lines = []
    for row in (list(names), ["-" * width for width in widths], *shown):
        cells = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        ]
        lines.append("  " + "  ".join(cells).rstrip() + "\n")
    return "".join(lines)
