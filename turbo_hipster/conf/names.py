"""Which words may stand in a path, a function's name and a section."""

from __future__ import annotations

import re

JOB = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,199}")
LABEL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")
WORKER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,199}")


def job_mistake(name: str) -> str:
    """Say what is wrong with a job's name; empty when nothing is."""
    return _mistake(JOB, name, "job name", "letters, digits and _ . : -")


def label_mistake(name: str) -> str:
    """Say what is wrong with a label; empty when nothing is."""
    return _mistake(LABEL, name, "label", "letters, digits and _ . -")


def worker_mistake(name: str) -> str:
    """Say what is wrong with a worker's name; empty when nothing is."""
    return _mistake(WORKER, name, "worker name", "letters, digits and _ . : -")


def _mistake(
    pattern: re.Pattern[str], name: str, what: str, allowed: str
) -> str:
    if pattern.fullmatch(name):
        return ""
    return (
        f"{name!r} is no {what}: it becomes part of a path and of a Gearman "
        f"function, so only {allowed} are allowed, at most 200, and the first "
        "is a letter, a digit or _"
    )
