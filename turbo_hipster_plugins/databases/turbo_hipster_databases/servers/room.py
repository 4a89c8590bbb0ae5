"""Where one server lives, as we see it and as the server does."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from turbo_hipster.task import TaskContext
from turbo_hipster_databases.engine import LOG_TAIL
from turbo_hipster_databases.home import home, room
from turbo_hipster_databases.servers.accounts import closed_to, give
from turbo_hipster_databases.servers.launching import launched
from turbo_hipster_databases.servers.nooks import Nook
from turbo_hipster_databases.snapshots import removing

LONGEST = 107 - len("/.s.PGSQL.5432")
"""Bytes of the path of a folder for sockets (see unix(7))."""

INSIDE = ("/mnt", "/media", "/srv", "/opt", "/tmp")  # noqa: S108
"""Folders that exist; a server sees its room in one of them."""

LOOKED_AT, LINE = 4 * 2**20, 600
"""Bytes of its end that are looked at, and characters of each line."""


class Room:
    """A folder of one server, removed with it.

    ``folder`` is where we see it and ``inside`` where the server does: when
    we are root the build's folder is closed to the server's user, so the
    room is mounted at a place that is open, for the server alone.  Where
    nothing can be mounted the room lies in a nook.  ``sockets`` is a folder
    whose path is short enough, ``own_sockets`` is the same for the server.
    """

    def __init__(
        self,
        context: TaskContext,
        account: str,
        programs: Path,
        *,
        mounts: bool,
    ) -> None:
        self.account = account
        self._programs = self._own_programs = programs.resolve()
        self._records = home(context) / "nooks"
        self._nook: Nook | None = None
        self._binds: list[tuple[Path, Path]] = []
        if account and not mounts:
            self._nook = Nook(self._records, account)
            self.folder = self.inside = self._nook.folder
        else:
            self.folder = self.inside = room(context)
            give(self.folder, account)
        self.sockets = self.own_sockets = self.made("run")
        self.log = self.folder / "server.log"
        self.log.touch(0o600)
        if account and mounts:
            self._move_in()
        if len(os.fsencode(self.sockets)) > LONGEST:
            self._shorten()

    def _move_in(self) -> None:
        """Have the server see the room, and its programs, where it can go.

        The room comes last: what is mounted in it comes along.
        """
        self.inside = next(
            place
            for place in map(Path, INSIDE)
            if place.is_dir() and place not in self._programs.parents
        )
        self.own_sockets = self.inside / "run"
        closed = closed_to(self.account, self._programs)
        if closed is not None and closed != self._programs:
            # all that is behind the door: programs have libraries
            way = self._programs.relative_to(closed).parts
            self._programs = closed / way[0]
            shown = self.made("programs")
            self._binds.append((self._programs, shown))
            self._own_programs = self.seen(shown)
        self._binds.append((self.folder, self.inside))

    def _shorten(self) -> None:
        """Reach the sockets by a short way."""
        self._nook = Nook(self._records, self.account)
        way = self._nook.folder / "r"
        way.symlink_to(self.folder)
        self.sockets = way / "run"
        if self.inside == self.folder:
            self.own_sockets = self.sockets

    def made(self, name: str) -> Path:
        """Make a folder in it for the server; returns where we see it."""
        folder = self.folder / name
        folder.mkdir()
        give(folder, self.account)
        return folder

    def seen(self, path: Path) -> Path:
        """Return where the server sees a path of ours in this room."""
        return self.inside / path.relative_to(self.folder)

    def launched(
        self,
        argv: Sequence[str],
        overlays: Sequence[tuple[Path, str]] = (),
    ) -> list[str]:
        """Return the command that runs ``argv`` in this room.

        It names the server's programs where we see them.
        """
        ours, its = str(self._programs), str(self._own_programs)
        return launched(
            [
                word.replace(ours, its) if ours != its else word
                for word in argv
            ],
            output=self.log,
            user=self.account,
            binds=self._binds,
            overlays=overlays,
            cwd=self.inside,
            own_ipc=True,
        )

    def environment(self) -> dict[str, str]:
        """Return the whole environment of a program in this room."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.inside),
            "TMPDIR": str(self.own_sockets),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
        }

    def log_tail(self, most: int = LOG_TAIL) -> str:
        """Return the end of what was said in here, by lines.

        Long ones are cut, and of a statement the first line is enough: what
        a server says last may be a megabyte of SQL.
        """
        with self.log.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - LOOKED_AT))
            lines = stream.read().decode(errors="replace").split("\n")
        if size > LOOKED_AT:
            del lines[0]
        shown, left = list[str](), most
        for line in reversed(lines):
            if line.startswith("\t"):
                continue
            left -= len(line[:LINE]) + 1
            if left < 0:
                break
            shown.append(line[:LINE])
        return "\n".join(reversed(shown)).strip()

    def remove(self) -> None:
        """Remove it with all that is in it."""
        removing.remove(self.folder)
        if self._nook is not None:
            self._nook.remove()
