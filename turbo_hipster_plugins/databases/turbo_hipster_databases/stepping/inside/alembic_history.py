"""Alembic's scripts, read as a history, with its faults told apart.

Alembic itself only warns of a missing parent or a revision that is there
twice, and goes on with a broken map.
"""

import contextlib
from typing import Any, Dict, Iterator, List, Set, Tuple

from alembic import util
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionMap

from .failures import Broken, broken
from .files import hashed, relative


def load(config: Config, root: str) -> ScriptDirectory:
    """Load the scripts; raises Broken."""
    option = getattr(config, "get_alembic_option", config.get_main_option)
    where = option("script_location")
    if not where and config.config_file_name is None:
        raise Broken(
            "no_history",
            "there is no Alembic configuration in the checkout; name it with "
            "the tool option config",
        )
    try:
        script = ScriptDirectory.from_config(config)
        scripts = list(script._load_revisions())
        check(scripts, root)
        # they are not loaded a second time
        script.revision_map = RevisionMap(lambda: scripts)
        script.get_heads()
    except util.CommandError as error:
        if "alembic init" in str(error) or "script_location" in str(error):
            raise Broken("no_history", str(error)) from error
        raise broken(error, root) from error
    except BaseException as error:  # whatever a script does on import
        raise broken(error, root) from error
    return script


def check(scripts: List[Any], root: str) -> None:
    """Raise Broken if the scripts are no history."""
    paths: Dict[str, str] = {}
    for script in scripts:
        path = relative(script.path, root)
        if script.revision in paths:
            raise Broken(
                "duplicate",
                "revision {} is in two files, {} and {}".format(
                    script.revision, *sorted([paths[script.revision], path])
                ),
            )
        paths[script.revision] = path
    labels = {label for one in scripts for label in one.branch_labels or ()}
    for script in scripts:
        for parent in util.to_tuple(script.down_revision, default=()):
            if not known(parent, paths):
                raise Broken(
                    "missing_parent",
                    "{} follows revision {}, which is not there".format(
                        relative(script.path, root), parent
                    ),
                )
        for needed in util.to_tuple(script.dependencies, default=()):
            if needed not in labels and not known(needed, paths):
                raise Broken(
                    "missing_parent",
                    "{} depends on revision {}, which is not there".format(
                        relative(script.path, root), needed
                    ),
                )
    ring = cycle(
        {
            one.revision: util.to_tuple(one.down_revision, default=())
            for one in scripts
        }
    )
    if ring:
        raise Broken(
            "cycle", "these revisions follow one another: " + ", ".join(ring)
        )


def known(name: str, paths: Dict[str, str]) -> bool:
    """Say whether a revision is there; its name may be shortened."""
    name = name.split("@")[-1]
    return name in paths or any(one.startswith(name) for one in paths)


def cycle(parents: Dict[str, Tuple[str, ...]]) -> List[str]:
    """Return the revisions that no order can be found for."""
    left = dict(parents)
    while True:
        free = [
            one
            for one, above in left.items()
            if not any(parent in left for parent in above)
        ]
        if not free:
            return sorted(left)
        for one in free:
            del left[one]


def told(script: ScriptDirectory, root: str) -> Dict[str, Any]:
    """Return the migrations in the order of ``alembic upgrade heads``."""
    nothing: Any = ()
    steps = script._upgrade_revs("heads", nothing)  # its own order
    migrations = []
    for step in steps:
        one = step.revision
        migrations.append(
            {
                "revision": one.revision,
                "parents": list(above(script, one)),
                "title": one.doc or "",
                "files": hashed([one.path], root),
                # some projects never go down, and leave it out
                "can_undo": None
                if hasattr(one.module, "downgrade")
                else False,
            }
        )
    return {"migrations": migrations, "heads": list(script.get_heads())}


def above(script: ScriptDirectory, one: Any) -> Tuple[str, ...]:
    """Return what a revision builds on: what it follows and depends on."""
    found = list(util.to_tuple(one.down_revision, default=()))
    for name in getattr(one, "_resolved_dependencies", ()) or ():
        if name not in found:
            found.append(name)
    return tuple(found)


def standing(script: ScriptDirectory, stored: List[str]) -> List[str]:
    """Return the heads of what is applied.

    Alembic does not store a head that another stored one depends on.
    """
    applied: Set[str] = set()
    pending = list(stored)
    while pending:
        name = pending.pop()
        if name in applied:
            continue
        applied.add(name)
        with contextlib.suppress(util.CommandError):
            pending.extend(above(script, script.get_revision(name)))
    followed = set(_followed(script, applied))
    return sorted(applied - followed)


def _followed(script: ScriptDirectory, applied: Set[str]) -> Iterator[str]:
    for name in applied:
        with contextlib.suppress(util.CommandError):
            one = script.get_revision(name)
            for parent in util.to_tuple(one.down_revision, default=()):
                yield parent
