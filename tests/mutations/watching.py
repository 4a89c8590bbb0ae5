"""Faults of watching: who looks well and is not, and who gets in the way."""

TESTS = "tests/unit/watching/"


def fault(name, file, find, replace, test):
    """Return one mutation; file and test are relative to the room's."""
    return {
        "name": name,
        "file": "turbo_hipster/" + file,
        "find": find,
        "replace": replace,
        "test": test if test.startswith("tests/") else TESTS + test,
    }


MUTATIONS = [
    fault(
        "a loop that stands still takes jobs for all one hears",
        "watching/pages.py",
        "return found + stalled(taking, limit)",
        "return found",
        "pages_test.py::test_one_loop_that_stands_still_is_not_ready[slot-1]",
    ),
    fault(
        "a loop turns and nobody is told",
        "gearman/switch.py",
        "        self._turned()\n",
        "",
        "tests/unit/gearman_switch_test.py",
    ),
    fault(
        "silent guests keep everybody out",
        "watching/listener.py",
        "            self._guests.pop(0).close()\n",
        "            connection.close()\n            return\n",
        "listener_test.py::test_many_who_wait_keep_nobody_out",
    ),
    fault(
        "a worker without servers is ready",
        "watching/pages.py",
        'if not any(one["registered"] for one in status["servers"]):',
        'if not status["servers"]:',
        "pages_test.py::test_every_reason_is_named",
    ),
]
