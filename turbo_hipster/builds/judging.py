"""The build process: lay out the change, run the task, say how it ended.

It is forked by the keeper, runs foreign code, and its word counts only as
far as the keeper and the publishing process have checked it.  Its last act
is to write ``result.json``; without it the build is an ERROR.
"""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from turbo_hipster import exceptions, model, plugins
from turbo_hipster.builds import containment, laying, outcome, rehearsal
from turbo_hipster.builds.asking import Keeper
from turbo_hipster.builds.context import Context
from turbo_hipster.builds.leaving import leave
from turbo_hipster.builds.order import Order
from turbo_hipster.builds.record import Recorder
from turbo_hipster.conf.section import read_section
from turbo_hipster.task import Task

LONGEST_SENTENCE = 2000


def main(orders: int, wire: socket.socket, output: int) -> NoReturn:
    """Do a build in this freshly forked process; never returns.

    The process is forked ahead of time, so that it has never seen what is
    none of its business; ``orders`` is a pipe that its order comes through.
    """
    try:
        _settle(output)
        rehearsal.read_an_order()
        with os.fdopen(orders, "rb") as stream:
            text = stream.read()
        if text:
            _build(Order.from_plain(json.loads(text)), wire)
    finally:
        leave(0)


def _build(order: Order, wire: socket.socket) -> None:
    me = os.getpid()
    end: dict[str, Any] = {"kind": "error", "sentences": []}
    try:
        _move_in(order)
        end = _judge(order, Keeper(wire))
    except exceptions.Cancelled:
        end["sentences"] = ["The build was told to end."]
    except exceptions.RefusedInput as error:
        end = {"kind": "refused", "sentences": [str(error)]}
    except exceptions.TurboHipsterError as error:
        end["sentences"] = [_said(error)]
        _tell_author(_said(error))
    except SystemExit as error:
        end["sentences"] = [
            f"The task called sys.exit({error.code!r:.200}); a task returns "
            "a Result or raises"
        ]
        _tell_author(traceback.format_exc())
    except BaseException as error:  # noqa: BLE001 - a plugin may raise all
        said = f"{type(error).__name__}: {_said(error)}".strip()
        end["sentences"] = [said.splitlines()[0][:LONGEST_SENTENCE]]
        _tell_author(traceback.format_exc())
    finally:
        if os.getpid() != me:  # a child that the task forked came back here
            os._exit(71)
        _leave(order, end)


def _said(error: BaseException) -> str:
    """Return an exception's text; its own ``__str__`` may raise."""
    return str(traceback.TracebackException(type(error), error, None))


def _tell_author(text: str) -> None:
    """Write to the log, if the task has left us the way to it."""
    with contextlib.suppress(AttributeError, OSError, ValueError):
        print(text.rstrip(), file=sys.stderr, flush=True)


def _leave(order: Order, end: dict[str, Any]) -> NoReturn:
    try:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        _write(order.workspace.result, end)
    except OSError as error:
        _tell_author(f"the result could not be written down: {error}")
        leave(outcome.NO_ROOM)
    finally:
        leave(0)


def _settle(output: int) -> None:
    """Do what needs no order, while there is none."""
    os.setsid()
    # what the task starts by itself and loses is no command's
    containment.become_subreaper()
    null = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, null), (1, output), (2, output)):
        os.dup2(source, target)
    os.close(null)
    os.close(output)
    sys.stdout = os.fdopen(1, "w", 1, errors="backslashreplace", closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, errors="backslashreplace", closefd=False)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(message)s", force=True
    )


def _move_in(order: Order) -> None:
    signal.signal(signal.SIGTERM, _cancel)
    gc.enable()
    workspace = order.workspace
    tempfile.tempdir = str(workspace.tmp)
    _take_environment(
        {
            **order.environment,
            "HOME": str(workspace.home),
            "TMPDIR": tempfile.tempdir,
        }
    )
    os.chdir(workspace.work)


def _take_environment(wanted: Mapping[str, str]) -> None:
    """Have exactly these variables; most of them are there already."""
    for name in set(os.environ) - set(wanted):
        del os.environ[name]
    for name, value in wanted.items():
        if os.environ.get(name) != value:
            os.environ[name] = value


def _cancel(*_: object) -> NoReturn:
    raise exceptions.Cancelled


def _judge(order: Order, keeper: Keeper) -> dict[str, Any]:
    workspace = order.workspace
    state_dir = workspace.state_dir / "plugins" / order.core["plugin"]
    context = Context(
        order.build,
        keeper,
        Recorder(workspace.record),
        workspace=workspace.work,
        results_dir=workspace.results,
        state_dir=state_dir,
    )
    if order.tree or order.core["checkout"] == "change":
        with context.step("checkout"):
            laying.lay_out_change(order, context)
    os.chdir(context.workspace)
    state_dir.mkdir(parents=True, exist_ok=True)
    keeper.tell({"phase": "run"})
    kind: type[Task] = plugins.load(order.entry)
    options = read_section(kind.options, order.raw, f"job:{order.build.job}")
    task: Task = kind(options)
    if kind.steps:
        context.plan(kind.steps)
    return _end(task.run(context), context)


def _end(result: object, context: Context) -> dict[str, Any]:
    judged = (model.Verdict.SUCCESS, model.Verdict.FAILURE)
    if not isinstance(result, model.Result) or result.verdict not in judged:
        raise exceptions.CannotJudge(
            f"The task returned {result!r:.200}; it must return a Result "
            "that is SUCCESS or FAILURE, or raise"
        )
    sentences = [str(one)[:LONGEST_SENTENCE] for one in result.sentences]
    verdict = result.verdict
    if verdict is model.Verdict.SUCCESS and context.failing:
        verdict = model.Verdict.FAILURE
        sentences.insert(0, context.failing[0].message)
    return {"kind": "judged", "verdict": verdict.value, "sentences": sentences}


def _write(path: Path, end: dict[str, Any]) -> None:
    os.umask(0o077)  # the task may have left one that closes files to us
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(end))
    draft.rename(path)
