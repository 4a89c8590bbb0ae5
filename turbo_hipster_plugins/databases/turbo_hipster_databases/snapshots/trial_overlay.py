"""A program of its own: does in a mounted overlay what a server might.

It is run with ``python -I`` below ``servers/launch.py`` and uses the standard
library alone.  Its argument is the mount point: a folder with a file ``old``,
which begins with ``old``, and another such file in ``sub``.  Exit status 0:
all went well; 1: its output says what did not.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path


def main(folder: Path) -> None:
    """Change files, and put a new folder in an old one's place."""
    for path in (folder / "old", folder / "sub" / "old"):
        if not path.read_bytes().startswith(b"old"):
            raise OSError("the clone is not like the source")
        with path.open("r+b") as file:
            file.write(b"new")
    # a folder in place of another needs attributes that not all disks have
    shutil.rmtree(folder / "sub")
    (folder / "sub").mkdir()
    (folder / "sub" / "new").write_bytes(b"new")
    (folder / "sub").rename(folder / "moved")


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except OSError as error:
        print(error)
        sys.exit(1)
