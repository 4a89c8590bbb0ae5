"""From what came over the wire to a Build, or a clear refusal.

Everything here is input from the network and hostile until checked (design:
bad input).
"""

from __future__ import annotations

import dataclasses
import json
import re
import secrets
from collections.abc import Mapping
from typing import Any

import six

from turbo_hipster import model
from turbo_hipster.exceptions import RefusedInput

LONGEST = 32 * 2**20
"""Most bytes of a job's arguments."""

LONGEST_VALUE = 128 * 1024 - 1024
"""Most bytes of one value: the kernel hands a process less than 128 KiB."""

UNIQUE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
PLACE = re.compile(r"[^/\x00-\x1f\x7f]{1,200}")

STEERING = re.compile(
    r"(LD_|DYLD_|PYTHON|GIT_|BASH_|PERL|RUBY|NODE_|JAVA_TOOL|OS_|TH_"
    r"|TURBO_HIPSTER_).*"
    r"|PATH|IFS|ENV|BASHOPTS|SHELLOPTS|SHELL|PS4|PROMPT_COMMAND|CDPATH"
    r"|GLOBIGNORE|HOME|TMPDIR|USER|LOGNAME|UID|EUID|PPID|EDITOR|VISUAL"
    r"|PAGER|SSH_ASKPASS|SSH_AUTH_SOCK|NOTIFY_SOCKET|LISTEN_FDS|LISTEN_PID"
    r"|GCONV_PATH|LOCPATH|NLSPATH|MALLOC_.*|TZ|LC_.*|LANG|LANGUAGE"
    r"|.*_PROXY|.*_proxy"
)
"""Names that steer the loader, the shell, an interpreter, git or us."""


@dataclasses.dataclass(frozen=True)
class Request:
    """A job that was accepted.

    ``parameters`` are all that were sent; those of ``build`` may be passed
    on to the task, and ``dropped`` says which are not, and why.
    """

    build: model.Build
    parameters: Mapping[str, str]
    dropped: tuple[str, ...]
    secrets: tuple[str, ...]


def new_build_id() -> str:
    """Return an id of our own making, safe in a path."""
    return secrets.token_hex(8)


def parse(arguments: bytes) -> dict[str, str]:
    """Return a job's parameters as text.  Raises RefusedInput."""
    if len(arguments) > LONGEST:
        raise RefusedInput(
            f"the arguments have {len(arguments)} bytes; {LONGEST} are the "
            "most"
        )
    if not arguments:
        return {}
    try:
        data = json.loads(six.ensure_text(arguments))
    except UnicodeDecodeError:
        raise RefusedInput("the arguments are not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise RefusedInput(f"the arguments are no JSON: {error}") from None
    if not isinstance(data, dict):
        raise RefusedInput(
            f"the arguments must be a JSON object, not {type(data).__name__}"
        )
    return {
        name: _value(name, value)
        for name, value in data.items()
        if value is not None
    }


def _value(name: str, value: Any) -> str:
    shown = f"{name!r:.100}"
    text = value if isinstance(value, str) else json.dumps(value)
    try:
        size = len(text.encode())
        name.encode()
    except UnicodeEncodeError:
        raise RefusedInput(f"parameter {shown} is no valid text") from None
    if size > LONGEST_VALUE:
        raise RefusedInput(
            f"parameter {shown} has {size} bytes; a process cannot be given "
            f"more than {LONGEST_VALUE}"
        )
    if "\0" in text:
        raise RefusedInput(f"parameter {shown} has a NUL character")
    return text


def accept(
    arguments: bytes,
    *,
    job: str,
    function: str,
    label: str,
    unique: str,
    core: Any,
) -> Request:
    """Return what is asked for.  Raises RefusedInput."""
    parameters = parse(arguments)
    build_id = new_build_id()
    if not UNIQUE.fullmatch(unique):
        unique = build_id
    passed, dropped = _passed(parameters, core.pass_swift)
    build = model.Build(
        id=build_id,
        job=job,
        unique=unique,
        function=function,
        label=label,
        change=_change(parameters),
        log_path=log_path(parameters.get("LOG_PATH"), job, build_id),
        parameters=passed,
    )
    hidden = tuple(
        parameters[name] for name in core.redact if parameters.get(name)
    )
    return Request(build, parameters, tuple(dropped), hidden)


def log_path(asked: str | None, job: str, build_id: str) -> str:
    """Return where results go, relative to a root.  Raises RefusedInput."""
    if not asked:
        return f"{job}/{build_id}"
    parts = asked.rstrip("/").split("/")
    if asked.startswith("/") or not all(_sound(part) for part in parts):
        raise RefusedInput(
            f"LOG_PATH {asked[:200]!r} is no relative path of plain names"
        )
    return "/".join(parts)


def _sound(part: str) -> bool:
    return bool(PLACE.fullmatch(part)) and part not in (".", "..")


def _passed(
    parameters: Mapping[str, str], swift: bool
) -> tuple[dict[str, str], list[str]]:
    passed, dropped = {}, []
    for name, value in parameters.items():
        if not VARIABLE.fullmatch(name):
            dropped.append(f"{name!r:.100} is no name of a variable")
        elif STEERING.fullmatch(name):
            dropped.append(f"{name} would steer the system the job runs on")
        elif not swift and _is_swift(name):
            dropped.append(f"{name} is an upload right (pass_swift is off)")
        else:
            passed[name] = value
    return passed, dropped


def _is_swift(name: str) -> bool:
    return name.startswith(("SWIFT_", "ZUUL_EXTRA_SWIFT_"))


def _change(parameters: Mapping[str, str]) -> model.Change:
    def said(name: str) -> str:
        return parameters.get(name, "")[:1000]

    number = said("ZUUL_CHANGE")
    if number and said("ZUUL_PATCHSET"):
        number += "," + said("ZUUL_PATCHSET")
    return model.Change(
        project=said("ZUUL_PROJECT"),
        branch=said("ZUUL_BRANCH") or said("BRANCH"),
        ref=said("ZUUL_REF") or said("ZUUL_REFNAME"),
        commit=said("ZUUL_COMMIT") or said("ZUUL_NEWREV"),
        number=number,
        pipeline=said("ZUUL_PIPELINE"),
        url=said("ZUUL_URL"),
    )
