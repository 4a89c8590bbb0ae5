"""The benchmark's table: its format, and when it fails."""

import json
import os
import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest

from benchmarks import __main__ as run
from benchmarks import client, measure, process_tree


@pytest.fixture
def bench(tmp_path, monkeypatch):
    """Run the table with rows of our own, writing below ``tmp_path``."""

    def go(rows, known=""):
        (tmp_path / "known.toml").write_text(known)
        monkeypatch.setattr(run, "HERE", tmp_path)
        monkeypatch.setattr(run, "TARGET", tmp_path / "build" / "bench.json")
        monkeypatch.setattr(run, "show_head", lambda: None)
        module = SimpleNamespace(rows=lambda: rows)
        monkeypatch.setattr(run, "modules", lambda wanted: [module])
        monkeypatch.setattr(sys, "argv", ["benchmarks"])
        status = run.main()
        return status, json.loads(run.TARGET.read_text())

    return go


def one(name="a row", ours=2.0, unit="ms", reached=True, **rivals):
    return measure.row(name, unit, ours, rivals, reach="any", reached=reached)


def test_the_file_has_exactly_the_promised_keys(bench):
    _, written = bench([one(slow=4.0, fast=1.0)])

    assert written == [
        {
            "name": "a row",
            "ours": 2.0,
            "unit": "ms",
            "rivals": {"slow": 4.0, "fast": 1.0},
            "ratio": 2.0,
            "reach": "any",
            "reached": True,
        }
    ]


def test_below_one_is_better_for_rates_too(bench):
    _, written = bench([one(ours=200.0, unit="builds/s", rival=100.0)])

    assert written[0]["ratio"] == 0.5


def test_a_row_that_is_not_reached_fails(bench):
    assert bench([one(), one("slow", reached=False)])[0] == 1


def test_a_row_with_a_reason_does_not(bench):
    known = '["slow"]\nreason = "the disk"\n'

    assert bench([one("slow", reached=False)], known)[0] == 0


def test_a_plain_row_is_completed(bench):
    plain = {
        "name": "git",
        "ours": 12.0,
        "unit": "ms",
        "rivals": {"worktree": 10.0},
        "reach": "<= 1.15 x the worktree",
    }

    status, written = bench([plain])

    assert (status, written[0]["ratio"], written[0]["reached"]) == (
        1,
        1.2,
        False,
    )


def test_contenders_take_turns():
    order = []
    measure.alternate(
        {name: lambda name=name: order.append(name) or 1.0 for name in "ab"},
        rounds=2,
        warm_up=1,
    )

    assert order == list("ababab")


def test_the_median_leaves_the_warm_up_out():
    values = iter([100.0, 1.0, 2.0, 9.0])

    seen = measure.alternate({"a": lambda: next(values)}, 3, warm_up=1)

    assert seen == {"a": 2.0}


def test_the_terminal_packets_are_those_that_end_a_job():
    assert {13, 14, 25} == client.TERMINAL


def test_a_tree_has_its_root_and_all_below(tmp_path):
    note = tmp_path / "pid"
    shell = subprocess.Popen(
        ["sh", "-c", "sleep 60 & echo $! >$0; wait", note]
    )
    try:
        measure.wait_until(
            lambda: note.exists() and note.read_text().strip(),
            "the shell has started its child",
        )
        child = int(note.read_text())
        assert set(process_tree.tree(shell.pid)) == {shell.pid, child}
        assert process_tree.proportional_bytes(shell.pid) > 10_000
    finally:
        for pid in process_tree.tree(shell.pid):
            os.kill(pid, signal.SIGTERM)
        shell.wait()
