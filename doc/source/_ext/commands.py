"""A directive that shows each command's help as the program prints it.

What all commands share (``--config-file`` and the like) is left out.
"""

import os
import sys

from docutils import nodes
from docutils.parsers.rst import Directive

from turbo_hipster import command
from turbo_hipster.cli import foreign, table

SHARED = {"help", "config_file", "config_dir", "debug"}


class Commands(Directive):
    """Show the help of every command of ours."""

    def run(self):
        return [
            self.section(name, own) for name, own in table.COMMANDS.items()
        ]

    def section(self, name, own):
        part = nodes.section(ids=[nodes.make_id(f"command-{name}")])
        part += nodes.title("", "", nodes.literal("", f"turbo-hipster {name}"))
        app = command.Application(sys.stdout, sys.stderr)
        parser = foreign.resolve(own.target)(app, None).get_parser(
            f"turbo-hipster {name}"
        )
        for action in list(parser._actions):
            if action.dest in SHARED:
                parser._remove_action(action)
        for group in parser._action_groups:
            group._group_actions = [
                action
                for action in group._group_actions
                if action.dest not in SHARED
            ]
        part += nodes.literal_block("", text(parser), language="text")
        return part


def text(parser):
    """Return a parser's help, as wide as a page."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "79"
    try:
        return parser.format_help().rstrip()
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before


def setup(app):
    app.add_directive("commands", Commands)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
