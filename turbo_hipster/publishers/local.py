"""Publish into a folder of this machine, which a web server may show.

The results appear at once and whole: the folder is renamed into its place,
or copied beside it under a hidden name first when it comes from another file
system.  Nothing is written through to the disk (fsync): a power failure may
cost the results of the last seconds, and every build would be slower by more
than a millisecond.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from oslo_config import cfg

from turbo_hipster import exceptions
from turbo_hipster.publisher import Publisher
from turbo_hipster.publishers import destination as place
from turbo_hipster.publishers import folder as results

INDEX = "index.html"

TAKEN = (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR)
"""What a rename says of a name that somebody else has."""


class LocalPublisher(Publisher):
    """Put results below a folder of this machine."""

    options = (
        cfg.StrOpt(
            "path",
            required=True,
            sample_default="/var/lib/turbo-hipster/published",
            help="Folder below which each build's results are put; made when "
            "it is not there. On the file system of state_dir publishing is "
            "a rename, else a copy. Default of the publisher 'local': "
            "STATE_DIR/published.",
        ),
    )

    @classmethod
    def check(cls, options: Any) -> None:
        """Refuse a path that is not absolute."""
        if not Path(options.path).is_absolute():
            raise exceptions.ConfigurationError(
                f"path = {options.path}: must begin with /"
            )

    def publish(
        self, folder: Path, destination: str, parameters: Mapping[str, str]
    ) -> str:
        """Move ``folder`` to its place and return the URL of its index."""
        names = place.parts(destination)
        wanted = Path(self.settings.path, *names)
        try:
            if not results.tidy(folder):
                raise exceptions.PublishFailed("there is nothing to publish")
            _make_folders(wanted.parent)
            found = _put(folder, wanted)
        except OSError as error:
            raise exceptions.PublishFailed(
                f"the results could not be put at {wanted}: "
                f"{error.strerror or error}"
            ) from error
        base = getattr(self.settings, "url", "") or ""
        if not base:
            return (found / INDEX).as_uri()
        path = quote("/".join([*names[:-1], found.name]))
        return f"{base.rstrip('/')}/{path}/"

    def rehearse(self) -> None:
        """Write a file below the path, or where the path would be made."""
        place = Path(self.settings.path)
        while not os.path.lexists(place) and place.parent != place:
            place = place.parent
        try:
            with tempfile.TemporaryDirectory(
                prefix=".rehearsal-", dir=place
            ) as made:
                Path(made, INDEX).write_text("a rehearsal\n", "utf-8")
        except OSError as error:
            raise exceptions.PublishFailed(
                f"nothing can be written in {place}: {error.strerror or error}"
            ) from error


def _make_folders(path: Path) -> None:
    """Make what is missing of ``path``, open to readers whatever the umask."""
    missing = []
    while not path.is_dir():
        missing.append(path)
        path = path.parent
    for folder in reversed(missing):
        try:
            folder.mkdir()
            folder.chmod(results.OPEN)
        except FileExistsError:
            if not folder.is_dir():  # else another build was faster
                raise NotADirectoryError(
                    errno.ENOTDIR, f"{folder} is no folder"
                ) from None


def _put(folder: Path, wanted: Path) -> Path:
    """Rename ``folder`` into its place, or copy it beside that one first."""
    try:
        return _settle(folder, wanted)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
    copy = wanted.parent / f".{os.urandom(8).hex()}.part"
    try:
        # links and the like are gone already
        shutil.copytree(folder, copy, symlinks=True)
        return _settle(copy, wanted)
    except shutil.Error as error:
        _source, _target, why = error.args[0][0]
        raise OSError(errno.EIO, str(why)) from error
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _settle(ready: Path, wanted: Path) -> Path:
    """Rename ``ready`` to ``wanted``, or to the next free ``wanted.N``.

    Between the look and the rename another build may take the name.  Its
    folder has files in it, and the kernel puts no folder in the place of one
    that has: then the next name is tried.  (To claim the name with an empty
    folder first would cost 3 ms on ext4.)
    """
    number = 1
    while True:
        name = wanted.name if number == 1 else f"{wanted.name}.{number}"
        target = wanted.with_name(name)
        number += 1
        if os.path.lexists(target):
            continue
        try:
            return ready.rename(target)
        except OSError as error:
            if error.errno not in TAKEN:
                raise
