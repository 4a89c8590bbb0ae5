"""All numbers there are.  The names are an interface: alerts rest on them.

Values of labels are names of configured jobs, functions and servers, and
words of our own; nothing that comes over the wire, so their number is bounded.
A job is ``job_name``, since ``job`` is Prometheus's word for what it scrapes.
"""

from __future__ import annotations

import dataclasses

PREFIX = "turbo_hipster_"
SECONDS = (
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
    60.0, 150.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0,
)  # fmt: skip
"""Upper bounds that times are sorted into, from a script to a migration."""


@dataclasses.dataclass(frozen=True, eq=False)
class Metric:
    """One number: ``kind`` is counter, gauge or histogram.

    There is one object for each, so that it is found fast.
    """

    name: str
    kind: str
    labels: tuple[str, ...]
    help: str


ALL: list[Metric] = []


def _metric(name: str, kind: str, labels: str, text: str) -> Metric:
    made = Metric(name, kind, tuple(labels.split()), text)
    ALL.append(made)
    return made


STARTED = _metric(
    "builds_started_total", "counter", "job_name function",
    "Builds that were accepted.",
)  # fmt: skip
ENDED = _metric(
    "builds_total", "counter", "job_name function verdict",
    "Builds that are over, by verdict.",
)  # fmt: skip
REFUSED = _metric(
    "refused_total", "counter", "job_name function",
    "Jobs whose input was refused; no build was started.",
)  # fmt: skip
PHASE = _metric(
    "build_phase_seconds", "histogram", "job_name function phase",
    "Time that builds spent in setup, run and publish.",
)  # fmt: skip
QUEUED = _metric(
    "queue_seconds", "histogram", "job_name function",
    "Time from queueing to start, where the client says when it queued.",
)  # fmt: skip
UNPUBLISHED = _metric(
    "unpublished_total", "counter", "job_name function",
    "Builds whose results no publisher took.",
)  # fmt: skip
BYTES = _metric(
    "published_bytes_total", "counter", "job_name function",
    "Bytes of the results that were published.",
)  # fmt: skip
KILLS = _metric(
    "kills_total", "counter", "job_name function reason",
    "Builds that were ended: by cancel, time_limit, or keeper (it hung or "
    "was killed).",
)  # fmt: skip
LEFTOVERS = _metric(
    "leftovers_total", "counter", "job_name function kind",
    "Processes that could not be ended, and folders that could not be "
    "removed.",
)  # fmt: skip
RECONNECTS = _metric(
    "reconnects_total", "counter", "server",
    "Sessions with a server after the first.",
)  # fmt: skip
CONNECTED = _metric(
    "server_connected", "gauge", "server",
    "Whether cancels can come from a server.",
)  # fmt: skip
SLOTS = _metric("slots", "gauge", "", "Slots that may take jobs.")
BUSY = _metric("slots_busy", "gauge", "", "Slots with a build.")
READY = _metric("ready", "gauge", "", "Whether jobs are taken.")
DRAINING = _metric(
    "draining", "gauge", "", "Whether the worker is on its way home."
)
NOT_OFFERED = _metric(
    "jobs_not_offered", "gauge", "",
    "Enabled jobs whose plugin does not load or refuses its options.",
)  # fmt: skip
AGE = _metric(
    "loop_age_seconds", "gauge", "loop",
    "Time since the last turn, of the oldest loop of a kind.",
)  # fmt: skip
FREE = _metric(
    "state_dir_free_bytes", "gauge", "",
    "Room that is left on the file system of state_dir.",
)  # fmt: skip
SIZE = _metric(
    "state_dir_size_bytes", "gauge", "", "Size of that file system."
)
INODES = _metric(
    "state_dir_free_inodes", "gauge", "",
    "Files that can still be made there; absent where they have no number.",
)  # fmt: skip
BEGAN = _metric(
    "start_time_seconds", "gauge", "",
    "When the worker was started, in seconds since 1970.",
)  # fmt: skip
INFO = _metric(
    "build_info", "gauge", "version worker containment",
    "Always 1; what the worker is.",
)  # fmt: skip
