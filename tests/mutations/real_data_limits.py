"""Faults of limits and growth on real data, and who must notice them."""

ROOM = "turbo_hipster_plugins/real_db_upgrade/turbo_hipster_real_db_upgrade/"
TESTS = "turbo_hipster_plugins/real_db_upgrade/tests/"


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
        "history goes before what the job's file says of a step",
        "judging/limits.py",
        "        if of_step is not None:\n            return of_step\n",
        "        if of_step is not None and not self.learn(step, quantity):\n"
        "            return of_step\n",
        "judging/limits_test.py::test_the_closest_word_counts",
    ),
    fault(
        "a wide limit of the file goes before a close one",
        "judging/limits_file.py",
        "steps = {**one.steps, **steps}",
        "steps = {**steps, **one.steps}",
        "judging/limits_test.py::test_a_closer_name_goes_before_a_wider_one",
    ),
    fault(
        "a law is read out of the jitter of short times",
        "growth.py",
        "return NOISE * seconds + JITTER",
        "return NOISE * seconds",
        "growth_test.py::test_jitter_makes_no_short_linear_step_steep",
    ),
    fault(
        "sizes that could tell nothing are taken",
        "options.py",
        "len(found) < growth.FEWEST",
        "not found",
        "task/options_test.py::test_sizes_that_could_tell_nothing_are_refused",
    ),
    fault(
        "of several findings one is told that is far over, not the worst",
        "judging/pointing.py",
        "return place, -over",
        "return 0, -over",
        "judging/pointing_test.py::"
        "test_what_blocks_is_worse_than_what_takes_long",
    ),
    fault(
        "what a project's own exception says is told",
        "judging/reasons.py",
        "    if name in OF_CODE:\n",
        "    if name:\n",
        "judging/reasons_test.py::test_no_value_is_told",
    ),
]
