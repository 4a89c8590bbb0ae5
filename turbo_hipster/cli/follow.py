"""Follow a submitted job to its end, and cancel it when told to."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from typing import Any

from turbo_hipster import exceptions
from turbo_hipster.cli import statuses
from turbo_hipster.cli.progress import Progress
from turbo_hipster.cli.published import printable
from turbo_hipster.cli.wakeup import Interrupts
from turbo_hipster.conf.settings import GearmanSettings
from turbo_hipster.gearman import client
from turbo_hipster.model import Verdict

TICK = 1.0
STOP_LIMIT = 10.0
"""Seconds in which a cancel must be answered."""

CANNOT_JUDGE = statuses.OF_VERDICT[Verdict.ERROR]
CANCELLED = statuses.OF_VERDICT[Verdict.ABORTED]
_OF_WORD = {
    "SUCCESS": statuses.OF_VERDICT[Verdict.SUCCESS],
    "FAILURE": statuses.OF_VERDICT[Verdict.FAILURE],
    "TIMED_OUT": statuses.OF_VERDICT[Verdict.TIMED_OUT],
    "POST_FAILURE": statuses.NOT_PUBLISHED,
    "ERROR": statuses.REFUSED,
}


@dataclasses.dataclass(frozen=True)
class Ending:
    """What became of the job; ``result`` is what a client such as Zuul sees.

    Without a result the worker could not judge, or was cancelled.
    """

    facts: Mapping[str, Any]
    cancelled: bool
    lost: str = ""

    @property
    def result(self) -> str:
        """The worker's own words, one line; empty if there are none."""
        return printable(str(self.facts.get("result") or ""))

    @property
    def word(self) -> str:
        """The verdict, in a word."""
        match = re.match(r"[A-Z_]+", self.result)
        if match:
            return match[0]
        if self.cancelled:
            return "CANCELLED"
        return "LOST" if self.lost else "NO_RESULT"

    @property
    def sentence(self) -> str:
        """What the worker said about the verdict."""
        if self.result:
            return self.result[len(self.word) :].removeprefix(" - ").strip()
        if self.cancelled:
            return ""
        return self.lost or "the worker could not judge; try again"

    @property
    def verdict(self) -> Verdict:
        """The verdict that the word stands for."""
        if self.word in Verdict.__members__:
            return Verdict[self.word]
        if self.word == "POST_FAILURE":
            return Verdict.SUCCESS
        return Verdict.ABORTED if self.cancelled else Verdict.ERROR

    @property
    def status(self) -> int:
        """The exit status of ``submit``."""
        if self.result:
            other = statuses.OF_VERDICT[Verdict.FAILURE]
            return _OF_WORD.get(self.word, other)
        return CANCELLED if self.cancelled else CANNOT_JUDGE


class Follower:
    """Hears a submission to its end and shows how far it is."""

    def __init__(
        self,
        settings: GearmanSettings,
        sent: client.Submission,
        progress: Progress,
        interrupts: Interrupts,
    ) -> None:
        self._settings = settings
        self._sent = sent
        self._progress = progress
        self._interrupts = interrupts
        self._facts: dict[str, Any] = {}
        self._place = ""

    def follow(self) -> Ending:
        """Wait for the end; the first interrupt cancels, the next leaves."""
        self._progress.show("waiting for a worker")
        seen, lost = 0, ""
        while not self._sent.ended:
            event = self._sent.next((self._interrupts.fileno(),), TICK)
            if self._interrupts.count > seen:
                self._interrupts.taken()
                seen = self._interrupts.count
                if seen > 1 or not self._cancel():
                    break
            if event is None:
                self._progress.refresh()
            else:
                lost = self._hear(event) or lost
        self._progress.end()
        return Ending(self._facts, seen > 0, lost)

    def _hear(self, event: client.Event) -> str:
        if event.kind in (client.Kind.DATA, client.Kind.COMPLETE):
            self._note(event.facts())
        elif event.kind is client.Kind.STATUS and event.total:
            self._place = f"{min(event.done + 1, event.total)}/{event.total}"
        if event.kind is client.Kind.LOST:
            reason = event.data.decode("utf-8", "replace")
            return f"the Gearman server was lost: {reason}"
        if event.kind is client.Kind.EXCEPTION:
            return f"the worker failed: {event.data[:200]!r}"
        if not event.last and self._facts and "result" not in self._facts:
            self._show()
        return ""

    def _note(self, news: dict[str, Any]) -> None:
        """The last data decides: what it does not repeat is not so."""
        if not news:
            return
        first = not self._facts
        for key in ("result", "url"):
            self._facts.pop(key, None)
        self._facts.update(news)
        if first:
            self._introduce()

    def _introduce(self) -> None:
        who = printable(str(self._facts.get("worker_name") or "a worker"))
        number = printable(str(self._facts.get("number") or "?"))
        self._progress.say(f"taken by {who} as {number}")

    def _show(self) -> None:
        extra = self._facts.get("worker_extra")
        step = extra.get("step") if isinstance(extra, dict) else ""
        step = printable(str(step or "starting"))
        place = f" {self._place}" if self._place else ""
        self._progress.show(f"step{place}: {step}")

    def _cancel(self) -> bool:
        """Ask the worker to cancel; False if there is nobody to ask."""
        name, number, manager = (
            self._facts.get(key) for key in ("name", "number", "manager")
        )
        if not (name and number and manager):
            self._progress.say("no worker has taken it yet; it is taken back")
            return False
        self._progress.say("cancelling; Ctrl-C again leaves at once")
        try:
            with client.submit(
                self._settings,
                f"stop:{manager}",
                json.dumps({"name": name, "number": number}).encode(),
                f"stop-{number}",
                servers=[self._sent.server],
            ) as stop:
                answer = stop.next((self._interrupts.fileno(),), STOP_LIMIT)
        except exceptions.ServerUnavailable as error:
            self._progress.say(f"cannot be cancelled: {error}")
            return True
        if answer is None or answer.kind is not client.Kind.COMPLETE:
            self._progress.say("the worker did not accept the cancel")
        return True
