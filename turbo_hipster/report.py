"""The contract of a renderer: it turns a Report into one file.

Registered under ``turbo_hipster.report``.
"""

from __future__ import annotations

import abc
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from turbo_hipster import model


class Renderer(abc.ABC):
    """Write one view of a report.

    ``url`` is where the published page is read, set by who renders after
    publishing; empty where that is not known.
    """

    filename: ClassVar[str]
    url: str = ""

    @abc.abstractmethod
    def render(self, report: model.Report, folder: Path) -> Iterable[str]:
        """Yield the file's text; ``folder`` has the logs and ``files/``."""
