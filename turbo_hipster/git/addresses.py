"""Project names, refs and URLs from the network: refused, or made safe.

Every value here may come from a stranger.  What passes can stand in an
argument list, in a path and in a git configuration file.
"""

from __future__ import annotations

import dataclasses
import re
import urllib.parse

from turbo_hipster.exceptions import RefusedInput

SCHEMES = ("http", "https", "git", "ssh", "file")
ZEROS = re.compile(r"0{40}|0{64}")
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")

_URL = re.compile(r"([a-z]+)://([^/]*)(/.*)?", re.DOTALL)
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f]")
# git-check-ref-format(1), and no leading "-" anywhere
_BAD_REF = re.compile(
    r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/$|\.$|^/|(^|/)[.-]|\.lock(/|$)"
)


@dataclasses.dataclass(frozen=True, slots=True)
class Address:
    """A URL without its secret; ``user`` and ``password`` stand apart.

    ``url`` may be shown to anybody and is what git is given.
    """

    url: str
    user: str = dataclasses.field(default="", repr=False)
    password: str = dataclasses.field(default="", repr=False)

    def __str__(self) -> str:
        return self.url

    def below(self, project: str) -> Address:
        """The address of ``project`` under this one."""
        name = urllib.parse.quote(project, safe="/~+@=,")
        return dataclasses.replace(self, url=f"{self.url.rstrip('/')}/{name}")


def shown(value: str) -> str:
    """``value`` for a message: one line, printable, short, no password."""
    value = re.sub(r"//[^/@\s]*@", "//", value[:400])
    text = value.encode("unicode_escape").decode()
    return repr(text if len(text) <= 80 else text[:77] + "...")


def check_project(name: str) -> str:
    """A project's name: a relative path without tricks, or RefusedInput."""
    parts = name.split("/")
    reason = ""
    if not name:
        reason = "it is empty"
    elif name.startswith("/"):
        reason = "it is absolute"
    elif re.search(r"[\x00-\x1f\x7f\\]", name):
        reason = "it has a control character or a backslash"
    elif any(part in ("", ".", "..", ".git") for part in parts):
        reason = "a part of it is empty, '.', '..' or '.git'"
    elif any(part.startswith("-") for part in parts):
        reason = "a part of it starts with '-'"
    elif any(len(part.encode("utf-8", "replace")) > 200 for part in parts):
        reason = "a part of it has more than 200 bytes"
    elif len(name) > 1000 or not _encodable(name):
        reason = "it is too long or no valid text"
    if reason:
        raise RefusedInput(
            f"project name {shown(name)} is refused: {reason}; send a name "
            "like group/project"
        )
    return name


def check_ref(name: str, what: str) -> str:
    """A ref or branch name git itself would accept, or RefusedInput."""
    if (
        not name
        or name == "@"
        or len(name) > 1000
        or _BAD_REF.search(name)
        or not _encodable(name)
    ):
        raise RefusedInput(
            f"{what} {shown(name)} is refused: it is no valid name of a git "
            "ref; send one like refs/changes/34/1234/5 or a branch"
        )
    return name


def check_commit(value: str, what: str) -> str:
    """A full commit id; "" for none and for all zeros; or RefusedInput."""
    value = value.strip().lower()
    if not value or ZEROS.fullmatch(value):
        return ""
    if not COMMIT.fullmatch(value):
        raise RefusedInput(
            f"{what} {shown(value)} is refused: it is no full commit id"
        )
    return value


def check_url(url: str, what: str) -> Address:
    """A URL of an allowed transport, or RefusedInput.

    ``user@host:path`` is refused too; write ``ssh://user@host/path``.
    """
    match = _URL.fullmatch(url)
    reason = ""
    if match is None or match[1] not in SCHEMES:
        reason = f"it must start with {', '.join(SCHEMES)} and ://"
    elif _UNPRINTABLE.search(url) or not _encodable(url) or len(url) > 4000:
        reason = "it has a blank or control character, or is too long"
    elif match[1] == "file" and (match[2] or not match[3]):
        reason = "a file URL is file:///PATH"
    if reason or match is None:
        raise RefusedInput(f"{what} {shown(url)} is refused: {reason}")
    scheme, place, path = match[1], match[2], match[3] or ""
    if scheme == "file":
        return Address(url)
    login, _, host = place.rpartition("@")
    user, _, password = login.partition(":")
    if not re.fullmatch(
        r"([A-Za-z0-9._][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?", host
    ) or re.match(r"-|%2d", user, re.IGNORECASE):
        raise RefusedInput(
            f"{what} {shown(url)} is refused: its host or user is not valid"
        )
    # http(s) with a password: both travel apart, see door.environment
    named = scheme == "ssh" or (scheme != "git" and not password)
    keep = user if named else ""
    clean = f"{scheme}://{keep + '@' if keep else ''}{host}{path}"
    unquote = urllib.parse.unquote
    return Address(clean, unquote(user), unquote(password))


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
