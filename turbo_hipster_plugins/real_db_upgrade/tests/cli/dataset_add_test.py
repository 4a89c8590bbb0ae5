"""``dataset add``: a dump becomes a dataset, completely or not at all."""

import datetime
import errno
import fcntl
import hashlib
import os
import re

import pytest
import yaml

from turbo_hipster_real_db_upgrade.datasets import drafting

ADD = ("--engine", "sqlite", "--project", "library")


def test_a_dump_is_copied_and_described(desk):
    # given a dump that is some days old
    dump = desk.dump()
    then = datetime.datetime(2026, 3, 4, 12).timestamp()
    os.utime(dump, (then, then))

    # when
    done = desk.run(
        "add", "user_001", "--from", dump, *ADD, "--revision", "7", "--load"
    )

    # then
    assert done.status == 0, done.err
    folder = desk.datasets / "user_001"
    assert (folder / "seed.sqlite").read_bytes() == dump.read_bytes()
    told = yaml.safe_load((folder / "dataset.yaml").read_text())
    assert told == {
        "project": "library",
        "engine": "sqlite",
        "seed": "seed.sqlite",
        "taken_at": datetime.date(2026, 3, 4),
        "revision": "7",
        "manifest": {
            "sqlite": {
                "sha256": hashlib.sha256(dump.read_bytes()).hexdigest(),
                "bytes": dump.stat().st_size,
                "made_by": "dataset add",
                "rows": {"shelf": 3},
            }
        },
    }
    assert desk.rows("list")[0]["state"] == "ok"
    assert desk.rows("check")[0]["state"] == "ok"


def test_a_link_leaves_a_large_dump_where_it_is(desk):
    dump = desk.dump()
    done = desk.run(
        "add", "a", "--from", dump, *ADD, "--link", "--taken-at", "2026-01-02"
    )
    assert done.status == 0, done.err
    assert (desk.datasets / "a" / "seed.sqlite").readlink() == dump
    assert desk.rows("list")[0]["taken at"] == "2026-01-02"


@pytest.mark.parametrize(
    "words, why",
    [
        (("--engine", "mariadb"), r"\(SQLite file\) cannot be loaded by mari"),
        (("--engine", "oracle"), "no engine 'oracle'; there are mariadb"),
        (("--taken-at", "yesterday"), "'yesterday' is no date"),
        (("--from", "/nowhere/dump"), "/nowhere/dump is no file that can"),
    ],
)
def test_what_cannot_be_a_dataset_is_refused_and_leaves_nothing(
    desk, words, why
):
    done = desk.run("add", "a", "--from", desk.dump(), *ADD, *words)
    assert done.status == 2
    assert re.search(why, done.err)
    assert list(desk.datasets.iterdir()) == []


def test_a_seed_that_does_not_load_leaves_nothing(desk):
    dump = desk.folder / "dump.sql"
    dump.write_text("CREATE TABLE t (id INTEGER);\nINSERT INTO nowhere;\n")
    done = desk.run("add", "a", "--from", dump, *ADD, "--load")
    assert done.status == 2
    assert "cannot be loaded" in done.err
    assert list(desk.datasets.iterdir()) == []


def test_a_disk_that_is_full_leaves_nothing_and_is_said(desk, monkeypatch):
    # given room for a part of it
    def short(source, target, told):
        target.write_bytes(source.read_bytes()[:100])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(drafting, "copied", short)
    done = desk.run("add", "a", "--from", desk.dump(), *ADD)
    assert done.status == 75
    assert "could not be written: No space left on device" in done.err
    assert list(desk.datasets.iterdir()) == []


def test_a_dataset_is_never_overwritten(desk):
    desk.run("add", "a", "--from", desk.dump(), *ADD)
    before = (desk.datasets / "a" / "dataset.yaml").read_bytes()
    done = desk.run("add", "a", "--from", desk.dump("other.sqlite"), *ADD)
    assert done.status == 2
    assert "never overwritten" in done.err
    assert (desk.datasets / "a" / "dataset.yaml").read_bytes() == before


def test_what_a_killed_command_left_is_no_dataset_and_in_nobodys_way(desk):
    # given a half-made folder
    left = desk.datasets / ".a.new"
    left.mkdir()
    (left / "seed.sqlite").write_text("half")
    (left / "dataset.yaml").write_text("project: [")
    # then it is not seen
    assert desk.rows("list") == []
    # and while another command is at work on it, it is its own
    held = os.open(left, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    done = desk.run("add", "a", "--from", desk.dump(), *ADD)
    assert done.status == 2
    assert "another command is making the dataset a" in done.err
    os.close(held)
    # and afterwards it is made anew
    done = desk.run("add", "a", "--from", desk.folder / "dump.sqlite", *ADD)
    assert done.status == 0, done.err
    assert [path.name for path in desk.datasets.iterdir()] == ["a"]
    assert desk.rows("check")[0]["state"] == "ok"


@pytest.mark.parametrize("name", ["../a", ".a", "a/b", "", "-a"])
def test_a_name_stays_in_the_folder(desk, name):
    done = desk.run("add", *ADD, "--from", desk.dump(), "--", name)
    assert done.status == 2
    assert "is no name for a dataset" in done.err
