"""Says which modules can be imported; run by an environment's interpreter.

Standard library only, for Python 3.6 and newer.  The names are the
arguments; the answer is one line of JSON.
"""

import importlib
import json
import sys
from typing import List


def importable(names: List[str]) -> List[str]:
    """Return those that import: a driver whose library lacks does not."""
    found = []
    for name in names:
        try:
            importlib.import_module(name)
        except Exception:  # noqa: S112 - whatever a driver does
            continue
        found.append(name)
    return found


if __name__ == "__main__":
    answer = {
        "drivers": importable(sys.argv[2:]),
        "version": ".".join(str(part) for part in sys.version_info[:3]),
    }
    with open(sys.argv[1], "w") as stream:
        json.dump(answer, stream)
