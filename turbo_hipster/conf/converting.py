"""A configuration of the first turbo-hipster in today's words.

That one was YAML or JSON: ``zuul_server``, ``jobs`` (or the older
``plugins``), ``publish_logs`` and some folders.  What has no counterpart
today is named with the reason, and never silently lost.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from turbo_hipster.conf import names

Values = dict[str, list[str]]
"""Lines of one section: a key, and its values."""

NO_LONGER = {
    "pip_download_cache": "environments keep a cache of their own below "
    "state_dir",
    "conf_d": "its files are part of this translation already",
    "shutdown-th": "start the worker with 'turbo-hipster worker --once' to "
    "take one build and end",
    "jjb_config": "jobs of Jenkins Job Builder are not read; write the "
    "command of the job into [job:NAME]",
}

PLUGINS = {"gate_real_db_upgrade": "real_db_upgrade"}
"""What a plugin was called, where it has another name today."""

SWIFT = {
    "user": "user",
    "password": "password",
    "tenant": "project",
    "region": "region",
    "container": "container",
    "prepend_url": "url",
}
"""What an account's options are called today."""

STATE_DIR = "/var/lib/turbo-hipster"


@dataclasses.dataclass
class Converted:
    """The sections in their order, and a note on each thing left out."""

    sections: dict[str, Values] = dataclasses.field(default_factory=dict)
    notes: list[str] = dataclasses.field(default_factory=list)

    def set(self, section: str, key: str, *values: str) -> None:
        """Set an option; what an ini file would not keep is left out."""
        for value in values:
            if len(value.splitlines()) > 1 or value != value.strip():
                why = "its value has lines or blanks that an ini file loses"
            elif " #" in value or " ;" in value:
                why = "its value has what looks like a comment"
            else:
                continue
            self.note(f"[{section}] {key}", f"{why}; write it by hand")
            return
        self.sections.setdefault(section, {})[key] = list(values)

    def note(self, what: str, why: str) -> None:
        """Say that something is left out."""
        self.notes.append(f"{what}: {why}")

    def text(self) -> str:
        """Return the ini file."""
        parts = []
        for section, values in self.sections.items():
            lines = [f"[{section}]"]
            for key, found in values.items():
                lines.append(f"{key} = {', '.join(found)}".rstrip())
            parts.append("\n".join(lines) + "\n")
        return "\n".join(parts)


def convert(old: Mapping[str, Any]) -> Converted:
    """Translate a configuration; its ``conf_d`` is merged into it before."""
    new = Converted()
    new.sections = {"DEFAULT": {"enabled_jobs": []}}
    readers: dict[str, Callable[[Converted, Any], None]] = {
        "zuul_server": _zuul_server,
        "debug_log": _debug_log,
        "publish_logs": _publish_logs,
        "jobs": _jobs,
        "plugins": _jobs,
    }
    _state_dir(new, old)
    for key, value in old.items():
        if key in readers:
            readers[key](new, value)
        elif key in NO_LONGER:
            new.note(key, NO_LONGER[key])
        elif key not in ("jobs_working_dir", "git_working_dir"):
            new.note(key, "is not known")
    return new


def _state_dir(new: Converted, old: Mapping[str, Any]) -> None:
    """Two folders have become one: what they have in common is it."""
    folders = [
        Path(old[key])
        for key in ("git_working_dir", "jobs_working_dir")
        if str(old.get(key, "")).startswith("/")
    ]
    if not folders:
        return
    common = os.path.commonpath([one.parent for one in folders])
    if common.count("/") < 2:
        new.note(
            "git_working_dir, jobs_working_dir",
            f"they have no folder of their own in common; state_dir is "
            f"{STATE_DIR}",
        )
        common = STATE_DIR
    new.set("DEFAULT", "state_dir", _doubled(common))


def _zuul_server(new: Converted, value: Any) -> None:
    found = _mapping(new, "zuul_server", value)
    host = str(found.pop("gearman_host", "127.0.0.1"))
    port = str(found.pop("gearman_port", 4730))
    new.set("gearman", "servers", _doubled(f"{host}:{port}"))
    site = found.pop("gerrit_site", None)
    origins = [found.pop(key, None) for key in ("git_origin", "git_url")]
    origin = next((one for one in [*origins, site] if one), None)
    if origin:
        new.set("git", "origin", _doubled(str(origin)))
    for key in found:
        new.note(f"zuul_server.{key}", "is not known")


