"""A settings module that is the project's own, but for the database."""

import importlib
import sys
import types
from typing import Any, Dict

from .address import Address

NAME = "turbo_hipster_django_settings"
BACKENDS = {
    "sqlite": "django.db.backends.sqlite3",
    "postgresql": "django.db.backends.postgresql",
    "mysql": "django.db.backends.mysql",
    "mariadb": "django.db.backends.mysql",
}


def install(project: str, address: Address) -> str:
    """Put the module in place and return its name.

    Every alias that the project has leads to the one database of the build,
    whatever it led to before.
    """
    theirs = importlib.import_module(project)
    module = types.ModuleType(NAME)
    vars(module).update(
        {name: getattr(theirs, name) for name in dir(theirs) if name.isupper()}
    )
    ours = database(address)
    aliases = {"default", *getattr(theirs, "DATABASES", {})}
    vars(module)["DATABASES"] = {
        alias: merged(getattr(theirs, "DATABASES", {}).get(alias, {}), ours)
        for alias in aliases
    }
    sys.modules[NAME] = module
    return NAME


def database(address: Address) -> Dict[str, Any]:
    """Return what Django is told of the build's database."""
    told: Dict[str, Any] = {
        "ENGINE": BACKENDS.get(address.kind, address.kind),
        "NAME": address.name,
        "USER": address.user,
        "PASSWORD": "",
        "PORT": "",
    }
    if address.kind == "sqlite":
        told["NAME"] = "/" + address.name.lstrip("/")
    elif address.kind == "postgresql":
        told["HOST"] = address.query.get("host", "")
    else:
        told["HOST"] = address.query.get("unix_socket", "")
        stand_in()
    return told


def merged(theirs: Dict[str, Any], ours: Dict[str, Any]) -> Dict[str, Any]:
    """Return our database with what does not lead anywhere of theirs."""
    kept: Dict[str, Any] = {
        name: theirs[name]
        for name in ("ATOMIC_REQUESTS", "TIME_ZONE", "TEST")
        if name in theirs
    }
    return {**kept, **ours}


def stand_in() -> None:
    """Let PyMySQL stand in for mysqlclient where that is not installed."""
    try:
        importlib.import_module("MySQLdb")
    except ImportError:
        try:
            pymysql: Any = importlib.import_module("pymysql")
        except ImportError:
            return  # Django itself says what is missing
        # Django asks for a newer mysqlclient than PyMySQL says it is
        pymysql.version_info = (2, 2, 7, "final", 0)
        pymysql.__version__ = "2.2.7"
        pymysql.install_as_MySQLdb()
