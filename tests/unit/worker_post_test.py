"""The status file: whole or not there, and gone with its worker."""

import json
import os
import subprocess
import sys

import pytest

from turbo_hipster.worker.post import Post


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "workers").mkdir()
    return tmp_path / "workers"


@pytest.fixture
def dead_pid():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_what_is_written_can_be_read_and_is_taken_away(tmp_path):
    post = Post(tmp_path, "th-1")

    post.write({"pid": 7})

    (path,) = (tmp_path / "workers").iterdir()
    assert path.name == "th-1.json"
    assert json.loads(path.read_text()) == {"pid": 7}
    post.remove()
    assert not list((tmp_path / "workers").iterdir())


def test_what_a_killed_worker_left_is_removed(tmp_path, folder, dead_pid):
    (folder / "old.json").write_text(json.dumps({"pid": dead_pid}))
    (folder / "old.new").write_text("{")

    Post(tmp_path, "th-1")

    assert not list(folder.iterdir())


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", "{}", '{"pid": "x"}', '{"pid": null}', "\ufffd"],
)
def test_what_is_no_status_is_removed_too(tmp_path, folder, text):
    (folder / "broken.json").write_text(text)

    Post(tmp_path, "th-1")

    assert not list(folder.iterdir())


def test_a_living_workers_status_stays(tmp_path, folder):
    (folder / "other.json").write_text(json.dumps({"pid": os.getpid()}))

    Post(tmp_path, "th-1")

    assert [path.name for path in folder.iterdir()] == ["other.json"]


def test_a_full_disk_costs_the_news_only(tmp_path):
    post = Post(tmp_path, "th-1")
    (tmp_path / "workers" / "th-1.new").mkdir()  # it cannot be written

    post.write({"pid": 7})

    assert not (tmp_path / "workers" / "th-1.json").exists()
