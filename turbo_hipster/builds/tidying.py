"""Before anything is published: what a build left in its folders is ours.

The build process may have put anything into the place of a folder or a log:
a link to somebody else's folder, a pipe, a device.  Nothing of that is
followed or opened.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from pathlib import Path

from turbo_hipster.builds import logs
from turbo_hipster.builds.workspace import Workspace, remove_tree

LOG_NAME = re.compile(r"\.?[A-Za-z0-9][A-Za-z0-9._-]*\.log(\.\w+)?")
"""Our logs, and what stands beside one that is too long."""


def tidy(workspace: Workspace, *, again: bool) -> list[str]:
    """Leave our logs in the report's folder, and nothing but folders.

    Returns a sentence for each thing that was taken away.  ``again``: an
    earlier publication of ours was killed, and what lies there may be its.
    """
    said = []
    if again:
        _take_back(workspace)
    for folder in (workspace.report, workspace.results):
        if not _is_folder(folder):
            said.append(
                f"the build left no folder at {folder.name}/; what was there "
                "is not published"
            )
            _take_away(folder, workspace)
            with contextlib.suppress(OSError):
                folder.mkdir(parents=True)
    if again:
        with contextlib.suppress(OSError):  # else the head is what there is
            logs.recover(workspace.report)
    try:
        with os.scandir(workspace.report) as entries:
            foreign = [one for one in entries if not _is_log(one)]
    except OSError as error:
        return [*said, f"the report's folder cannot be read: {error}"]
    for one in foreign:
        if not again:
            said.append(
                f"the build left {one.name!r} in the report's folder, which "
                "is not its own; it is not published"
            )
        _take_away(Path(one.path), workspace)
    return said


def open_up(folder: Path) -> None:
    """Make what is ours below ``folder`` readable; no link is followed."""
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        with contextlib.suppress(OSError):
            mode = path.lstat().st_mode
            wanted = 0o700 if stat.S_ISDIR(mode) else 0o400
            plain = stat.S_ISDIR(mode) or stat.S_ISREG(mode)
            if plain and mode & wanted != wanted:
                path.chmod(stat.S_IMODE(mode) | wanted)
            if stat.S_ISDIR(mode):
                waiting += path.iterdir()


def _take_back(workspace: Workspace) -> None:
    """Make ``files/`` the results again that it was."""
    files = workspace.report / "files"
    if _is_folder(files) and _is_folder(workspace.results):
        with contextlib.suppress(OSError):  # it has something in it
            workspace.results.rmdir()
            files.rename(workspace.results)


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False


def _is_log(entry: os.DirEntry[str]) -> bool:
    plain = entry.is_file(follow_symlinks=False)
    return plain and bool(LOG_NAME.fullmatch(entry.name))


def _take_away(path: Path, workspace: Workspace) -> None:
    try:
        if _is_folder(path):
            remove_tree(path, workspace.state_dir / "quarantine")
        else:
            path.unlink(missing_ok=True)
    except OSError:
        with contextlib.suppress(OSError):
            path.rename(workspace.root / f"{path.name}.foreign")
