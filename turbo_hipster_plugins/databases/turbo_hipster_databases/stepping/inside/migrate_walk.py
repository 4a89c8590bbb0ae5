"""sqlalchemy-migrate: numbered versions, one after the other."""

import importlib
import os
import re
from typing import Any, Dict, List

from migrate import exceptions
from migrate.versioning.repository import Repository
from migrate.versioning.schema import ControlledSchema
from sqlalchemy import create_engine

from .failures import Broken, broken
from .files import hashed
from .sqlalchemy_hook import Hook


class Walk:
    """Walks one repository."""

    def __init__(self, told: Dict[str, Any]) -> None:
        self._root = told["checkout"]
        self._options = told["options"]
        self._hook = Hook()
        self._engine = create_engine(told["url"])
        self._known: Any = None

    def _repository(self) -> Any:
        """Return the repository; raises Broken."""
        if self._known is None:
            try:
                self._known = Repository(self._folder())
            except exceptions.ScriptError as error:
                raise Broken("duplicate", str(error)) from error
            except exceptions.InvalidRepositoryError as error:
                raise Broken("no_history", str(error)) from error
            except exceptions.Error as error:
                raise broken(error, self._root) from error
        return self._known

    def _folder(self) -> str:
        name = str(self._options.get("repository", ""))
        path = os.path.join(str(self._root), name)
        if name and os.path.isdir(path):
            return path
        if re.match(r"^[A-Za-z_][\w.]*$", name):
            try:
                module = importlib.import_module(name)
            except ImportError as error:
                raise broken(error, self._root) from error
            return os.path.dirname(str(module.__file__))
        raise Broken(
            "no_history",
            "there is no folder {!r} in the checkout; name the repository "
            "with the tool option repository".format(name),
        )

    def _versions(self) -> Dict[int, Any]:
        """Return all versions by their numbers."""
        versions = self._repository().versions.versions
        found = {int(number): one for number, one in versions.items()}
        for number in sorted(found)[1:]:
            if number - 1 not in found:
                raise Broken(
                    "missing_parent",
                    "version {} follows {}, which is not there".format(
                        number, number - 1
                    ),
                )
        return found

    def _start(self) -> int:
        """Return the version of an empty database."""
        if "start" in self._options:
            return int(self._options["start"])
        return min(self._versions(), default=1) - 1

    def history(self) -> Dict[str, Any]:
        """Return the versions after that of an empty database."""
        start = self._start()
        numbers = [one for one in sorted(self._versions()) if one > start]
        return {
            "migrations": [self._told(number, start) for number in numbers],
            "heads": [str(number) for number in numbers[-1:]],
        }

    def _told(self, number: int, start: int) -> Dict[str, Any]:
        version = self._versions()[number]
        paths = files(version)
        return {
            "revision": str(number),
            "parents": [] if number == start + 1 else [str(number - 1)],
            "title": title(paths),
            "files": hashed(paths, self._root),
            "can_undo": can_undo(version),
        }

    def current(self) -> List[str]:
        """Return the version that the database is at."""
        try:
            schema = ControlledSchema(self._engine, self._repository())
        except exceptions.DatabaseNotControlledError:
            return []
        at = int(schema.version)
        return [] if at == self._start() else [str(at)]

    def differences(self) -> None:
        """Say that there is no comparison: models are nobody's here."""
        return

    def step(self, request: Dict[str, Any], desk: Any) -> None:
        """Go to a version, or to the one before it."""
        repository = self._repository()
        try:
            schema = ControlledSchema(self._engine, repository)
        except exceptions.DatabaseNotControlledError:
            schema = ControlledSchema.create(
                self._engine, repository, self._start()
            )
        upper = int(request["revision"])
        ends = (upper - 1, upper)
        if request["direction"] == "down":
            ends = (upper, upper - 1)
        changes = repository.changeset(self._engine.name, *ends)
        self._hook.tell(desk.record)
        desk.begin()
        for at, change in changes:
            try:
                schema.runchange(at, change, changes.step)
            except exceptions.ScriptError as error:
                if "'downgrade' is not defined" in str(error):
                    raise NoDowngrade(str(error)) from error
                raise
        desk.end()


class NoDowngrade(Exception):
    """A version has no way back."""


def files(version: Any) -> List[str]:
    """Return the files of a version."""
    found = [version.python.path] if version.python is not None else []
    for scripts in version.sql.values():
        found += [one.path for one in scripts.values()]
    return sorted(set(found))


def title(paths: List[str]) -> str:
    """Return what the name of a version's file says after its number."""
    name = os.path.splitext(os.path.basename(paths[0]))[0] if paths else ""
    return name.lstrip("0123456789_").replace("_", " ")


def can_undo(version: Any) -> Any:
    """Say False where the script has no downgrade."""
    if version.python is None or version.sql:
        return None
    with open(version.python.path, "rb") as file:
        return None if b"downgrade" in file.read() else False
