"""Import a plugin and hold its options against a section; in a probe only."""

from __future__ import annotations

import difflib
import importlib
import inspect
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import EntryPoint
from typing import Any

from oslo_config import cfg
from stevedore import named

from turbo_hipster import exceptions, model
from turbo_hipster.conf import section
from turbo_hipster.plugins import catalogue, loading, words

CONTRACTS = {
    words.TASKS: ("turbo_hipster.task", "Task"),
    words.PUBLISHERS: ("turbo_hipster.publisher", "Publisher"),
    words.RENDERERS: ("turbo_hipster.report", "Renderer"),
}
"""What the plugins of our own namespaces must be."""


class TheOne(named.NamedExtensionManager):  # type: ignore[type-arg]
    """Loads the plugin that the catalogue found, and lets errors out."""

    def __init__(self, plugin: words.Installed) -> None:
        self._one = plugin
        super().__init__(
            plugin.namespace,
            [plugin.name],
            on_load_failure_callback=self._let_out,
        )

    def list_entry_points(self) -> list[EntryPoint]:
        """Return the one, so that nothing else is looked up or loaded."""
        one = self._one
        return [EntryPoint(one.name, one.entry, one.namespace)]

    @staticmethod
    def _let_out(manager: Any, entry: Any, error: BaseException) -> None:
        raise error


def examine(
    request: dict[str, Any], say: Callable[..., None]
) -> dict[str, Any]:
    """Return the fields of Probed; raise PluginError and its kin."""
    plugin = catalogue.find(request["namespace"], request["name"])
    say(phase="importing it", plugin=model.plain(plugin))
    found = TheOne(plugin)[plugin.name].plugin
    say(phase="reading its options")
    options, steps = [], []
    if plugin.namespace in CONTRACTS:
        module, contract = CONTRACTS[plugin.namespace]
        kind = getattr(importlib.import_module(module), contract)
        loading.checked(plugin.entry, found, kind)
        options = options_of(found, plugin.name)
        steps = steps_of(found, plugin.name)
    if request["raw"] is not None:
        where = request["section"]
        refuse_taken(options, request["core"], plugin.name, where)
        refuse_unknown(options, request["core"], request["raw"], where)
        values = section.read_section(options, request["raw"], where)
        say(phase="checking the options")
        found.check(values)
    return {
        "entry": plugin.entry,
        "distribution": plugin.distribution,
        "version": plugin.version,
        "options": [described(option) for option in options],
        "steps": steps,
        "summary": (inspect.getdoc(found) or "").partition("\n")[0],
    }


def options_of(found: Any, name: str) -> list[cfg.Opt]:
    """Return the class's options, once they are what they should be."""
    options = getattr(found, "options", ())
    if isinstance(options, str) or not isinstance(options, Sequence):
        raise exceptions.PluginError(
            f"{name}: options is a {type(options).__name__}; write a list of "
            "oslo.config options"
        )
    seen: set[str] = set()
    for option in options:
        if not isinstance(option, cfg.Opt):
            raise exceptions.PluginError(
                f"{name}: options has a {type(option).__name__} in it; write "
                "oslo.config options, as cfg.StrOpt(...)"
            )
        if option.dest in seen:
            raise exceptions.PluginError(
                f"{name}: the option {option.name!r} is there twice"
            )
        seen.add(option.dest)
    return list(options)


def steps_of(found: Any, name: str) -> list[str]:
    """Return the class's steps, once they are names."""
    steps = getattr(found, "steps", ())
    if (
        isinstance(steps, str)
        or not isinstance(steps, Sequence)
        or not all(isinstance(step, str) and step for step in steps)
    ):
        raise exceptions.PluginError(
            f"{name}: steps must be a tuple of names; write ('one', 'two')"
        )
    return list(steps)


def refuse_taken(
    options: Iterable[cfg.Opt], core: Sequence[str], name: str, where: str
) -> None:
    """Raise PluginError if an option has the name of one of the core."""
    taken = {same(word) for word in core}
    for option in options:
        old = [deprecated.name for deprecated in option.deprecated_opts]
        for word in filter(None, [option.name, option.dest, *old]):
            if same(word) in taken:
                raise exceptions.PluginError(
                    f"option {option.name!r} of the plugin {name!r} has the "
                    f"name of the core option {same(word)!r} of [{where}]; "
                    "the plugin must call it something else"
                )


def refuse_unknown(
    options: Sequence[cfg.Opt],
    core: Sequence[str],
    raw: section.Raw,
    where: str,
) -> None:
    """Raise ConfigurationError if a key of the section is nobody's."""
    known = {same(word) for word in core}
    unknown = [
        key
        for key in section.unknown_keys(options, raw)
        if same(key) not in known
    ]
    if not unknown:
        return
    names = [*known, *(option.dest for option in options)]
    near = difflib.get_close_matches(same(unknown[0]), names, 1)
    advice = f"; did you mean {near[0]}?" if near else ""
    raise exceptions.ConfigurationError(
        f"[{where}] knows no option {', '.join(unknown)}{advice}"
    )


def described(option: cfg.Opt) -> dict[str, Any]:
    """Return what a person wants to know of an option."""
    kind = getattr(option.type, "type_name", type(option.type).__name__)
    return {
        "name": option.name,
        "type": kind,
        "default": None if option.secret else model.plain(option.default),
        "required": bool(option.required),
        "secret": bool(option.secret),
        "help": option.help or "",
    }


def same(name: str) -> str:
    """Return an option's name as oslo.config compares it."""
    return name.replace("-", "_")
