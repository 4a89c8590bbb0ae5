"""The machine's package settings, in uv's words.

uv reads its own variables and configuration, and not pip's; an operator who
set up pip for this machine (an index inside the house, a folder of wheels)
means us too.
"""

from __future__ import annotations

import collections
import configparser
import os
import pwd
import sys
from collections.abc import Mapping
from pathlib import Path

SECTIONS = ("global", "install")


def translated(
    environ: Mapping[str, str], files: list[Path] | None = None
) -> tuple[dict[str, str], list[str]]:
    """Return the variables and arguments that tell uv what pip is told here.

    Addresses may have passwords in them, so they are no arguments.  What uv
    is told itself, by a variable of its own, stands.
    """
    pip = _pip(environ, _files(environ) if files is None else files)
    words: dict[str, list[str]] = collections.defaultdict(list)
    words.update((name, text.split()) for name, text in pip.items())
    found: dict[str, str] = {}
    if pip.get("index-url"):
        found["UV_INDEX_URL"] = pip["index-url"]
    if words["extra-index-url"]:
        found["UV_EXTRA_INDEX_URL"] = " ".join(words["extra-index-url"])
    if words["find-links"]:
        found["UV_FIND_LINKS"] = ",".join(words["find-links"])
    if words["trusted-host"]:
        found["UV_INSECURE_HOST"] = " ".join(words["trusted-host"])
    if pip.get("cert"):
        found["SSL_CERT_FILE"] = pip["cert"]
    if pip.get("proxy"):
        found["ALL_PROXY"] = pip["proxy"]
    seconds = pip.get("timeout") or pip.get("default-timeout")
    if seconds and seconds.isdecimal():
        found["UV_HTTP_TIMEOUT"] = seconds
    if any(name.endswith(("INDEX_URL", "FIND_LINKS")) for name in found):
        # pip takes the best of all indexes, uv by itself that of the first
        found["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    told = {
        "UV_DEFAULT_INDEX": "UV_INDEX_URL",
        "UV_INDEX": "UV_EXTRA_INDEX_URL",
    }
    for name in environ:
        found.pop(told.get(name, name), None)
    arguments = [f"--constraints={path}" for path in words["constraint"]]
    if pip.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        arguments.append("--no-index")
    return found, arguments


def _pip(environ: Mapping[str, str], files: list[Path]) -> dict[str, str]:
    """Return pip's settings: of its files, the last wins; of PIP_* above."""
    settings: dict[str, str] = {}
    for path in files:
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (OSError, configparser.Error, ValueError):
            continue  # pip itself will have said so
        for section in SECTIONS:
            if parser.has_section(section):
                for name, value in parser.items(section):
                    settings[name.replace("_", "-")] = value
    for name, value in environ.items():
        if name.startswith("PIP_") and value:
            settings[name[4:].lower().replace("_", "-")] = value
    return settings


def _files(environ: Mapping[str, str]) -> list[Path]:
    """Return pip's configuration files, in the order in which pip reads."""
    named = environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return []
    folders = (environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")
    found = [Path(folder) / "pip/pip.conf" for folder in reversed(folders)]
    found.append(Path("/etc/pip.conf"))
    # a build has a home of its own; the account's is what was set up
    homes = [Path(pwd.getpwuid(os.getuid()).pw_dir)]
    if environ.get("HOME"):
        homes.append(Path(environ["HOME"]))
    for home in homes:
        found += [home / ".pip/pip.conf", home / ".config/pip/pip.conf"]
    if environ.get("XDG_CONFIG_HOME"):
        found.append(Path(environ["XDG_CONFIG_HOME"]) / "pip/pip.conf")
    found.append(Path(sys.prefix) / "pip.conf")
    if named:
        found.append(Path(named))
    return [path for path in found if path.is_file()]
