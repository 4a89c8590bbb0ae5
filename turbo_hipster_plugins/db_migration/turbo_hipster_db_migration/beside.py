"""Several engines beside each other."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from concurrent.futures import (
    FIRST_EXCEPTION,
    Future,
    ThreadPoolExecutor,
    wait,
)
from typing import TypeVar

from turbo_hipster_db_migration.ground import Ground

Done = TypeVar("Done")


def beside(
    grounds: Mapping[str, Ground], most: int, work: Callable[[Ground], Done]
) -> dict[str, Done]:
    """Do a work on each engine, ``most`` at a time; return what came of it.

    The first that raises ends all the others at once, and is raised; so
    does a build that is told to end.
    """
    at_work: dict[str, Future[Done]] = {}

    def end() -> None:
        for future in at_work.values():
            future.cancel()
        for ground in grounds.values():
            ground.over.set()

    with (
        ThreadPoolExecutor(min(most, len(grounds)), "engine") as pool,
        contextlib.ExitStack() as ends,
    ):
        ends.callback(end)
        for name, ground in grounds.items():
            at_work[name] = pool.submit(work, ground)
        ended, _ = wait(at_work.values(), return_when=FIRST_EXCEPTION)
        for future in ended:
            future.result()
        ends.pop_all()
        return {name: future.result() for name, future in at_work.items()}