def _debug_log(new: Converted, value: Any) -> None:
    new.set("DEFAULT", "log_file", _doubled(str(value)))
    new.set("DEFAULT", "debug", "true")


def _publish_logs(new: Converted, value: Any) -> None:
    found = _mapping(new, "publish_logs", value)
    kind = found.pop("type", "local")
    if kind == "local":
        new.set("publish", "publishers", "local")
        if "path" in found:
            new.set("publish:local", "path", str(found.pop("path")))
        if "prepend_url" in found:
            new.set("publish:local", "url", str(found.pop("prepend_url")))
    elif kind == "swift":
        _swift(new, found)
    else:
        new.note(
            "publish_logs",
            f"there is no publisher for type {kind}; results stay below "
            "state_dir, in published",
        )
        return
    for key in found:
        new.note(f"publish_logs.{key}", "is not known")


def _swift(new: Converted, found: dict[str, Any]) -> None:
    """Take over an account; keystone's second version is no more."""
    new.set("publish", "publishers", "swift")
    section = "publish:swift"
    new.set(section, "publisher", "swift")
    url = str(found.pop("authurl", ""))
    if url.rstrip("/").endswith(("/v1", "/v1.0")):
        new.set(section, "auth_version", "1")
    elif url.rstrip("/").endswith(("/v2", "/v2.0")):
        url = f"{url.rstrip('/').rpartition('/')[0]}/v3"
        new.note(
            "publish_logs.authurl",
            f"version 2 of keystone is no more, so {url} is written; check it",
        )
    if url:
        new.set(section, "auth_url", url)
    for old, key in SWIFT.items():
        if old in found:
            new.set(section, key, str(found.pop(old)))
    new.note(
        "publish_logs",
        "type swift needs the package turbo-hipster-publishers[swift]; where "
        "Zuul hands out upload rights, publishers = swift_formpost needs none",
    )


def _jobs(new: Converted, value: Any) -> None:
    if not isinstance(value, list):
        new.note("jobs", "is no list")
        return
    for number, job in enumerate(value):
        _job(new, _mapping(new, f"jobs[{number}]", job), f"jobs[{number}]")


def _job(new: Converted, job: dict[str, Any], at: str) -> None:
    """Translate one job; in the older form ``function`` is its name."""
    if "function" in job:
        job = {
            **job,
            "name": job["function"],
            "plugin": job.get("plugin", job.get("name", "shell_script")),
        }
        del job["function"]
    function = str(job.pop("name", ""))
    name, _, label = function.removeprefix("build:").partition(":")
    mistake = names.job_mistake(name)
    if mistake:
        new.note(at, mistake)
        return
    section = f"job:{name}"
    enabled = new.sections["DEFAULT"]["enabled_jobs"]
    if name in enabled:
        known = new.sections[section]
        if label:
            known.setdefault("labels", []).append(label)
        new.note(
            f"{at} ({function})",
            f"is one with the other job {name}"
            + (", a label of it;" if label else ";")
            + " its own options are left out",
        )
        return
    enabled.append(name)
    plugin = str(job.pop("plugin", "shell_script"))
    new.set(section, "plugin", PLUGINS.get(plugin, plugin))
    if label:
        new.set(section, "labels", label)
    if "shell_script" in job:
        new.set(section, "command", str(job.pop("shell_script")))
        new.set(section, "arguments", "th")
    for key, value in job.items():
        if key in NO_LONGER:
            new.note(f"{at}.{key}", NO_LONGER[key])
        elif isinstance(value, bool | int | float | str):
            new.set(section, key, str(value))
        else:
            new.note(f"{at}.{key}", "is neither text nor number")


def _mapping(new: Converted, at: str, value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return {str(key): item for key, item in value.items()}
    new.note(at, "is no mapping of names to values")
    return {}


def _doubled(value: str) -> str:
    """Outside jobs and publishers a dollar sign begins a name."""
    return value.replace("$", "$$")
