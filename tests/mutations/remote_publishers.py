"""Faults of publishing to remote stores; each must turn its test red."""

_ROOM = "turbo_hipster_plugins/publishers/turbo_hipster_publishers"
_FILE = "turbo_hipster_plugins/publishers/tests/file_test.py"

MUTATIONS = [
    {
        "name": "a remote folder that is there is taken",
        "file": f"{_ROOM}/url/store.py",
        "find": "except FileExistsError:\n                return False",
        "replace": "except FileExistsError:\n                return True",
        "test": f"{_FILE}::test_what_is_there_is_not_overwritten",
    },
    {
        "name": "a link is sent to the store",
        "file": f"{_ROOM}/outgoing.py",
        "find": "elif not stat.S_ISREG(mode):",
        "replace": "elif stat.S_ISFIFO(mode):",
        "test": f"{_FILE}::test_links_and_pipes_are_named_and_not_published",
    },
    {
        "name": "each attempt has a patience of its own",
        "file": f"{_ROOM}/patience.py",
        "find": "        tries = 0\n",
        "replace": "        tries, self._first, self._paused = 0, None, 0\n",
        "test": f"{_FILE}::test_all_attempts_of_a_build_share_its_patience",
    },
    {
        "name": "what will not pass is tried again",
        "file": f"{_ROOM}/url/errors.py",
        "find": "if found is None:",
        "replace": "if True:",
        "test": f"{_FILE}::test_what_is_in_the_way_is_named_with_the_next"
        "_move",
    },
]
