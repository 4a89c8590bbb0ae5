"""Limits as a description or a file of limits writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from turbo_hipster_databases.history.words import Quantity
from turbo_hipster_real_db_upgrade.datasets import values
from turbo_hipster_real_db_upgrade.datasets.description import Limits


def limits(value: Any, at: str) -> Mapping[Quantity, Limits]:
    """Read limits: a number for every step, or a mapping by step."""
    known = {quantity.value for quantity in Quantity}
    found = {}
    for name, given in values.fields(value, at, set(), known).items():
        here = f"{at}.{name}"
        if not isinstance(given, Mapping):
            given = {"default": given}
        by_step = {
            step: values.amount(number, f"{here}.{step}")
            for step, number in values.mapping(given, here).items()
        }
        default = by_step.pop("default", None)
        found[Quantity(name)] = Limits(default, by_step)
    return found
