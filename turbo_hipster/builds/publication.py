"""The publishing process: render the report and put it where readers are.

It is forked by the keeper after the build's processes are gone, has imported
no task, and is the only one that is given the publishers' options.  Success,
failure, crash, cancel, time limit and recovery all come through here.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import functools
import json
import os
import signal
import stat
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from turbo_hipster import exceptions, model, plugins
from turbo_hipster.builds import record, tidying
from turbo_hipster.builds.descriptors import close_all_but
from turbo_hipster.builds.leaving import leave
from turbo_hipster.builds.logs import Redactor
from turbo_hipster.builds.order import Order
from turbo_hipster.builds.outcome import Outcome
from turbo_hipster.conf import publish as options
from turbo_hipster.conf.section import read_section
from turbo_hipster.publisher import Publisher
from turbo_hipster.report import Renderer

FULL = (errno.ENOSPC, errno.EDQUOT)

MOST_ARTEFACTS = 5000
"""Files that are listed in a report; the rest are published unlisted."""


def main(facts: int, answer: int, meanwhile: Callable[[], None]) -> NoReturn:
    """Publish in this freshly forked process; never returns.

    ``meanwhile`` is done before anything is there to be published.

    ``facts`` is a pipe that brings ``order`` and ``outcome`` in plain data,
    ``ended`` (an epoch time), ``left`` (sentences) and ``publishers``;
    nothing comes when there is nothing to publish.
    """
    try:
        signal.set_wakeup_fd(-1)
        close_all_but([facts, answer])
        meanwhile()
        with os.fdopen(facts, "rb") as told:
            text = told.read()
        if text:
            said = publish(json.loads(text))
            with os.fdopen(answer, "w") as stream:
                stream.write(json.dumps(said))
    finally:
        leave(0)


def publish(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Publish, and say how it went; ``facts`` as in ``main``."""
    return _Publication(facts).run()


