"""The one door to stevedore: engines and tools by their names."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata
from typing import Any

from stevedore import driver
from stevedore.exception import NoMatches

from turbo_hipster.exceptions import PluginError
from turbo_hipster_databases.engine import Engine
from turbo_hipster_databases.migration_tool import MigrationTool

ENGINES = "turbo_hipster.database"
TOOLS = "turbo_hipster.migration_tool"


def names(namespace: str) -> Sequence[str]:
    """Return the installed names, sorted; nothing is imported."""
    return sorted({entry.name for entry in _entries(namespace)})


def engine(name: str) -> Engine:
    """Return the engine of that name; raises PluginError."""
    made: Engine = _the_one(ENGINES, name, "engine")()
    return made


def tool(name: str) -> type[MigrationTool]:
    """Return the migration tool of that name; raises PluginError."""
    found: type[MigrationTool] = _the_one(TOOLS, name, "migration tool")
    return found


def _entries(namespace: str) -> Sequence[metadata.EntryPoint]:
    return list(metadata.entry_points(group=namespace))


def _the_one(namespace: str, name: str, what: str) -> Any:
    claims = {
        (entry.dist.name if entry.dist else "?", entry.value)
        for entry in _entries(namespace)
        if entry.name == name
    }
    if len(claims) > 1:
        owners = " and ".join(sorted(owner for owner, _value in claims))
        raise PluginError(
            f"the {what} {name!r} is claimed by {owners}; uninstall all but "
            "one"
        )
    try:
        return driver.DriverManager(
            namespace, name, on_load_failure_callback=_refuse
        ).driver
    except NoMatches:
        raise PluginError(
            f"there is no {what} {name!r}; installed are "
            + (", ".join(names(namespace)) or "none")
        ) from None


def _refuse(_manager: object, entry: Any, error: BaseException) -> None:
    raise PluginError(
        f"{entry.name} ({entry.value}) cannot be imported: {error}"
    )
