"""Wait for a condition, never for a time."""

import threading
import time

import pytest

LIMIT = 60
"""Seconds that anything may take; the machine may be busy."""


def until(condition, seconds=LIMIT, what="it did not come true in time"):
    """Wait until ``condition()`` is true, and return what it said."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        said = condition()
        if said:
            return said
        assert time.monotonic() < end, what() if callable(what) else what
        pause.wait(0.01)


def wait_until(condition, what):
    """Wait until ``condition()`` is true; ``what`` is waited for."""
    return until(condition, what=f"waited in vain for {what}")


@pytest.fixture(name="until")
def until_fixture():
    return until


@pytest.fixture(name="wait_until")
def wait_until_fixture():
    return wait_until
