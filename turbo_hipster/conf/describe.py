"""What a person wants to know of an option, in plain data."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from oslo_config import cfg


@dataclasses.dataclass(frozen=True, slots=True)
class Described:
    """One option: ``default`` is what stands in a file, one line each."""

    name: str
    kind: str
    default: tuple[str, ...]
    help: str
    required: bool = False
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    secret: bool = False


def describe(option: cfg.Opt) -> Described:
    """Describe an option that is at hand."""
    default = option.sample_default
    if default is None:
        default = option.default
    choices = getattr(option.type, "choices", None) or ()
    return Described(
        name=option.dest,
        kind=_kind(getattr(option.type, "type_name", "string value")),
        default=_lines(default, bool(option.multi)),
        help=_sentence(option.help),
        required=bool(option.required),
        choices=tuple(str(choice) for choice in choices),
        minimum=getattr(option.type, "min", None),
        maximum=getattr(option.type, "max", None),
        secret=bool(option.secret),
    )


def from_probe(facts: Mapping[str, Any]) -> Described:
    """Describe an option by what a probe says of it."""
    return Described(
        name=str(facts["name"]).replace("-", "_"),
        kind=_kind(str(facts.get("type", ""))),
        default=_lines(facts.get("default"), multi=False),
        help=_sentence(facts.get("help")),
        required=bool(facts.get("required")),
        choices=tuple(str(choice) for choice in facts.get("choices") or ()),
        minimum=facts.get("minimum"),
        maximum=facts.get("maximum"),
        secret=bool(facts.get("secret")),
    )


def _kind(type_name: str) -> str:
    words = {"floating point": "number", "integer": "whole number"}
    kind = type_name.removesuffix(" value")
    return words.get(kind, kind)


def _sentence(text: str | None) -> str:
    text = " ".join((text or "").split())
    return text if not text or text.endswith(".") else text + "."


def _lines(default: Any, multi: bool) -> tuple[str, ...]:
    if default is None:
        return ("",)
    if multi:
        return tuple(_word(item) for item in default) or ("",)
    return (_word(default),)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple):
        return ", ".join(_word(item) for item in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}:{item}" for key, item in value.items())
    return str(value)
