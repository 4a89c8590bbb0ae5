"""One way in which two engines end in different schemas."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """What differs, and what each of the two says of it.

    ``what`` names the thing, such as ``column users.name``; ``fact`` is the
    one that differs, or ``missing``: then the engine that lacks it says
    nothing.
    """

    what: str
    fact: str
    engines: tuple[str, str]
    says: tuple[str, str]

    def __str__(self) -> str:
        if self.fact == "missing":
            lacks = self.engines[0 if not self.says[0] else 1]
            return f"{self.what}: missing on {lacks}"
        told = ", ".join(
            f"{said or 'none'} on {engine}"
            for engine, said in zip(self.engines, self.says, strict=True)
        )
        return f"{self.what}: {self.fact} {told}"
