"""What all servers of a build are told when they are made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from turbo_hipster.task import TaskContext
from turbo_hipster_databases.engine import Engine
from turbo_hipster_databases.model import Body, Release


class Instance:
    """A running instance of an engine, or what stands for one.

    ``gone`` is called once, when it is over and its data are of no use any
    more.
    """

    def __init__(
        self,
        context: TaskContext,
        engine: Engine,
        release: Release,
        body: Body,
        gone: Callable[[Any], None],
    ) -> None:
        self.context = context
        self.engine = engine
        self.release = release
        self.body = body
        self.technique = body.technique
        self._gone = gone
        self._removed = False
