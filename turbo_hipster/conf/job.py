"""Core options of each ``[job:NAME]``; a plugin adds its own."""

from __future__ import annotations

import re
from typing import Any

from oslo_config import cfg, types

UNITS = {"": 1, "B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


class Size(types.ConfigType):
    """A number of bytes: ``4096``, ``64KiB``, ``10MiB``, ``1GiB``."""

    def __init__(self) -> None:
        super().__init__(type_name="size value")

    def __call__(self, value: Any) -> int:
        """Return the number of bytes; ValueError says how to write it."""
        match = re.fullmatch(r"(\d+)\s*(|B|KiB|MiB|GiB)", str(value).strip())
        if match is None:
            raise ValueError(
                f"{value!r} is no size; write a number of bytes, or one "
                "with KiB, MiB or GiB"
            )
        return int(match[1]) * UNITS[match[2]]

    def __repr__(self) -> str:
        return "Size"

    def _formatter(self, value: Any) -> str:
        return str(value)


OPTIONS = [
    cfg.StrOpt(
        "plugin",
        default="shell_script",
        help="Task plugin that judges the change: a name of the namespace "
        "turbo_hipster.task. 'turbo-hipster plugin list' shows what is "
        "installed.",
    ),
    cfg.ListOpt(
        "labels",
        default=[],
        help="Labels this job is offered under: besides build:NAME the "
        "function build:NAME:LABEL is registered for each.",
    ),
    cfg.StrOpt(
        "checkout",
        default="change",
        choices=["change", "none"],
        help="change: the repository in the job's parameters is checked out "
        "first. none: a job without a repository.",
    ),
    cfg.FloatOpt(
        "setup_timeout",
        default=900,
        min=0.1,
        help="Most seconds for fetching and checking out. Beyond it the "
        "build is ERROR, and the client tries again.",
    ),
    cfg.FloatOpt(
        "timeout",
        default=3600,
        min=0.1,
        help="Most seconds for the task itself. Beyond it the build is "
        "TIMED_OUT.",
    ),
    cfg.FloatOpt(
        "silence_timeout",
        default=None,
        min=0.1,
        help="Most seconds without a byte of output while the task runs; "
        "beyond it the build is TIMED_OUT. Default: no such limit.",
    ),
    cfg.FloatOpt(
        "publish_timeout",
        default=600,
        min=0.1,
        help="Most seconds for writing the report and publishing. Beyond it "
        "the build counts as not published.",
    ),
    cfg.FloatOpt(
        "kill_grace",
        default=10,
        min=0,
        help="Seconds between SIGTERM and SIGKILL when a build is ended.",
    ),
    cfg.Opt(
        "log_limit",
        type=Size(),
        default="1GiB",
        help="Most bytes of one log (KiB, MiB and GiB are understood). Of a "
        "longer one the head and the tail are kept, and the report says how "
        "many bytes were left out.",
    ),
    cfg.FloatOpt(
        "heartbeat",
        default=30,
        min=0,
        help="Seconds of silence after which a [heartbeat] line is written "
        "to the log of a running command. 0 turns it off.",
    ),
    cfg.ListOpt(
        "redact",
        default=[],
        help="Names of job parameters whose values are secret. They are "
        "replaced in every log, page and packet.",
    ),
    cfg.StrOpt(
        "keep_workspace",
        default="never",
        choices=["never", "failed", "always"],
        help="When a build's folder is kept below STATE_DIR/kept for a look "
        "afterwards. Kept folders are yours to remove.",
    ),
    cfg.BoolOpt(
        "pass_swift",
        default=False,
        help="Pass SWIFT_* parameters on to the task. They are upload "
        "rights; the publisher gets them in any case.",
    ),
    cfg.ListOpt(
        "warn",
        default=[],
        help="Ids of findings (TH-...) that warn instead of failing the "
        "build.",
    ),
    cfg.ListOpt(
        "off",
        default=[],
        help="Ids of findings (TH-...) that are not looked for.",
    ),
    cfg.StrOpt(
        "accept_from",
        default="base",
        choices=["base", "change"],
        help="Where .turbo-hipster.toml is read from: the commit the change "
        "is compared with, or the change itself, which then can excuse its "
        "own findings.",
    ),
]
