"""Options of ``[DEFAULT]``: the worker as a whole."""

from __future__ import annotations

from oslo_config import cfg

GROUP = "DEFAULT"

OPTIONS = [
    cfg.ListOpt(
        "enabled_jobs",
        default=[],
        help="Names of the jobs this worker takes. Each needs a section "
        "[job:NAME]; a section that is not listed here is checked but not "
        "registered.",
    ),
    cfg.StrOpt(
        "state_dir",
        default="/var/lib/turbo-hipster",
        help="Folder for builds, git mirrors, servers and snapshots. It must "
        "belong to the worker's user. Builds write to its file system, and "
        "publishing by renaming needs the published folder on the same one.",
    ),
    cfg.StrOpt(
        "worker_name",
        default=None,
        sample_default="th01.example.org",
        help="Name of this worker in reports and at the client. Default: the "
        "host's name. The manager name that cancels are sent to is made from "
        "it and is unique per process.",
    ),
    cfg.IntOpt(
        "slots",
        default=2,
        min=1,
        max=512,
        help="Number of builds that run at the same time. Takes effect on "
        "SIGHUP; builds that run are not disturbed.",
    ),
    cfg.IntOpt(
        "drain_timeout",
        default=3600,
        min=0,
        help="Seconds that builds may go on after SIGTERM. Then they are "
        "cancelled, and the client tries them elsewhere.",
    ),
    cfg.StrOpt(
        "containment",
        default="auto",
        choices=["auto", "cgroup", "pid_namespace", "descendants"],
        help="How a build's processes are found and killed. auto takes the "
        "strongest that works here: a version 2 cgroup, a PID namespace, or "
        "a walk over the descendants, which contains accidents but neither a "
        "hostile 'kill -9 -1' nor a fork bomb. In a PID namespace made "
        "without root, set-user-id programs such as sudo do not work.",
    ),
    cfg.IntOpt(
        "process_limit",
        default=1000,
        min=10,
        help="Most processes that one build may have at a time. A build that "
        "goes beyond is stopped and reported as FAILURE.",
    ),
]
