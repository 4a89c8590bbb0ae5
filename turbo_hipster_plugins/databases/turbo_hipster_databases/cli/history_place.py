"""Where the commands find the history, and what of it is asked for."""

from __future__ import annotations

import argparse
import os
import pwd
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from turbo_hipster.exceptions import RefusedInput
from turbo_hipster_databases.exceptions import HistoryUnusable
from turbo_hipster_databases.history.store import History
from turbo_hipster_databases.history.words import Quantity, Subject

FILE = Path("plugins", "databases", "history.sqlite")


def add_history(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the history."""
    parser.add_argument(
        "--history",
        metavar="URL",
        help="SQLAlchemy URL of the history, as a job's option 'history' has "
        "it. Default: the SQLite file plugins/databases/history.sqlite "
        "below state_dir",
    )


def add_choice(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose what of it is looked at."""
    for name, what in (
        ("project", "changes of this project, such as openstack/nova"),
        ("dataset", "this dataset, by its name"),
        ("engine", "this engine, such as mariadb"),
        ("machine", "this class of machines"),
    ):
        parser.add_argument(f"--{name}", metavar="NAME", help=f"only {what}")


def add_quantities(
    parser: argparse.ArgumentParser, default: Sequence[Quantity]
) -> None:
    """Add the option that chooses what was measured."""
    names = [one.value for one in Quantity]
    parser.add_argument(
        "--quantity",
        action="append",
        choices=names,
        metavar="NAME",
        help=f"what was measured: {', '.join(names)}; may be repeated. "
        f"Default: {', '.join(one.value for one in default)}",
    )


def quantities(
    chosen: Sequence[str] | None, default: Sequence[Quantity]
) -> list[Quantity]:
    """Return what was chosen."""
    if not chosen:
        return list(default)
    return [Quantity(name) for name in dict.fromkeys(chosen)]


def chosen(history: History, parsed_args: argparse.Namespace) -> list[Subject]:
    """Return the subjects that were asked for."""
    return [
        subject
        for subject, _ in history.subjects()
        if all(
            getattr(parsed_args, name) in (None, getattr(subject, name))
            for name in ("project", "dataset", "engine", "machine")
        )
    ]


def opened(url: str | None, state_dir: Path | None) -> History | None:
    """Open the history to look at it; None: there is none yet.

    ``state_dir`` is where it lies if no ``url`` is given.  Raises
    RefusedInput.
    """
    if url is None:
        assert state_dir is not None
        file = state_dir / FILE
        if not file.exists():
            return None
        return _open(f"sqlite:///{file}")
    missing = _file(url)
    if missing is not None and not missing.exists():
        raise RefusedInput(f"there is no history at {missing}")
    return _open(url)


def made(url: str | None, state_dir: Path | None) -> History:
    """Open the history to add to it; made if there is none."""
    if url is not None:
        return _open(url)
    assert state_dir is not None
    file = state_dir / FILE
    if not file.exists():
        _refuse_other_owner(state_dir)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RefusedInput(
                f"{file.parent} cannot be made: {error.strerror}; run this "
                "as the worker's user"
            ) from None
    return _open(f"sqlite:///{file}")


def _open(url: str) -> History:
    try:
        return History(url)
    except HistoryUnusable as error:
        raise RefusedInput(str(error)) from None


def _file(url: str) -> Path | None:
    """Return the file of an SQLite URL."""
    try:
        parsed = sa.make_url(url)
        sqlite = parsed.get_backend_name() == "sqlite"
    except (sa.exc.SQLAlchemyError, ImportError):
        return None  # it is named when it is opened
    if not sqlite or parsed.database in (None, "", ":memory:"):
        return None
    return Path(str(parsed.database))


def _refuse_other_owner(state_dir: Path) -> None:
    """Refuse to leave a file there that the worker could not write."""
    seen = state_dir
    while not seen.exists() and seen.parent != seen:
        seen = seen.parent
    owner = seen.stat().st_uid
    if os.geteuid() == 0 and owner != 0:
        try:
            name = pwd.getpwuid(owner).pw_name
        except KeyError:
            name = str(owner)
        raise RefusedInput(
            f"{seen} belongs to {name}, who could not use a history of "
            f"root's; run this as {name}"
        )
