"""Faults of the pass over the data, and who must notice them."""

_PLUGIN = "turbo_hipster_plugins/real_db_upgrade"
_ROOM = f"{_PLUGIN}/turbo_hipster_real_db_upgrade"
_TESTS = f"{_PLUGIN}/tests"

MUTATIONS = [
    {
        "name": "a DELETE without a WHERE is one with it",
        "file": f"{_ROOM}/checking/data/writing.py",
        "find": "Way.SOME if narrowed else Way.EVERY",
        "replace": "Way.SOME",
        "test": f"{_TESTS}/checking/data/story_test.py::"
        "test_the_ways_in_which_rows_go_are_known",
    },
    {
        "name": "a value that is worked out is copied as it is",
        "file": f"{_ROOM}/checking/data/fates.py",
        "find": "                written.add(back.get(column, column))\n",
        "replace": "                continue\n",
        "test": f"{_TESTS}/checking/data/story_test.py::"
        "test_a_table_that_is_copied_is_the_same_rows",
    },
    {
        "name": "SQLite compares values as their collation does",
        "file": f"{_ROOM}/checking/data/comparing/attached.py",
        "find": "({old} COLLATE BINARY IS NOT {new})",
        "replace": "({old} IS NOT {new})",
        "test": f"{_TESTS}/checking/data/comparing_test.py::"
        "test_a_value_that_did_not_outlast_its_new_type_is_seen[sqlite]",
    },
    {
        "name": "an engine's details, with rows in them, are told",
        "file": f"{_ROOM}/judging/scrubbing.py",
        "find": '    message = AFTER.sub("", message)\n',
        "replace": "",
        "test": f"{_TESTS}/judging/scrubbing_test.py::"
        "test_values_are_taken_out_and_names_are_not",
    },
]
