"""Which plugins are installed; read from metadata, nothing is imported."""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections import defaultdict
from collections.abc import Iterator
from importlib import metadata

from turbo_hipster import exceptions
from turbo_hipster.plugins.words import Installed


def installed(namespace: str) -> list[Installed]:
    """Return the plugins of an entry-point namespace, sorted by name.

    Two plugins of one name are both there and know each other as rivals.
    """
    plugins = list(_declared(namespace))
    owners = defaultdict(list)
    for plugin in plugins:
        owners[plugin.name].append(plugin.distribution)
    return sorted(
        (
            dataclasses.replace(
                plugin,
                rivals=tuple(
                    sorted(set(owners[plugin.name]) - {plugin.distribution})
                ),
            )
            for plugin in plugins
        ),
        key=lambda plugin: (plugin.name, plugin.distribution),
    )


def find(namespace: str, name: str) -> Installed:
    """Return the one plugin of this name.

    Raises PluginError if there is none, or more than one.
    """
    plugins = installed(namespace)
    for plugin in plugins:
        if plugin.name == name:
            refuse_rivals(plugin)
            return plugin
    names = [plugin.name for plugin in plugins]
    near = difflib.get_close_matches(name, names, 1)
    if near:
        advice = f"did you mean {near[0]}?"
    else:
        advice = f"installed are: {', '.join(names) or 'none'}"
    raise exceptions.PluginError(
        f"no plugin {name!r} is installed in the namespace {namespace}; "
        + advice
    )


def refuse_rivals(plugin: Installed) -> None:
    """Raise PluginError if several distributions claim the name."""
    if plugin.rivals:
        claims = sorted({plugin.distribution, *plugin.rivals})
        raise exceptions.PluginError(
            f"the plugin {plugin.name!r} of {plugin.namespace} is claimed by "
            f"{len(claims)} distributions, {' and '.join(claims)}; uninstall "
            "all but one"
        )


def _declared(namespace: str) -> Iterator[Installed]:
    """Yield each entry point of each distribution that can be imported.

    A distribution that lies in several places of the search path is one: the
    first of them is the one that is imported.
    """
    seen = set()
    for distribution in metadata.distributions():
        if "Name" not in distribution.metadata:
            continue  # a folder left behind by an interrupted uninstall
        title = distribution.metadata["Name"]
        same = re.sub(r"[-_.]+", "-", title).lower()
        if same in seen:
            continue
        seen.add(same)
        for entry in distribution.entry_points:
            if entry.group == namespace:
                yield Installed(
                    namespace=namespace,
                    name=entry.name,
                    entry=entry.value,
                    distribution=title,
                    version=distribution.version,
                )
