"""What the client is told of a build, and what it makes of it.

Zuul decides by ``result`` in the last data alone: without one it runs the job
again.  So a judgement carries a result, and "we could not judge" carries none
(wire contract: packets of one build).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from turbo_hipster.model import Published, Verdict

LONGEST = 200
"""Most characters of a result: it goes into a 255-character column."""


@dataclasses.dataclass(frozen=True)
class Last:
    """The last words: ``facts`` are the data, ``complete`` the packet."""

    facts: Mapping[str, Any]
    complete: bool


def last(answer: Mapping[str, Any], result_text: str) -> Last:
    """Return what a finished build is to say; ``answer`` is the keeper's."""
    verdict = Verdict(answer["verdict"])
    published = Published(answer["published"])
    facts: dict[str, Any] = {}
    if answer["url"]:
        facts["url"] = answer["url"]
    sentences = list(answer["sentences"])
    if verdict is Verdict.SUCCESS:
        if published is Published.NO:
            why = (answer.get("problems") or ["the results went nowhere"])[0]
            facts["result"] = _result("POST_FAILURE", why, result_text)
            return Last(facts, complete=False)
        facts["result"] = "SUCCESS"
        return Last(facts, complete=True)
    if verdict in (Verdict.FAILURE, Verdict.TIMED_OUT):
        facts["result"] = _result(
            verdict.value, sentences[0] if sentences else "", result_text
        )
    elif verdict is Verdict.ERROR and answer.get("final"):
        facts["result"] = refusal(sentences[0] if sentences else "")
    return Last(facts, complete=False)


def refusal(sentence: str) -> str:
    """Return the result of a request that a retry would not mend."""
    return one_line(f"ERROR - {sentence}")


def _result(word: str, sentence: str, result_text: str) -> str:
    if result_text == "word" or not sentence.strip():
        return word
    return one_line(f"{word} - {sentence}")


def one_line(text: str) -> str:
    """Return printable text without newline or ``|``, cut with a mark."""
    text = " ".join(text.replace("|", "/").split())
    text = "".join(char if char.isprintable() else "?" for char in text)
    if len(text) > LONGEST:
        text = text[: LONGEST - 3].rstrip() + "..."
    return text
