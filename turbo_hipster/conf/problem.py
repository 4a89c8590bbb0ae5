"""A mistake in the configuration, with its place."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from turbo_hipster import exceptions


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where; ``line`` is 0 when no line is to blame."""

    file: str
    section: str
    option: str
    message: str
    line: int = 0

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        name = f"[{self.section}]" if self.section else ""
        what = " ".join(part for part in (name, self.option) if part)
        return ": ".join(part for part in (place, what, self.message) if part)


def refuse(problems: Sequence[Problem]) -> None:
    """Raise ConfigurationError with the first of ``problems``, if any."""
    if not problems:
        return
    message = str(problems[0])
    if len(problems) > 1:
        message += (
            f" (and {len(problems) - 1} more; 'turbo-hipster config check' "
            "shows them all)"
        )
    raise exceptions.ConfigurationError(message)
