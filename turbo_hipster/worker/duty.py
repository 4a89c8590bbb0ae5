"""What all slots of a worker share."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from turbo_hipster.builds.launcher import Launcher
from turbo_hipster.builds.plan import Plan
from turbo_hipster.watching.numbers import Numbers
from turbo_hipster.watching.pulse import Pulse
from turbo_hipster.worker.register import Register
from turbo_hipster.worker.tokens import Tokens

Server = tuple[str, int]


@dataclasses.dataclass(frozen=True)
class Duty:
    """One configuration in force, and the house it is in force in.

    ``facts`` are what every client and report is told of the worker;
    ``gate`` says whether cancels can come from a server; ``changed`` is
    called when there is news for ``status``; ``finished`` after each build.
    ``once``: a slot takes one job only.  Builds are counted in ``numbers``,
    and each loop shows its ``pulse``; ``queued_at`` is the parameter that
    says when the client queued a build.
    """

    plan: Plan
    launcher: Launcher
    register: Register
    tokens: Tokens
    facts: Mapping[str, Any]
    manager: str
    gate: Callable[[Server], bool]
    changed: Callable[[], None]
    finished: Callable[[], None]
    once: bool
    numbers: Numbers
    queued_at: str
    pulse: Pulse
