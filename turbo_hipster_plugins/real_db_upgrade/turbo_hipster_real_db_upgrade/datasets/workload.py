"""The statements of a project's own that a dataset brings along."""

from __future__ import annotations

from turbo_hipster_real_db_upgrade.datasets.description import Dataset


def workload(dataset: Dataset) -> list[str]:
    """Return the statements, each on one line; none: there is no file.

    In the file each ends with ``;`` at the end of a line.
    """
    if dataset.workload is None:
        return []
    pieces = dataset.workload.read_text().split(";\n")
    found = [" ".join(piece.rstrip("; \n").split()) for piece in pieces]
    return [statement for statement in found if statement]
