"""Files of migrations: their names seen from the checkout, their hashes."""

import hashlib
import os
import sys
from typing import Dict, Iterable


def hashed(paths: Iterable[str], root: str) -> Dict[str, str]:
    """Map each file to the sha256 of its content.

    Names are relative to the checkout ``root``; those of an installed
    package begin with ``site-packages/``.
    """
    found = {}
    for path in paths:
        with open(path, "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        found[relative(path, root)] = digest
    return found


def relative(path: str, root: str) -> str:
    """Return a file's name, as short and lasting as can be."""
    real, top = os.path.realpath(path), os.path.realpath(root)
    if real.startswith(top + os.sep):
        return os.path.relpath(real, top)
    for entry in sys.path:
        folder = os.path.realpath(entry)
        if os.path.basename(folder).endswith("-packages") and (
            real.startswith(folder + os.sep)
        ):
            return os.path.join("site-packages", os.path.relpath(real, folder))
    return real
