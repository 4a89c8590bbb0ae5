"""Faults of climbing and showing real data, and who must notice them."""

PLUGIN = "turbo_hipster_plugins/real_db_upgrade/"
ROOM = f"{PLUGIN}turbo_hipster_real_db_upgrade/"
TESTS = f"{PLUGIN}tests/"

MUTATIONS = [
    {
        "name": "a layer whose files were written to is taken as it is",
        "file": f"{ROOM}climbing/soundness.py",
        "find": "if now[key] != seen.get(key)]",
        "replace": "if key not in seen]",
        "test": f"{TESTS}climbing/soundness_test.py::"
        "test_a_file_that_was_written_to_is_noticed",
    },
    {
        "name": "a server that somebody killed is the step's fault",
        "file": f"{ROOM}climbing/downfall.py",
        "find": "    if OF_ITSELF.search(log) and not KILLED.search(log):\n",
        "replace": "    if log is not None:\n",
        "test": f"{TESTS}climbing/downfall_test.py::"
        "test_a_server_that_somebody_killed_says_nothing_of_a_step",
    },
    {
        "name": "a stall is drawn where its step began",
        "file": f"{ROOM}showing/timeline.py",
        "find": "            yield one.began - start + at, stall.seconds\n",
        "replace": "            yield one.began - start, stall.seconds\n",
        "test": f"{TESTS}showing/showing_test.py::"
        "test_steps_stalls_and_locks_stand_on_one_axis",
    },
    {
        "name": "values stand in the statements that a tool tells",
        "file": f"{ROOM}showing/statements.py",
        "find": "        normalised(text, engine) for text in",
        "replace": "        text for text in",
        "test": f"{TESTS}showing/showing_test.py::"
        "test_no_value_is_shown_of_statements_that_the_tool_tells",
    },
]
