"""A loop says that it turns, whatever it finds."""

import time

from turbo_hipster.gearman.switch import Switch


def test_each_turn_is_told_before_it_waits():
    turns = []
    switch = Switch((), lambda: turns.append(time.monotonic()))

    assert switch.turn((), 0) == []
    assert switch.turn((), 0) == []

    assert len(turns) == 2
