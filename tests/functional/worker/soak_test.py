"""A thousand builds while things die: each is answered once, and rightly.

SOAK_SEED in the environment throws the dice in another way.
"""

import collections
import contextlib
import os
import random
import signal

import pytest

BUILDS = 1000
AHEAD = 12
"""Jobs that are in the queue or in a slot."""

EXPECTED = {0: "SUCCESS", 1: "FAILURE", 75: "RETRY"}


def kill(pid):
    with contextlib.suppress(ProcessLookupError):  # it went by itself
        os.kill(pid, signal.SIGKILL)


@pytest.mark.heavy
@pytest.mark.timeout(1800)
def test_a_thousand_builds_with_deaths_cancels_and_restarts(
    site, geard, zuul_of, until, children
):
    dice = random.Random(os.environ.get("SOAK_SEED", "1"))
    journal = site.folder / "journal"
    worker = site.start(geard.address, slots=2)
    zuul = zuul_of(geard.address)
    waiting, done, cut_off = [], [], []
    disturbed = set()

    def launch():
        status = dice.choice(sorted(EXPECTED))
        told = zuul.launch(
            parameters={
                "DO": f'echo "$ME" >> {journal}; exit {status}',
                "ME": f"{len(waiting) + len(done) + len(cut_off)}",
            }
        )
        told.status = status
        waiting.append(told)

    def running():
        return [told for told in waiting if told.facts and not told.terminal]

    def disturb():
        # whatever ran at such a moment may have an end of another kind
        event = dice.choice(["keeper", "keeper", "fork server", "cancel"])
        disturbed.update(map(id, running()))
        if event == "cancel" and running():
            zuul.cancel(running()[0])
        elif event == "fork server":
            if pid := worker.fork_server():
                kill(pid)
        else:
            for pid in children(worker.fork_server())[:1]:
                disturbed.update(map(id, waiting))
                kill(pid)

    def restart():
        nonlocal zuul
        geard.stop()
        geard.start()
        cut_off.extend(waiting)
        waiting.clear()
        zuul = zuul_of(geard.address)

    events = 0
    while len(done) < BUILDS:
        while len(waiting) < AHEAD:
            launch()
        until(lambda: any(told.terminal for told in waiting), 120)
        over = [told for told in waiting if told.terminal]
        for told in over:
            waiting.remove(told)
        done += over
        if len(done) // 20 > events:
            events += 1
            if events % 10 == 0:
                restart()
            else:
                disturb()
    for told in waiting:
        done.append(told.wait(120))
    until(
        lambda: not site.builds(),
        120,
        lambda: f"left: {[list(path.iterdir()) for path in site.builds()]}",
    )

    tally = collections.Counter(told.conclusion for told in done)
    for told in done:
        told.check()
        assert len(told.terminal) == 1
        assert all(
            facts["number"] == told.job.unique.decode() for facts in told.facts
        )
        allowed = {EXPECTED[told.status]}
        if id(told) in disturbed:
            allowed |= {"RETRY", "IGNORED"}
        assert told.conclusion in allowed, (told.status, told.packets)
    for told in cut_off:
        assert len(told.terminal) <= 1
    # nobody was run twice, and whoever was judged was run
    runs = collections.Counter(journal.read_text().split())
    assert set(runs.values()) == {1}
    judged = tally["SUCCESS"] + tally["FAILURE"]
    assert judged <= len(runs) <= len(done) + len(cut_off)
    assert tally["SUCCESS"] > BUILDS / 5 and tally["FAILURE"] > BUILDS / 5
    assert worker.end(signal.SIGTERM) == 0
