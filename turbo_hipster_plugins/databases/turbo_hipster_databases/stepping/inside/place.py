"""Whether the project's code is connected to the build's own database."""

import os
import re
from typing import Any
from urllib.parse import parse_qsl, unquote

from .failures import Broken


def check(connection: Any, url: str) -> None:
    """Raise Broken if SQLAlchemy's connection leads elsewhere."""
    there = connection.engine.url
    if places(str_of(there)) & places(url):
        return
    raise Broken(
        "elsewhere",
        "the project connected to {}, not to the database of this build; its "
        "address is given as sqlalchemy.url, as DATABASE_URL, and by the tool "
        "options url_variable and x".format(safe(there)),
    )


def str_of(url: Any) -> str:
    """Return a URL with all that is in it."""
    render = getattr(url, "render_as_string", None)
    return str(render(hide_password=False)) if render else str(url)


def safe(url: Any) -> str:
    """Return a URL without its password."""
    return re.sub(r":[^:@/]*@", "@", str_of(url))


def places(url: str) -> set:  # type: ignore[type-arg]
    """Return the absolute paths named in a URL: file, socket, folder."""
    if url.startswith("sqlite"):
        path = unquote(url).partition("://")[2].partition("?")[0][1:]
        path = re.sub("^file:", "", path)
        return {os.path.realpath(path)} if path else set()
    return {
        os.path.realpath(value)
        for _name, value in parse_qsl(url.partition("?")[2])
        if value.startswith("/")
    }
