"""A result document: from its bytes to what it says."""

from __future__ import annotations

import json
from typing import Any

from turbo_hipster_shell_script import shapes
from turbo_hipster_shell_script.said import Said
from turbo_hipster_shell_script.values import Misshapen


def read(data: bytes) -> Said:
    """Return what a document says, or raise Misshapen."""
    return shapes.document(parse(data))


def parse(data: bytes) -> Any:
    """Return the document's plain values, or raise Misshapen."""
    try:
        return json.loads(data.decode(), parse_constant=no_number)
    except RecursionError:
        raise Misshapen("it is nested too deeply") from None
    except Misshapen:
        raise
    except ValueError as error:  # of the encoding, the text, or a number
        raise Misshapen(f"it is no JSON: {error}") from None


def no_number(text: str) -> Any:
    """Refuse NaN and Infinity, which are no JSON and break its readers."""
    raise Misshapen(f"it is no JSON: {text} is no number")
