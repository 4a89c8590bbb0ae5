"""The listener and the statsd of a worker, where they are wanted."""

from __future__ import annotations

import contextlib

from turbo_hipster.worker.lookout import Lookout
from turbo_hipster.worker.worker import Worker


class Health:
    """Opens what the configuration names; ``close`` is its way home.

    Raises ConfigurationError when it cannot be opened.  What is not wanted
    is not imported either.
    """

    def __init__(self, worker: Worker) -> None:
        settings = worker.plan.settings
        with contextlib.ExitStack() as stack:
            if settings.statsd.host:
                from turbo_hipster.watching.statsd import Statsd

                statsd = Statsd(settings.statsd)
                stack.callback(statsd.close)
                worker.numbers.sinks.append(statsd.send)
            if settings.health.listen is not None:
                from turbo_hipster.watching import listener, opening, pages

                address = settings.health.listen
                answers = pages.Pages(
                    Lookout(worker), settings.health.stall_limit
                )
                made = listener.Listener(opening.opened(address), answers)
                stack.callback(listener.remove, address)
                stack.callback(made.close)
                made.start()
            self._stack = stack.pop_all()

    def close(self) -> None:
        """Answer and send no more."""
        self._stack.close()
