"""Our own commands: a table, so that none is imported before it is used."""

from __future__ import annotations

from typing import NamedTuple


class Own(NamedTuple):
    """One command: where its class is, and its line in the help."""

    target: str
    help: str


_CLI = "turbo_hipster.cli"

COMMANDS: dict[str, Own] = {
    "demo": Own(f"{_CLI}.demo:Demo", "see it work: two builds, two pages"),
    "run": Own(f"{_CLI}.run:Run", "run a job here and now, without a server"),
    "submit": Own(f"{_CLI}.submit:Submit", "ask a Gearman server for a build"),
    "status": Own(f"{_CLI}.status:Status", "show slots, queues and workers"),
    "doctor": Own(f"{_CLI}.doctor:Doctor", "find what would go wrong here"),
    "worker": Own(f"{_CLI}.worker:Worker", "take builds (the service)"),
    "gearman": Own(f"{_CLI}.gearman:Gearman", "a job server for a desk"),
    "config sample": Own(
        f"{_CLI}.config:ConfigSample", "print every option, explained"
    ),
    "config check": Own(
        f"{_CLI}.config:ConfigCheck", "find the mistakes in a configuration"
    ),
    "config convert": Own(
        f"{_CLI}.convert:ConfigConvert", "translate one of 2014 (YAML)"
    ),
    "plugin list": Own(
        f"{_CLI}.plugin:PluginList", "show what is installed, and what broke"
    ),
    "plugin check": Own(
        f"{_CLI}.plugin:PluginCheck", "hold a plugin to the contract"
    ),
    "plugin new": Own(
        f"{_CLI}.plugin:PluginNew", "write the skeleton of a plugin"
    ),
}
