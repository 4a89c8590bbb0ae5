"""Logs and reports of builds of long ago."""

import datetime
import gzip
import json

import pytest

START = datetime.datetime(2013, 11, 22, 21, 42, 45, 908_000)


def text(steps, start=START):
    """Return a log whose steps took so many seconds each."""
    now, lines, read = start, [], 100

    def line(words):
        stamp = f"{now:%Y-%m-%d %H:%M:%S},{now:%f}"[:-3]
        lines.append(f"{stamp} [output] {words}\n")

    line("***** Start DB upgrade to state of working *****")
    for name in ("read", "inserted", "updated", "deleted"):
        line(f"Innodb_rows_{name}\t{read if name == 'read' else 0}")
    for step, seconds in steps.items():
        line(f"{step.replace('->', ' -> ')}... ")
        if seconds is None:
            continue
        now += datetime.timedelta(seconds=seconds)
        line("done")
        read += 1000
        for name in ("read", "inserted", "updated", "deleted"):
            line(f"Innodb_rows_{name}\t{read if name == 'read' else 7}")
    return "".join(lines)


@pytest.fixture
def old_log(tmp_path):
    """Write a log where the first turbo-hipster wrote it."""

    def write(build, steps, dataset="user_001", packed=False, **how):
        job = f"real-db-upgrade_nova_mysql_{dataset}"
        path = tmp_path / "logs" / "57" / job / build / "task.log"
        path.parent.mkdir(parents=True)
        if not packed:
            path.write_text(text(steps, **how))
            return path
        path = path.with_suffix(".log.gz")
        path.write_bytes(gzip.compress(text(steps, **how).encode()))
        return path

    return write


def report(build="b1", dataset="user_001", **row):
    """Return what report.json says of a build with one migration."""
    return {
        "schema": 1,
        "job": "real-data",
        "build": build,
        "project": "openstack/nova",
        "started": 1_700_000_000.5,
        "tables": [
            {
                "name": "migrations",
                "rows": [
                    {
                        "engine": "mariadb", "dataset": dataset,
                        "revision": "152", "from": ["151"],
                        "direction": "up", "seconds": 41.5, "state": "ok",
                        "write_stall": 2.5, "read_stall": None,
                        "rows_read": 7000, "size_change": -5, **row,
                    }
                ],
            },
            {
                "name": "datasets",
                "rows": [
                    {
                        "dataset": dataset, "engine": "mariadb",
                        "version": "10.11.6", "calibration": 0.125,
                    }
                ],
            },
        ],
    }  # fmt: skip


@pytest.fixture
def our_report(tmp_path):
    """Write the report of a build of ours."""

    def write(build, **row):
        path = tmp_path / "published" / build / "report.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(report(build, **row)))
        return path

    return write
