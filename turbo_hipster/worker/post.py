"""The status file of a worker: what ``turbo-hipster status`` reads."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any


class Post:
    """Keeps ``STATE_DIR/workers/MANAGER.json``; complete or absent."""

    def __init__(self, state_dir: Path, manager: str) -> None:
        self._path = state_dir / "workers" / f"{manager}.json"
        self._path.parent.mkdir(parents=True, exist_ok=True)

    def write(self, status: dict[str, Any]) -> None:
        """Replace what stands there.  A full disk costs the news only."""
        draft = self._path.with_suffix(".new")
        with contextlib.suppress(OSError):
            draft.write_text(json.dumps(status))
            draft.replace(self._path)

    def remove(self) -> None:
        """Take it away: the worker is gone."""
        self._path.unlink(missing_ok=True)
