"""Before the task runs: the change is laid out and its rules are read."""

from __future__ import annotations

import datetime
import functools
import itertools
import time
from pathlib import Path

from turbo_hipster import exceptions
from turbo_hipster.builds import acceptance
from turbo_hipster.builds.context import Context
from turbo_hipster.builds.order import Order
from turbo_hipster.git import checkout, local
from turbo_hipster.git.source import Source

GIT_LOG = "git_prep.log"


def lay_out_change(order: Order, context: Context) -> None:
    """Give the context its workspace, its base and its rules.

    Raises RefusedInput for parameters that name nothing sound, FetchFailed
    when the change cannot be had.
    """
    limit = order.core["setup_timeout"]
    deadline = time.monotonic() + limit
    execute = functools.partial(context.execute, log=GIT_LOG)
    if order.tree:
        laid = local.as_it_is(
            Path(order.tree),
            base=order.base_ref or None,
            execute=execute,
            log=context.log,
        )
        context.further = _beside(order, context)
    else:
        source = Source.from_parameters(
            order.build.parameters, order.git_origin
        )
        mirrors = order.workspace.state_dir / "git"
        laid = checkout.lay_out(
            source,
            mirrors=mirrors,
            target=order.workspace.git,
            execute=execute,
            log=context.log,
            deadline=deadline,
            environ=order.environment,
        )
        context.further = _further(order, context, source, mirrors)
    context.workspace = laid.path
    context.base = laid.base
    context.keep(laid)
    context.record_commit(laid.commit)
    context.rules = _rules(order, context)


def _beside(order: Order, context: Context) -> Context.Further:
    """Return what lays out another tree of a checkout at a desk."""
    count = itertools.count(1)

    def lay_out(ref: str, project: str | None) -> Path:
        if project not in (None, order.build.change.project):
            raise exceptions.CannotJudge(
                f"{ref} of {project} cannot be checked out: with --project "
                "there is that one checkout alone"
            )
        return local.another(
            Path(order.tree).resolve(),
            ref,
            into=order.workspace.root / "further" / str(next(count)),
            execute=functools.partial(context.execute, log=GIT_LOG),
            log=context.log,
        ).path

    return lay_out


def _further(
    order: Order, context: Context, source: Source, mirrors: Path
) -> Context.Further:
    """Return what lays out another tree, a new one at each call."""
    count = itertools.count(1)

    def lay_out(ref: str, project: str | None) -> Path:
        wanted = source
        if project is not None and project != source.project:
            wanted = Source.from_parameters(
                {"ZUUL_PROJECT": project}, order.git_origin
            )
        laid = checkout.further(
            wanted,
            ref,
            mirrors=mirrors,
            into=order.workspace.root / "further" / str(next(count)),
            execute=functools.partial(context.execute, log=GIT_LOG),
            log=context.log,
            environ=order.environment,
        )
        context.keep(laid)
        return laid.path

    return lay_out


def _rules(order: Order, context: Context) -> acceptance.Rules:
    today = datetime.date.today()
    here = _of_tree(context.workspace)
    there = _of_base(context)
    from_change = order.tree or order.core["accept_from"] == "change"
    accepted, mistakes = acceptance.parse(
        here if from_change else there, today
    )
    proposed: list[acceptance.Entry] = []
    if not from_change and here != there:
        proposed, more = acceptance.parse(here, today)
        mistakes += more
    for mistake in mistakes:
        context.not_checked("an entry of the accepted findings", mistake)
    return acceptance.Rules(
        warn=frozenset(order.core["warn"]),
        off=frozenset(order.core["off"]),
        accepted=accepted,
        proposed=[entry for entry in proposed if entry not in accepted],
        today=today,
    )


def _of_tree(tree: Path) -> str:
    path = tree / acceptance.FILE
    if path.is_symlink() or not path.is_file():
        return ""
    return path.read_text(errors="replace")


def _of_base(context: Context) -> str:
    """Return the file as it is in the base; it is small, or it is cut."""
    if context.base is None:
        return ""
    listing = _git(context, "ls-tree", context.base, "--", acceptance.FILE)
    if not listing.strip():
        return ""
    return _git(context, "show", f"{context.base}:{acceptance.FILE}")


def _git(context: Context, *arguments: str) -> str:
    end = context.execute(
        ["git", *arguments], cwd=context.workspace, log=GIT_LOG
    )
    if end.status:
        raise exceptions.FetchFailed(
            f"git {arguments[0]} failed in the checkout: {end.tail[-200:]}"
        )
    return end.tail
