"""What builds of every kind leave behind in our processes: nothing."""

import collections
import contextlib
import os
import threading
from pathlib import Path

import pytest

WAYS = [
    {"DO": "true"},
    {"DO": "exit 1"},
    {"DO": "exit 75"},
    {"DO": "(sleep 600 &) ; exit 0"},
    {"DO": "true", "LOG_PATH": "../refused"},
    {"DO": "kill -9 $PPID"},
    {"DO": 'echo x > "$TH_RESULTS_DIR/artefact"'},
]


def holdings(pid):
    """Return descriptors by kind, threads, and children of a process."""
    kinds = []
    for name in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(FileNotFoundError):  # closed just then
            target = os.readlink(f"/proc/{pid}/fd/{name}")
            kinds.append(target.split(":")[0].split("/")[0] or target)
    threads = sorted(
        Path(f"/proc/{pid}/task/{task}/comm").read_text()
        for task in os.listdir(f"/proc/{pid}/task")
    )
    return sorted(kinds), threads


@pytest.mark.parametrize(
    "builds", [70, pytest.param(300, marks=pytest.mark.heavy)]
)
def test_nothing_is_left(site, geard, zuul_of, until, children, builds):
    worker = site.start(geard.address)
    zuul = zuul_of(geard.address)
    server = worker.fork_server()
    waiting = "exec sleep 600"

    def settled():
        """Wait until spares stand ready and nothing else does."""
        until(lambda: not site.builds())
        until(lambda: len(children(server)) == 2)
        until(
            lambda: all(
                len(children(keeper)) == 2 for keeper in children(server)
            )
        )
        return [holdings(pid) for pid in (worker.pid, server)]

    def at_rest():
        """What is held at many looks: who just forked has more to close."""
        looks = collections.deque(maxlen=20)

        def the_same():
            looks.append(settled())
            return looks.count(looks[0]) == looks.maxlen

        until(the_same)
        return looks[0]

    def build(count):
        told = []
        for number in range(count):
            way = WAYS[number % len(WAYS)]
            if number % 10 == 9:
                told.append(zuul.launch(parameters={"DO": waiting}))
                assert zuul.cancel(told[-1])
            else:
                told.append(zuul.launch(parameters=way))
        for one in told:
            one.wait()

    build(20)
    before = at_rest()
    assert not [kind for kind in before[1][0] if "(deleted)" in kind]
    folders = {path.name for path in site.state.iterdir()}

    build(builds)

    assert at_rest() == before
    assert {path.name for path in site.state.iterdir()} == folders
    assert not list((site.state / "builds").iterdir())
    assert worker.fork_server() == server
    names = {thread.name for thread in threading.enumerate()}
    assert "slot" not in names  # they are the worker's, not ours
    others = set(site.processes()) - {worker.pid, server}
    spares = set(children(server))
    assert others == spares | {
        pid for spare in spares for pid in children(spare)
    }
