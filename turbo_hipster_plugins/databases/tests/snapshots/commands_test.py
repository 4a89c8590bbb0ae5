"""``turbo-hipster snapshot``, run as a person would."""

import json
import os
import subprocess
import sys
import time

import pytest

from turbo_hipster_databases.snapshots import Manifest, Store

DAY = 24 * 3600


@pytest.fixture
def state_dir(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def run(tmp_path, state_dir):
    """Return a function that runs the program and returns how it ended."""
    config = tmp_path / "turbo-hipster.conf"
    config.write_text(f"[DEFAULT]\nstate_dir = {state_dir}\n")

    def call(*words):
        return subprocess.run(
            [
                sys.executable, "-m", "turbo_hipster", "snapshot", *words,
                "--config-file", str(config),
            ],
            capture_output=True,
            text=True,
            env={**os.environ, "COLUMNS": "200"},
        )  # fmt: skip

    return call


@pytest.fixture
def store(state_dir):
    """Three snapshots: used now, ten days ago, and a hundred days ago."""
    folder = state_dir / "plugins" / "databases" / "snapshots"
    with Store(folder) as store:
        for name, days in (("now", 0), ("ten", 10), ("hundred", 100)):
            made = store.make(
                Manifest("sqlite", "3.40", (name * 10, "overlay")),
                lambda folder: (folder / "x").write_bytes(b"x" * 2**20),
            )
            when = time.time() - days * DAY
            os.utime(made.folder / "used", (when, when))
        store.close()
        yield store


def names(store):
    return [entry.snapshot.manifest.made_from[0][:3] for entry in store.list()]


def test_a_list_shows_the_most_recently_used_first(run, store):
    store.find(store.list()[0].snapshot.manifest)
    done = run("list")
    assert done.returncode == 0, done.stderr
    rows = [line for line in done.stdout.splitlines() if "sqlite" in line]
    assert [row.split("|")[4].split()[0][:3] for row in rows] == [
        "now", "ten", "hun",
    ]  # fmt: skip
    assert "+1" in rows[0]
    assert "1 MiB" in rows[0]
    assert [row.split("|")[-2].strip() for row in rows] == ["yes", "", ""]


def test_a_seed_that_is_known_is_named(run, store):
    row = [0, 0, 0, 0, 0, "ten" * 10]
    record = json.dumps({"/seeds/nova.sql.gz": row})
    (store.folder / "seeds.json").write_text(record)
    assert "nova.sql.gz +1" in run("list").stdout


def test_a_list_for_programs_has_bytes_and_seconds(run, store):
    done = run("list", "-f", "json")
    rows = json.loads(done.stdout)
    assert len(rows) == 3
    assert rows[0]["size"] >= 2**20
    assert rows[0]["in use"] is False
    assert rows[2]["last use"] == pytest.approx(
        time.time() - 100 * DAY, abs=DAY
    )
    assert rows[1]["made from"] == ["ten" * 10, "overlay"]


def test_without_snapshots_the_list_is_empty(run):
    done = run("list", "-f", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (("--older", "50"), ["now", "ten"]),
        (("--older", "0.5"), ["now"]),
        (("--keep", "2200KiB"), ["now", "ten"]),
        (("--keep", "1500000"), ["now"]),
        (("--keep", "1G"), ["now", "ten", "hun"]),
        (("--keep", "2200KiB", "--older", "5"), ["now"]),
        (("--all",), []),
    ],
)
def test_what_is_old_or_too_much_is_removed(run, store, words, left):
    told = run("prune", "--dry-run", *words)
    assert told.returncode == 0, told.stderr
    assert names(store) == ["now", "ten", "hun"]
    done = run("prune", *words)
    assert done.returncode == 0, done.stderr
    assert names(store) == left
    assert f"removed {3 - len(left)} snapshot" in done.stdout
    assert told.stdout.replace("would remove", "removed") == done.stdout


def test_what_is_in_use_stays(run, store):
    assert store.find(store.list()[2].snapshot.manifest)
    done = run("prune", "--all")
    assert done.returncode == 0, done.stderr
    assert names(store) == ["hun"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "say what to remove: --older DAYS"),
        (("--keep", "much"), "'much' is no size; write 20GiB"),
    ],
)
def test_what_cannot_be_meant_is_explained(run, store, words, said):
    done = run("prune", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(store.list()) == 3


@pytest.mark.parametrize("name", ["list", "prune"])
def test_help_teaches(run, name):
    done = run(name, "--help")
    assert done.returncode == 0
    assert "snapshots" in done.stdout
    assert "turbo-hipster snapshot prune" in done.stdout
