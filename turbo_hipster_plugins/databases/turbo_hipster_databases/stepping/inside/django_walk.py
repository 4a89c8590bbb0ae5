"""Django: the migrations of all apps, one node of the graph at a time.

A revision's name is ``APP.MIGRATION``.  The order is that of ``migrate`` on
an empty database: squashed migrations stand for those that they replace.
"""

import inspect
import os
from typing import Any, Dict, List, Optional, Set, Tuple

import django
from django.apps import apps
from django.db import connection, connections
from django.db.migrations import exceptions
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.state import ProjectState

from . import address, django_settings, durability, showing
from .failures import Broken, broken
from .files import hashed

Node = Tuple[str, str]


class Walk:
    """Walks the graph of one project."""

    def __init__(self, told: Dict[str, Any]) -> None:
        self._root = told["checkout"]
        self._record: Any = None
        self._told = told
        self._known: Optional[MigrationExecutor] = None
        self._planned: Optional[List[Any]] = None
        self._state: Optional[ProjectState] = None
        self._stands_for: Set[Node] = set()

    def _executor(self) -> MigrationExecutor:
        """Return what knows the graph; read once."""
        if self._known is None:
            self._set_up()
            self._known = self._load()
        return self._known

    def _load(self) -> MigrationExecutor:
        try:
            return MigrationExecutor(connection)
        except exceptions.NodeNotFoundError as error:
            raise Broken("missing_parent", str(error)) from error
        except exceptions.CircularDependencyError as error:
            raise Broken("cycle", str(error)) from error
        except exceptions.BadMigrationError as error:
            raise Broken("other", str(error)) from error
        except (ImportError, SyntaxError) as error:
            raise broken(error, self._root) from error

    def _set_up(self) -> None:
        options = self._told["options"]
        name = options.get("settings") or os.environ.get(
            "DJANGO_SETTINGS_MODULE"
        )
        if not name:
            raise Broken(
                "no_history",
                "Django's settings are not known; name their module with the "
                "tool option settings",
            )
        os.environ["DJANGO_SETTINGS_MODULE"] = django_settings.install(
            name, address.parse(self._told["url"])
        )
        django.setup()
        durability.django()
        for alias in connections:
            connections[alias].execute_wrappers.append(self._hook)

    def _hook(
        self, execute: Any, sql: str, parameters: Any, many: bool, _: Any
    ) -> Any:
        """Stand around each statement; Django's own kind of hook."""
        if self._record is None:
            return execute(sql, parameters, many, _)
        self._record.before(sql)
        try:
            result = execute(sql, parameters, many, _)
        except BaseException:
            self._record.fails(sql)
            raise
        self._record.after()
        return result

    def history(self) -> Dict[str, Any]:
        """Return the migrations in the order of ``migrate``."""
        executor = self._executor()
        try:
            plan = self._plan(executor)
        except exceptions.CircularDependencyError as error:
            raise Broken("cycle", str(error)) from error
        graph = executor.loader.graph
        return {
            "migrations": [
                {
                    "revision": named(key(one)),
                    "parents": sorted(
                        named(parent.key)
                        for parent in graph.node_map[key(one)].parents
                    ),
                    "title": one.name,
                    "files": hashed([inspect.getfile(type(one))], self._root),
                    "can_undo": undoable(one),
                }
                for one in plan
            ],
            "heads": sorted(named(one) for one in graph.leaf_nodes()),
            "lines": len({app for app, _name in graph.leaf_nodes()}),
        }

    def current(self) -> List[str]:
        """Return the last applied migrations of each app."""
        executor = self._executor()
        applied = self._applied(executor)
        graph = executor.loader.graph
        followed = {
            parent.key
            for one in applied
            for parent in graph.node_map[one].parents
            if parent.key[0] == one[0]
        }
        return sorted(named(one) for one in applied - followed)

    def _applied(self, executor: MigrationExecutor) -> Set[Node]:
        """Return the nodes that the database has now."""
        if executor.loader.replacements:
            executor.check_replacements()
        found = set(executor.recorder.applied_migrations())
        return found & set(executor.loader.graph.node_map)

    def differences(self) -> List[str]:
        """Return what ``makemigrations`` would write."""
        loader = self._executor().loader
        detector = MigrationAutodetector(
            loader.project_state(),
            ProjectState.from_apps(apps),
            MigrationQuestioner(specified_apps=set(), dry_run=True),
        )
        changes = detector.changes(graph=loader.graph)
        return [
            "{}: {}".format(app, operation.describe())
            for app, migrations in sorted(changes.items())
            for migration in migrations
            for operation in migration.operations
        ]

    def step(self, request: Dict[str, Any], desk: Any) -> None:
        """Apply or unapply one migration."""
        executor = self._executor()
        wanted = unnamed(request["revision"])
        plan = self._plan(executor)
        migration = next((one for one in plan if key(one) == wanted), None)
        if migration is None:
            raise Broken("other", "there is no " + request["revision"])
        executor.recorder.ensure_schema()
        applied = self._applied(executor)
        state, self._state = self._state, None
        if request["direction"] == "down":
            before = plan[: plan.index(migration)]
            state = state_of(before, applied)
        elif state is None or applied != self._stands_for:
            state = state_of(plan, applied)
        self._record = desk.record
        desk.begin()
        try:
            if request["direction"] == "down":
                executor.unapply_migration(state, migration)
            else:
                self._state = executor.apply_migration(state, migration)
                self._stands_for = applied | {wanted}
        finally:
            self._record = None
        if connection.in_atomic_block or not connection.get_autocommit():
            connection.close()
            desk.end("it left a transaction open", "transaction")
            return
        showing.django()
        desk.end()

    def _plan(self, executor: MigrationExecutor) -> List[Any]:
        if self._planned is None:
            leaves = executor.loader.graph.leaf_nodes()
            plan = executor.migration_plan(leaves, clean_start=True)
            self._planned = [migration for migration, _backwards in plan]
        return self._planned


def state_of(plan: List[Any], applied: Set[Node]) -> ProjectState:
    """Return the models after those of the plan that are applied."""
    state = ProjectState()
    for one in plan:
        if key(one) in applied:
            state = one.mutate_state(state, preserve=False)
    return state


def key(migration: Any) -> Node:
    """Return a migration's place in the graph."""
    return (migration.app_label, migration.name)


def named(node: Node) -> str:
    """Return a node's name for people and for the wire."""
    return ".".join(node)


def unnamed(name: str) -> Node:
    """Return the node of that name."""
    app, _, rest = name.partition(".")
    return (app, rest)


def undoable(migration: Any) -> Optional[bool]:
    """Say False where an operation says that there is no way back."""
    if all(one.reversible for one in migration.operations):
        return None
    return False
