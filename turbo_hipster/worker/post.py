"""The status file of a worker: what ``turbo-hipster status`` reads."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from turbo_hipster import exceptions
from turbo_hipster.builds.containment import proc


class Post:
    """Keeps ``STATE_DIR/workers/MANAGER.json``; complete or absent.

    Raises ConfigurationError when there is no room for it: then there is
    none for builds either.
    """

    def __init__(self, state_dir: Path, manager: str) -> None:
        self._path = state_dir / "workers" / f"{manager}.json"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise exceptions.ConfigurationError(
                f"state_dir = {state_dir}: no folder can be made in it "
                f"({error.strerror}); name one that this user may write to"
            ) from None
        self._remove_stale()

    def write(self, status: dict[str, Any]) -> None:
        """Replace what stands there.  A full disk costs the news only."""
        draft = self._path.with_suffix(".new")
        with contextlib.suppress(OSError):
            draft.write_text(json.dumps(status))
            draft.replace(self._path)

    def _remove_stale(self) -> None:
        """Workers that were killed could not take theirs away."""
        for path in self._path.parent.glob("*.json"):
            with contextlib.suppress(OSError):
                if not proc.alive(_pid(path)):
                    path.unlink()
                    path.with_suffix(".new").unlink(missing_ok=True)

    def remove(self) -> None:
        """Take it away: the worker is gone."""
        self._path.unlink(missing_ok=True)


def _pid(path: Path) -> int:
    """Return whose status it is; -1, nobody's, for what is none."""
    try:
        return int(json.loads(path.read_bytes())["pid"])
    except (LookupError, RecursionError, TypeError, ValueError):
        return -1
