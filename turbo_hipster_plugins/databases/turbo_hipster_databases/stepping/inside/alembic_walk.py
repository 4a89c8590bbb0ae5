"""Alembic: one run of the environment for the whole walk.

``alembic upgrade`` hands its environment a function that lists the steps;
ours waits for the next request instead and yields just that step, so that a
walk costs what ``upgrade head`` costs.
"""

import argparse
import os
import shlex
import sys
from typing import Any, Dict, Iterator, List, Optional, Tuple

from alembic.config import Config
from alembic.runtime import migration
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

from . import alembic_history, differing, place, showing
from .sqlalchemy_hook import Hook

OPEN = (
    "it left a transaction open on a connection of its own; what it did "
    "there is lost, and its locks stand in the way of the next step"
)


class Heads(migration.HeadMaintainer):
    """What Alembic believes the database to be at, in the course of a run.

    While the run waits for us, somebody else may have moved it: another
    stepper that was killed half-way, or a second start.
    """

    latest: Any = None

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        Heads.latest = self

    @classmethod
    def look(cls, context: Any) -> None:
        """Ask the database again."""
        stored = context.connection.execute(context._version.select())
        cls.latest.heads = {row[0] for row in stored}


vars(migration)["HeadMaintainer"] = Heads


class Walk:
    """Walks the history of one Alembic environment."""

    def __init__(self, told: Dict[str, Any]) -> None:
        self._told = told
        self._root = told["checkout"]
        self._hook = Hook()
        self._loaded: Optional[Tuple[Config, ScriptDirectory]] = None

    def _config(self) -> Config:
        """Return the project's configuration, with our database in it."""
        options = self._told["options"]
        name = options.get("config", "alembic.ini")
        path = os.path.join(self._root, name)
        arguments: Dict[str, Any] = {}
        if "section" in options:
            arguments["ini_section"] = options["section"]
        toml = os.path.join(self._root, "pyproject.toml")
        if hasattr(Config, "get_alembic_option") and os.path.exists(toml):
            arguments["toml_file"] = toml  # since 1.16 it is read as well
        config = Config(path if os.path.exists(path) else None, **arguments)
        if "script_location" in options:
            config.set_main_option(
                "script_location",
                options["script_location"].replace("%", "%%"),
            )
        url = self._told["url"]
        config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
        words = shlex.split(options.get("x", ""))
        config.cmd_opts = argparse.Namespace(
            x=[word.replace("{url}", url) for word in words],
            name=config.config_ini_section,
            raiseerr=True,
        )
        return config

    def _script(self) -> Tuple[Config, ScriptDirectory]:
        """Return the scripts; raises Broken when they are no history."""
        if self._loaded is None:
            config = self._config()
            self._loaded = config, alembic_history.load(config, self._root)
        return self._loaded

    def history(self) -> Dict[str, Any]:
        """Return the migrations in the order in which they are run."""
        _config, script = self._script()
        return alembic_history.told(script, self._root)

    def current(self) -> List[str]:
        """Return the revisions that the database is at."""
        found: List[str] = []

        def look(heads: Any, context: Any) -> List[Any]:
            place.check(context.connection, self._told["url"])
            found.extend(context.get_current_heads())
            return []

        self._run(look)
        return alembic_history.standing(self._script()[1], found)

    def differences(self) -> Any:
        """Compare the models with the database; None: there are none."""
        found: Dict[str, Any] = {"lines": None}

        def look(heads: Any, context: Any) -> List[Any]:
            metadata = context.opts.get("target_metadata")
            if metadata is not None and metadata != []:
                found["lines"] = differing.lines(context, metadata)
            return []

        self._run(look)
        return found["lines"]

    def step(self, request: Dict[str, Any], desk: Any) -> None:
        """Do this step, and the steps asked for next, in one run."""

        def steps(heads: Any, context: Any) -> Iterator[Any]:
            place.check(context.connection, self._told["url"])
            asked = request
            while asked is not None:
                Heads.look(context)
                step = self._make(asked)
                self._hook.tell(desk.record)
                desk.begin()
                yield step
                if getattr(context, "_in_external_transaction", False):
                    # env.py opened a transaction around all; end it below
                    # SQLAlchemy, so that each step has one of its own
                    showing.before_commit(context.connection)
                    context.dialect.do_commit(context.connection.connection)
                if self._hook.left_open(context.connection):
                    desk.end(OPEN, "transaction")
                else:
                    desk.end()
                asked = desk.next_step()

        self._run(steps, mutate=True)

    def _make(self, asked: Dict[str, Any]) -> Any:
        script = self._script()[1]
        revision = script.get_revision(asked["revision"])
        if asked["direction"] == "down":
            return migration.MigrationStep.downgrade_from_script(
                script.revision_map, revision
            )
        return migration.MigrationStep.upgrade_from_script(
            script.revision_map, revision
        )

    def _run(self, work: Any, mutate: bool = False) -> None:
        """Run the project's env.py with ``work`` for its function."""
        config, script = self._script()
        config.attributes.pop("connection", None)
        options = {} if mutate else {"dont_mutate": True}
        context = EnvironmentContext(config, script, fn=work, **options)
        configure = context.configure

        def each_its_own(*args: Any, **kwargs: Any) -> Any:
            kwargs["transaction_per_migration"] = True
            return configure(*args, **kwargs)

        # env.py imports alembic.context, which asks this very object
        vars(context)["configure"] = each_its_own
        with context:
            script.run_env()
        sys.stdout.flush()
