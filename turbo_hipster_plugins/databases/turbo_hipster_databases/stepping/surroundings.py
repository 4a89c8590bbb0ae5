"""What a process of the project is given: variables, and the database's URL.

Every tool's processes get the same: ``DATABASE_URL`` (an SQLAlchemy URL that
names only the socket), the checkout as working directory, the project's
environment first in PATH, and the checkout first in Python's import path.
"""

from __future__ import annotations

import os

from turbo_hipster_databases.engine import Server
from turbo_hipster_databases.migration_tool import Project

OPTIONS = {
    "url_variable": "name of a further environment variable for the URL",
    "driver": "the database driver to use, of those that are installed",
    "pythonpath": "folders of the checkout to import from, colons between "
    "them (default: the checkout, and src where there is one)",
}
"""The ``tool_options`` that every tool has."""

LEFT_OUT = ("PYTHON", "VIRTUAL_ENV", "UV_", "PIP_")
"""What steers our own interpreter and installers."""


def url(project: Project, server: Server) -> str:
    """Return the URL for the best driver that the project has."""
    known = server.engine.drivers
    wanted = project.options.get("driver", "")
    if wanted in known:
        return server.url(known[wanted])
    for module, scheme in known.items():
        if module in project.drivers:
            return server.url(scheme)
    return server.url()


def variables(project: Project, address: str) -> dict[str, str]:
    """Return the whole environment of one of the project's processes."""
    passed = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(LEFT_OUT)
    }
    programs = project.python.parent
    passed["VIRTUAL_ENV"] = str(programs.parent)
    passed["PATH"] = f"{programs}:{passed.get('PATH', os.defpath)}"
    passed["PYTHONPATH"] = _import_path(project)
    passed["PYTHONUNBUFFERED"] = "1"
    passed["DATABASE_URL"] = address
    if "url_variable" in project.options:
        passed[project.options["url_variable"]] = address
    passed.update(project.variables)
    return passed


def _import_path(project: Project) -> str:
    named = project.options.get("pythonpath")
    if named is not None:
        folders = [project.checkout / name for name in named.split(":")]
    else:
        folders = [project.checkout]
        if (project.checkout / "src").is_dir():
            folders.append(project.checkout / "src")
    return ":".join(str(folder) for folder in folders)
