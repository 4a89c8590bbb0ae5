"""Options of ``[git]``: where projects come from."""

from __future__ import annotations

from oslo_config import cfg

GROUP = "git"

OPTIONS = [
    cfg.StrOpt(
        "origin",
        default="https://opendev.org",
        help="URL below which a project lives when the job's parameters do "
        "not say: ORIGIN/PROJECT. http, https, git, ssh and file URLs are "
        "allowed.",
    ),
]
