"""Room for builds, while the configuration changes under them."""

import threading

import pytest

from turbo_hipster.worker.tokens import Tokens


class Slot:
    """Wants a token, in a thread of its own."""

    def __init__(self, tokens):
        self.stopping = threading.Event()
        self.got = None
        self.thread = threading.Thread(
            target=self.run, args=(tokens,), name="slot"
        )
        self.thread.start()

    def run(self, tokens):
        self.got = tokens.take(self.stopping)

    def result(self):
        self.thread.join(10)
        assert not self.thread.is_alive()
        return self.got


@pytest.fixture
def never():
    return threading.Event()


def test_a_token_that_is_there_is_given(never):
    assert Tokens(1).take(never)


def test_who_waits_gets_what_is_given_back(never):
    tokens = Tokens(1)
    tokens.take(never)
    slot = Slot(tokens)

    assert slot.thread.is_alive()
    tokens.give_back()

    assert slot.result() is True


def test_who_waits_can_be_told_to_go(never):
    tokens = Tokens(1)
    tokens.take(never)
    slot = Slot(tokens)

    slot.stopping.set()
    tokens.wake()

    assert slot.result() is False


def test_a_smaller_pool_waits_until_enough_came_back(never):
    tokens = Tokens(2)
    tokens.take(never)
    tokens.take(never)
    tokens.resize(1)
    slot = Slot(tokens)

    tokens.give_back()
    slot.thread.join(0.05)
    assert slot.thread.is_alive()  # one runs, and one is the limit now
    tokens.give_back()

    assert slot.result() is True


def test_a_larger_pool_serves_those_who_wait(never):
    tokens = Tokens(1)
    tokens.take(never)
    slot = Slot(tokens)

    tokens.resize(2)

    assert slot.result() is True


def test_who_is_told_to_go_takes_nothing_along(never):
    tokens = Tokens(1)
    never_mind = threading.Event()
    never_mind.set()

    assert tokens.take(never_mind) is False
    assert tokens.take(never) is True
