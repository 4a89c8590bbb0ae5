"""Options of ``[publish]`` and the core ones of each ``[publish:NAME]``."""

from __future__ import annotations

from oslo_config import cfg

GROUP = "publish"

OPTIONS = [
    cfg.ListOpt(
        "publishers",
        default=["local"],
        help="Names of publishers in the order they are asked. The next one "
        "is used when one fails or says that a build is none of its "
        "business. Each has a section [publish:NAME].",
    ),
]

SECTION_OPTIONS = [
    cfg.StrOpt(
        "publisher",
        default=None,
        help="Plugin of the namespace turbo_hipster.publisher. Default: the "
        "section's own name.",
    ),
    cfg.StrOpt(
        "url",
        default="",
        help="URL of the place as a reader sees it. A build's path is "
        "appended; the client is told the result before anything is there.",
    ),
]
