"""What a command said beside its exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from turbo_hipster import model


class Said(NamedTuple):
    """The content of a result document; nothing, if there is none."""

    sentences: tuple[str, ...] = ()
    findings: tuple[model.Finding, ...] = ()
    tables: tuple[model.Table, ...] = ()
    charts: tuple[model.Chart, ...] = ()
    not_checked: tuple[model.NotChecked, ...] = ()
    cannot_judge: bool = False
