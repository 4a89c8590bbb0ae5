"""Builds are processes that share a store, and may be killed at any moment."""

import contextlib
import os
import signal
import subprocess
import sys
import threading

import pytest

from turbo_hipster_databases.snapshots import Store

MAKER = """
import os, sys
from pathlib import Path
from turbo_hipster_databases.snapshots import Manifest, Store

def fill(folder):
    with open(sys.argv[2], "a") as file:
        file.write("made\\n")
    (folder / "data").write_bytes(b"x" * 2**20)
    (folder / "more").write_text("more")

with Store(Path(sys.argv[1])) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    made = store.make(Manifest("sqlite", "3"), fill)
    assert (made.layers[0] / "more").read_text() == "more"
"""

HALF = """
import sys, time
from pathlib import Path
from turbo_hipster_databases.snapshots import Manifest, Store

def fill(folder):
    (folder / "half").write_text("half")
    print("half made", flush=True)
    sys.stdin.readline()

Store(Path(sys.argv[1])).make(Manifest("sqlite", "3"), fill)
"""

HOLDER = """
import sys
from pathlib import Path
from turbo_hipster_databases.snapshots import Manifest, Store

store = Store(Path(sys.argv[1]))
assert store.find(Manifest("sqlite", "3"))
print("held", flush=True)
sys.stdin.readline()
"""

KEY_OF_ALL = ("sqlite", "3")


@pytest.fixture
def start(tmp_path):
    """Return a function that starts a process; all are killed in the end."""
    with contextlib.ExitStack() as stack:

        def begin(text, *arguments):
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", text, *map(str, arguments)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            stack.callback(process.kill)
            return process

        yield begin


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "snapshots"


@pytest.fixture
def store(folder):
    with Store(folder) as store:
        yield store


@pytest.fixture
def wanted():
    from turbo_hipster_databases.snapshots import Manifest

    return Manifest(*KEY_OF_ALL)


def whole(folder):
    (folder / "whole").write_text("whole")


def test_of_several_makers_one_makes(start, folder, tmp_path):
    notes = tmp_path / "notes"
    makers = [start(MAKER, folder, notes) for _ in range(5)]
    for maker in makers:
        assert maker.stdout.readline() == "ready\n"
    for maker in makers:
        maker.stdin.write("\n")
        maker.stdin.flush()
    assert [maker.wait(60) for maker in makers] == [0] * 5
    assert notes.read_text() == "made\n"


def test_what_a_killed_maker_left_is_removed(start, folder, store, wanted):
    maker = start(HALF, folder)
    assert maker.stdout.readline() == "half made\n"
    (half,) = folder.glob(".making-*")
    assert (half / "data" / "half").exists()
    assert store.find(wanted) is None
    maker.send_signal(signal.SIGKILL)
    maker.wait(60)
    made = store.make(wanted, whole)
    assert os.listdir(made.layers[0]) == ["whole"]
    assert not list(folder.glob(".making-*"))
    assert os.listdir(folder / ".locks") == []


def test_what_a_killed_maker_of_another_left_is_removed_too(
    start, folder, store, wanted
):
    from turbo_hipster_databases.snapshots import Manifest

    maker = start(HALF, folder)
    assert maker.stdout.readline() == "half made\n"
    other = Manifest("sqlite", "4")
    store.make(other, whole)
    assert list(folder.glob(".making-*")), "its maker is still at work"
    maker.send_signal(signal.SIGKILL)
    maker.wait(60)
    store.make(Manifest("sqlite", "5"), whole)
    assert not list(folder.glob(".making-*"))
    assert os.listdir(folder / ".locks") == []


def test_who_waits_for_a_maker_that_dies_makes_it(
    start, folder, store, wanted
):
    maker = start(HALF, folder)
    assert maker.stdout.readline() == "half made\n"
    answers = []
    waiter = threading.Thread(
        target=lambda: answers.append(store.make(wanted, whole)),
        name="waits for the maker",
    )
    waiter.start()
    maker.send_signal(signal.SIGKILL)
    maker.wait(60)
    waiter.join(60)
    assert os.listdir(answers[0].layers[0]) == ["whole"]


def test_one_that_another_process_uses_is_not_dropped(
    start, folder, store, wanted
):
    made = store.make(wanted, whole)
    store.close()
    holder = start(HOLDER, folder)
    assert holder.stdout.readline() == "held\n"
    assert [entry.in_use for entry in store.list()] == [True]
    assert store.prune(2**60) == []
    assert (made.layers[0] / "whole").exists()
    holder.send_signal(signal.SIGKILL)
    holder.wait(60)
    assert [entry.in_use for entry in store.list()] == [False]
    assert [one.key for one in store.prune(2**60)] == [made.key]
    assert not made.folder.exists()


def test_makers_and_pruners_at_once_do_no_harm(folder, wanted):
    """Every snapshot that a build is handed stays whole while it is held."""
    stop = threading.Event()
    faults = []

    def prunes():
        with Store(folder) as mine:
            while not stop.is_set():
                mine.prune(2**60)

    def makes():
        for _ in range(50):
            with Store(folder) as mine:
                made = mine.make(wanted, whole)
                if (made.layers[0] / "whole").read_text() != "whole":
                    faults.append("not whole")

    def guarded(work):
        try:
            work()
        except Exception as error:
            faults.append(error)

    folder.mkdir()
    pruner = threading.Thread(target=guarded, args=(prunes,), name="prunes")
    makers = [
        threading.Thread(target=guarded, args=(makes,), name=f"makes {number}")
        for number in range(3)
    ]
    for thread in [pruner, *makers]:
        thread.start()
    for maker in makers:
        maker.join(90)
    stop.set()
    pruner.join(30)
    assert faults == []
