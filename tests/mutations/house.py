"""Faults of the whole service; each must turn its test red."""

MUTATIONS = [
    {
        "name": "a cancel that comes along with the order is forgotten",
        "file": "turbo_hipster/builds/keeper.py",
        "find": "if self._worker.early:",
        "replace": "if False:",
        "test": "tests/functional/house/test_service.py::"
        "test_a_stop_that_follows_the_first_packet_at_once_ends_the_build",
    },
]
