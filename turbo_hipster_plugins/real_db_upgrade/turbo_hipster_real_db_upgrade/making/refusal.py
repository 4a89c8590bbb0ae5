"""What cannot be filled."""

from __future__ import annotations

from turbo_hipster.exceptions import RefusedInput


class CannotFill(RefusedInput):
    """A table that no row can be made for; the text names table and column."""
