"""Faults of the history and its commands, and who must notice them."""

ROOM = "turbo_hipster_plugins/databases/turbo_hipster_databases/history/"
TESTS = "turbo_hipster_plugins/databases/tests/history/"


def fault(name, file, find, replace, test):
    """Return one mutation; file and test are relative to the room's."""
    return {
        "name": name,
        "file": ROOM + file,
        "find": find,
        "replace": replace,
        "test": TESTS + test,
    }


MUTATIONS = [
    fault(
        "the 99th percentile of few runs is the fastest one",
        "limits.py",
        "rank = math.ceil(share * len(values) - 1e-9)",
        "rank = int(len(values) * (1 - share))",
        "suggesting_test.py::"
        "test_the_99th_percentile_of_some_runs_is_the_slowest",
    ),
    fault(
        "a packed log is another build than the same log",
        "importing.py",
        "                digest.update(line)\n",
        "                digest.update(bytes(path))\n",
        "importing_test.py::test_a_packed_log_is_the_same_run",
    ),
    fault(
        "what a killed migration of the history left is made again",
        "migrations/versions/r0001_runs_and_steps.py",
        '    if not _is_there("runs"):\n',
        "    if revision:\n",
        "rerun_test.py::test_what_is_there_already_is_left_as_it_is",
    ),
]
