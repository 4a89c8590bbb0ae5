"""TH-M501: what squawk says of the SQL that PostgreSQL was sent."""

from __future__ import annotations

import json
import os
import re
import shutil
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from turbo_hipster import model
from turbo_hipster_databases import home
from turbo_hipster_db_migration.board import OFF
from turbo_hipster_db_migration.ground import Ground
from turbo_hipster_db_migration.walk import Stage, Walk
from turbo_hipster_db_migration.words import SQUAWK, place

ENGINE = "postgresql"
LOG = "squawk.log"
TIMEOUT = 60.0
"""Seconds for one migration; it takes a few milliseconds."""

ASK = 'exec "$0" --reporter Json "$1" >"$2"'

NOT_THE_MIGRATION = re.compile(r"\W*(?:\w+\W+){0,6}?\"?alembic_version", re.I)
"""Statements in which the tool notes where it is."""


def check(ground: Ground, walk: Walk) -> None:
    """Show what it says; all of it warns."""
    if not wanted(ground):
        ground.board.idle(ground.name, SQUAWK, word=OFF)
        return
    found = program()
    if found is None:
        ground.board.skipped(
            ground.name,
            SQUAWK,
            "",
            "there is no squawk; install turbo-hipster-db-migration[squawk]",
        )
        return
    for stage in walk.stages:
        if stage.up.ran.statements is None:
            ground.board.skipped(
                ground.name,
                SQUAWK,
                stage.migration.revision,
                "the tool does not let us see its statements",
            )
            continue
        _stage(ground, stage, found)
    if not walk.judged:
        ground.board.idle(ground.name, SQUAWK)


def wanted(ground: Ground) -> bool:
    """Say whether it is to be asked about this engine."""
    return bool(ground.settings.squawk) and ground.name == ENGINE


def program() -> str | None:
    """Return where squawk is, if it is installed."""
    ours = sysconfig.get_path("scripts")
    path = os.environ.get("PATH", os.defpath)
    return shutil.which("squawk", path=f"{ours}{os.pathsep}{path}")


def _stage(ground: Ground, stage: Stage, found: str) -> None:
    revision = stage.migration.revision
    file = _written(ground.context.results_dir / "sql", stage)
    room = home.room(ground.context)
    says = room / "says.json"  # of what a command prints the end is kept
    ended = ground.context.execute(
        ["/bin/sh", "-c", ASK, found, file.name, str(says)],
        cwd=file.parent,
        timeout=TIMEOUT,
        log=LOG,
    )
    ground.context.artefact(file, f"SQL of {revision} on PostgreSQL")
    remarks = parsed(says.read_text(errors="replace") if says.exists() else "")
    shutil.rmtree(room)
    if remarks is None:
        ground.board.skipped(
            ground.name,
            SQUAWK,
            revision,
            f"squawk ended with status {ended.status} and said no JSON",
        )
        return
    ground.board.passed(ground.name, SQUAWK)
    sql = file.read_text().splitlines()
    for remark in remarks:
        rule = str(remark.get("rule_name", "a rule"))
        ground.board.found(
            SQUAWK,
            f"{revision}: {rule}: {_first(remark)}",
            {**place(ground.name, stage.migration), "rule": rule},
            severity=model.Severity.WARN,
            measured=rule,
            advice=_advice(remark),
            detail=_statement(remark, sql),
        )


def _written(folder: Path, stage: Stage) -> Path:
    """Write the step's statements to a file that is published too."""
    folder.mkdir(exist_ok=True)
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", stage.migration.revision)
    file = folder / f"{name.lstrip('.-') or 'step'}.sql"
    file.write_text("".join(_statements(stage)))
    return file


def _statements(stage: Stage) -> Iterator[str]:
    for text in stage.up.ran.statements or ():
        if not NOT_THE_MIGRATION.match(text):
            yield f"{text.strip().rstrip(';')};\n\n"


def parsed(text: str) -> list[Mapping[str, Any]] | None:
    """Return squawk's remarks; None where there is no JSON in ``text``.

    A line of a log stands before or after the one line of JSON.
    """
    for line in text.splitlines():
        if line.startswith("["):
            try:
                remarks = json.loads(line)
            except ValueError:
                continue
            return [one for one in remarks if isinstance(one, dict)]
    return None


def _first(remark: Mapping[str, Any]) -> str:
    text = str(remark.get("message") or "no message")
    return " ".join(text.split())


def _advice(remark: Mapping[str, Any]) -> str:
    text = " ".join(str(remark.get("help") or "").split())
    return text if text.endswith(".") or not text else f"{text}."


def _statement(remark: Mapping[str, Any], sql: list[str]) -> str:
    """Return the lines that a remark is about; squawk counts from nought."""
    first, last = remark.get("line"), remark.get("line_end")
    if not isinstance(first, int):
        return ""
    end = last if isinstance(last, int) else first
    return "\n".join(sql[first : end + 1])