class _Publication:
    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.order = Order.from_plain(facts["order"])
        self.outcome = Outcome.from_plain(facts["outcome"])
        self.ended: float = facts["ended"]
        self.left: Sequence[str] = facts["left"]
        self.publishers: Sequence[Mapping[str, Any]] = facts["publishers"]
        self.workspace = self.order.workspace
        self.folder = self.workspace.report
        secrets = list(self.order.secrets)
        for one in self.publishers:
            secrets += one.get("secrets", ())
        self.clean = Redactor(secrets).clean
        self.problems: list[str] = []
        self.may_make_room = True

    def run(self) -> dict[str, Any]:
        self._take_results()
        report = self._report()
        complete = self._render(report)
        size = sum(one.stat().st_size for one in _plain_files(self.folder))
        url = self._publish()
        state = model.Published.NO
        if url is not None:
            state = model.Published.YES if complete else model.Published.PARTLY
        else:
            self._set_aside()
        return {
            "published": state.value,
            "url": url or "",
            "bytes": 0 if url is None else size,
            "problems": self.problems,
            "sentences": report.sentences,
        }

    def _take_results(self) -> None:
        """Move what the task left under ``files/``, if there is anything."""
        self.problems += tidying.tidy(
            self.workspace, again=bool(self.order.lost)
        )
        with contextlib.suppress(OSError):
            if any(self.workspace.results.iterdir()):
                tidying.open_up(self.workspace.results)
                self.workspace.results.rename(self.folder / "files")

    def _report(self) -> model.Report:
        shown = record.read(self.workspace.record)
        order = self.order
        left = tuple(
            model.NotChecked("a process that could not be ended", one)
            for one in self.left
        )
        change = order.build.change
        if shown.commit:
            change = dataclasses.replace(change, commit=shown.commit)
        report = model.Report(
            job=order.build.job,
            build=order.build.id,
            change=change,
            verdict=self.outcome.verdict,
            sentences=self.outcome.sentences,
            started=order.started,
            seconds=self.ended - order.started,
            worker=order.worker,
            steps=tuple(shown.steps),
            findings=tuple(shown.findings),
            not_checked=(*shown.not_checked, *left),
            tables=tuple(shown.tables.values()),
            charts=tuple(shown.charts),
            artefacts=tuple(self._artefacts(shown.titles)),
        )
        if order.secrets:
            report = _cleaned(report, self.clean)
        return report

    def _artefacts(self, titles: dict[str, str]) -> Iterator[model.Artefact]:
        files = self.folder / "files"
        for count, path in enumerate(_plain_files(files)):
            if count == MOST_ARTEFACTS:
                self.problems.append(
                    f"more than {MOST_ARTEFACTS} files: the rest are "
                    "published and not listed"
                )
                return
            inside = str(path.relative_to(files))
            yield model.Artefact(
                f"files/{inside}",
                titles.get(inside, ""),
                path.stat().st_size,
            )

    def _render(self, report: model.Report) -> bool:
        complete = True
        for entry in self.order.renderers:
            done = self._foreign(
                f"{entry} could not render",
                functools.partial(self._write, entry, report),
            )
            complete = complete and done is not None
        return complete

    def _write(self, entry: str, report: model.Report) -> bool:
        renderer = plugins.load(entry, Renderer)()
        handle = os.open(
            self.folder / renderer.filename,
            # nothing of the build's is here any more: see tidying
            os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW,
            0o644,
        )
        with os.fdopen(
            handle, "w", encoding="utf-8", errors="backslashreplace"
        ) as stream:
            stream.writelines(renderer.render(report, self.folder))
        return True

    def _publish(self) -> str | None:
        for one in self.publishers:
            url: str | None = self._foreign(
                f"[publish:{one['name']}]", functools.partial(self._hand, one)
            )
            if url is not None:
                return url
        return None

    def _hand(self, one: Mapping[str, Any]) -> str | None:
        kind = plugins.load(one["entry"], Publisher)
        settings = read_section(
            [*options.SECTION_OPTIONS, *kind.options],
            one["raw"],
            f"publish:{one['name']}",
        )
        try:
            url: str = kind(settings).publish(
                self.folder,
                self.order.build.log_path,
                self.order.parameters,
            )
        except exceptions.NotMine:
            return None
        return url

    def _foreign(self, what: str, action: Callable[[], Any]) -> Any:
        """Do what may be anybody's code; None, and a problem, if it fails."""
        try:
            return self._with_room(action)
        except BaseException as error:  # noqa: BLE001 - these are plugins too
            ours = isinstance(error, exceptions.TurboHipsterError | OSError)
            text = str(error) if ours else repr(error)
            self.problems.append(self.clean(f"{what}: {text}"))
            if not ours:
                print(self.clean(traceback.format_exc()), file=sys.stderr)
            return None

    def _with_room(self, action: Callable[[], Any]) -> Any:
        """Do it; on a full disk, once more without what is not published."""
        try:
            return action()
        except (OSError, exceptions.PublishFailed) as error:
            cause = error.__cause__ or error
            full = isinstance(cause, OSError) and cause.errno in FULL
            if not full or not self.may_make_room:
                raise
        self.may_make_room = False
        if self.order.core["keep_workspace"] == "never":
            self.workspace.make_room()
        return action()

    def _set_aside(self) -> None:
        """Nobody took the results: keep them, and say where."""
        self.problems.append(self.workspace.set_aside())


def _plain_files(folder: Path) -> Iterator[Path]:
    """Yield the regular files below a folder; no link is followed."""
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        try:
            mode = path.lstat().st_mode
            if stat.S_ISREG(mode):
                yield path
            elif stat.S_ISDIR(mode):
                waiting += sorted(path.iterdir(), reverse=True)
        except OSError:
            continue


def _cleaned(value: Any, clean: Callable[[str], str]) -> Any:
    """Return a word with every secret in its texts replaced."""
    if isinstance(value, str):
        return clean(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(
            value,
            **{
                field.name: _cleaned(getattr(value, field.name), clean)
                for field in dataclasses.fields(value)
            },
        )
    if isinstance(value, dict):
        return {
            _cleaned(key, clean): _cleaned(item, clean)
            for key, item in value.items()
        }
    if isinstance(value, tuple | list):
        return type(value)(_cleaned(item, clean) for item in value)
    return value
