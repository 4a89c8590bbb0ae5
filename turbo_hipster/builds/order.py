"""What a keeper is told: everything about one build, in plain data.

The worker writes it to the build's folder before anything is started, so
that whoever finds the folder after a crash can still publish what is there.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from turbo_hipster import model
from turbo_hipster.builds.reading import read_plain
from turbo_hipster.builds.workspace import Workspace

LONGEST = 256 * 2**20
"""Most bytes of an order; it holds the parameters twice."""


@dataclasses.dataclass(frozen=True)
class Owner:
    """The process a build belongs to; a dead owner's builds are swept."""

    boot: str
    pid: int
    started: int


@dataclasses.dataclass(frozen=True)
class Order:
    """One build: what to do, where, and within which limits.

    ``core`` has the typed core options of the job; ``raw`` the section's
    text for the task; ``entry`` is the task's ``module:attribute``.
    ``tree`` is a checkout that is used as it is (``run --project``), with
    ``base_ref`` to compare it with.  ``secrets`` are never shown.
    ``journal`` are the marks by which left-over processes are recognised,
    and ``keeper`` is the keeper's pid.  ``lost`` says why a build is to be
    recovered instead of done.
    """

    build: model.Build
    core: Mapping[str, Any]
    raw: Mapping[str, list[str]]
    entry: str
    state_dir: str
    git_origin: str
    process_limit: int
    renderers: tuple[str, ...]
    worker: Mapping[str, Any]
    owner: Owner
    started: float
    environment: Mapping[str, str] = dataclasses.field(repr=False)
    parameters: Mapping[str, str] = dataclasses.field(
        default_factory=dict, repr=False
    )
    secrets: tuple[str, ...] = dataclasses.field(default=(), repr=False)
    notes: tuple[str, ...] = ()
    tree: str = ""
    base_ref: str = ""
    journal: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    keeper: int = 0
    lost: str = ""

    @property
    def workspace(self) -> Workspace:
        """Where the build lives."""
        return Workspace(Path(self.state_dir), self.build.id)

    @staticmethod
    def for_task(told: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the build process may know of an order that is plain."""
        return {**told, "parameters": {}}

    def plain(self) -> dict[str, Any]:
        """Return JSON's own types."""
        answer: dict[str, Any] = model.plain(self)
        return answer

    @classmethod
    def from_plain(cls, data: Mapping[str, Any]) -> Order:
        """Rebuild an order.  Raises ValueError for what is none."""
        try:
            values = dict(data)
            build = dict(values["build"])
            build["change"] = model.Change(**build["change"])
            values["build"] = model.Build(**build)
            values["owner"] = Owner(**values["owner"])
            values["renderers"] = tuple(values["renderers"])
            values["secrets"] = tuple(values["secrets"])
            values["notes"] = tuple(values["notes"])
            return cls(**values)
        except (KeyError, TypeError) as error:
            raise ValueError(f"this is no order: {error}") from None

    def write(self, told: Mapping[str, Any]) -> None:
        """Write it down in the build's folder, readable by us alone.

        ``told`` is the order in plain data, which the keeper gets as well.
        """
        target = self.workspace.order
        draft = target.with_suffix(".new")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as stream:
            stream.write(json.dumps(told))
        draft.rename(target)

    @classmethod
    def read(cls, folder: Path) -> Order:
        """Read the order in a build's folder.  Raises ValueError, OSError."""
        text = read_plain(folder / "order.json", LONGEST)
        return cls.from_plain(json.loads(text))
