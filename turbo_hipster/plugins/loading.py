"""Import one plugin by its entry, in a process that may fall."""

from __future__ import annotations

import importlib
import inspect
from typing import Any, TypeVar

from turbo_hipster import exceptions
from turbo_hipster.task import Task

T = TypeVar("T")


def load(entry: str, kind: type[T] = Task) -> type[T]:  # type: ignore[assignment]
    """Return the class that ``entry`` (``module:attribute``) names.

    For the build's and the publishing process only, after a probe: no
    metadata is read, and what the import raises is not caught.  Raises
    PluginError if what is found is no ``kind``.
    """
    module, _, path = entry.partition(":")
    found: Any = importlib.import_module(module.strip())
    for name in filter(None, path.strip().split(".")):
        if not hasattr(found, name):
            raise exceptions.PluginError(f"{entry}: there is no {name!r}")
        found = getattr(found, name)
    return checked(entry, found, kind)


def checked(entry: str, found: Any, kind: type[T]) -> type[T]:
    """Return ``found`` as a complete class of ``kind``, or PluginError."""
    contract = f"{kind.__module__}.{kind.__qualname__}"
    if not isinstance(found, type):
        raise exceptions.PluginError(
            f"{entry} is no class; it must name a subclass of {contract}"
        )
    if not issubclass(found, kind):
        raise exceptions.PluginError(f"{entry} is no subclass of {contract}")
    if inspect.isabstract(found):
        missing = ", ".join(sorted(getattr(found, "__abstractmethods__", ())))
        raise exceptions.PluginError(
            f"{entry} is not complete: it must define {missing}"
        )
    return found
