"""What a task did in a test."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from turbo_hipster import model


@dataclasses.dataclass(frozen=True)
class Outcome:
    """The result of a task and everything it put into the report.

    ``log`` is what its commands wrote and what it logged itself, without time
    stamps, a command's lines as ``[output] text``.  ``files`` are the
    contents of its results folder by relative path.  ``planned`` are all
    steps that were announced, ``steps`` those that ran.  ``left`` counts
    processes that outlived their command, or the build, and were killed.
    """

    result: model.Result
    planned: tuple[str, ...] = ()
    steps: tuple[model.Step, ...] = ()
    findings: tuple[model.Finding, ...] = ()
    tables: Mapping[str, model.Table] = dataclasses.field(default_factory=dict)
    charts: tuple[model.Chart, ...] = ()
    artefacts: tuple[model.Artefact, ...] = ()
    not_checked: tuple[model.NotChecked, ...] = ()
    log: str = ""
    files: Mapping[str, bytes] = dataclasses.field(default_factory=dict)
    left: int = 0

    @property
    def verdict(self) -> model.Verdict:
        """SUCCESS or FAILURE."""
        return self.result.verdict

    @property
    def sentences(self) -> tuple[str, ...]:
        """What the result says; the first one travels to the review."""
        return self.result.sentences
