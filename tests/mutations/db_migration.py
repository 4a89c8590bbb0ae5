"""Faults of db_migration's checks, and who must notice them."""

PLUGIN = "turbo_hipster_plugins/db_migration/"
ROOM = f"{PLUGIN}turbo_hipster_db_migration/"
TESTS = f"{PLUGIN}tests/unit/"


def fault(name, file, find, replace, test):
    """Return one mutation; file and test are relative to the plugin's."""
    return {
        "name": name,
        "file": ROOM + file,
        "find": find,
        "replace": replace,
        "test": TESTS + test,
    }


MUTATIONS = [
    fault(
        "M101: a second head is let pass",
        "checks/walking.py",
        "if len(history.heads) <= most:",
        "if len(history.heads) <= most + 1:",
        "walking_test.py::test_more_heads_than_declared_are_named",
    ),
    fault(
        "M102: a step that fails is gone past",
        "walk.py",
        "            walk.failed = up\n            return\n",
        "            return\n",
        "walking_test.py::"
        "test_a_step_that_fails_is_named_with_statement_and_error",
    ),
    fault(
        "M102: what broke from outside is excused",
        "checks/walking.py",
        "was.walk.failed is None:\n        return False\n",
        "was.walk.failed is None:\n        return True\n",
        "walking_test.py::"
        "test_a_step_that_the_change_broke_from_outside_fails",
    ),
    fault(
        "M102: the change is blamed for a history that was broken before",
        "checks/unreadable.py",
        "known = was.broken is not None and _alike(ground, error, was)",
        "known = False",
        "known_test.py::"
        "test_a_history_that_could_not_be_read_before_is_a_note",
    ),
    fault(
        "M103: the end of the walk is not looked at",
        "checks/walking.py",
        "if wanted == reached:",
        "if wanted:",
        "walking_test.py::test_a_database_that_is_not_at_the_newest_is_found",
    ),
    fault(
        "M104: models that differ are let pass",
        "checks/models.py",
        "plain(line, here) not in old]",
        "plain(line, here) in old]",
        "walking_test.py::test_models_that_differ_are_shown_line_by_line",
    ),
    fault(
        "M104: the change is blamed for what was there before",
        "checks/models.py",
        "lines = (was.walk.differences if was.walk else None) or ()",
        "lines: tuple[str, ...] = ()",
        "walking_test.py::"
        "test_models_that_differed_before_the_change_are_a_note",
    ),
    fault(
        "M201: a downgrade that fails counts as none",
        "checks/undoing.py",
        'if undone is None or (failure and failure.kind == "not_implemented")',
        "if undone is None or failure",
        "undoing_test.py::test_a_step_that_cannot_be_undone_is_found",
    ),
    fault(
        "M201: the floor spares nothing",
        "walk.py",
        "if migration.revision in self._undoable:",
        "if migration.revision:",
        "undoing_test.py::test_what_lies_at_or_below_the_floor_is_not_undone",
    ),
    fault(
        "M201: each downgrade that fails has the walk begin anew",
        "walk.py",
        "self._begin(self._states.at((*stage.path, stage.migration)))",
        "self._begin(States(self._ground).at((*stage.path, stage.migration)))",
        "undoing_test.py::"
        "test_a_history_whose_every_downgrade_fails_is_not_walked_again",
    ),
    fault(
        "M202: the schema is compared with itself",
        "checks/undoing.py",
        "left = compare(stage.before, undone.trace)",
        "left = compare(undone.trace, undone.trace)",
        "undoing_test.py::test_what_is_left_after_undoing_is_shown",
    ),
    fault(
        "M203: a step is not done again",
        "checks/undoing.py",
        "    _redo(ground, stage, undone)\n",
        "",
        "undoing_test.py::test_a_step_that_cannot_be_done_again_is_found",
    ),
    fault(
        "M203: the walk goes on from a damaged database",
        "walk.py",
        "        if undone.again.ran.failure:\n"
        "            self._afresh(stage)\n",
        "        if undone.again.ran.failure:\n",
        "undoing_test.py::"
        "test_the_walk_goes_on_from_a_sound_database_after_a_fault",
    ),
    fault(
        "M301: what was killed is not run again",
        "checks/halfway.py",
        "if set(stepper.current()) != set(stage.reached):",
        "if not stepper:",
        "halfway_test.py::test_a_step_that_cannot_be_run_again_is_found",
    ),
    fault(
        "M301: the end is not compared",
        "checks/halfway.py",
        "    other = compare(stage.after, schema)\n",
        "    other = compare(schema, schema)\n",
        "halfway_test.py::test_a_step_that_ends_in_another_schema_is_found",
    ),
    fault(
        "M301: rows are not counted",
        "checks/halfway.py",
        "if now[name] != stage.rows.get(name, 0)",
        "if name not in now",
        "halfway_test.py::test_rows_that_are_written_twice_are_found",
    ),
    fault(
        "M301: a step too short is passed over in silence",
        "checks/halfway.py",
        "        ground.board.skipped(ground.name, HALFWAY, revision, why)\n",
        "",
        "halfway_test.py::test_a_step_too_short_to_be_killed_by_time_is_said",
    ),
    fault(
        "M302: only one of two starts is made",
        "checks/together.py",
        "    meeting = threading.Barrier(2, timeout=MEETING)\n",
        "    meeting = threading.Barrier(1)\n    steps = steps[1:]\n",
        "together_test.py::test_two_starts_that_write_rows_twice_do_harm",
    ),
    fault(
        "M302: a start that hangs is let pass",
        "checks/together.py",
        'if failure.kind == "hang":',
        'if failure.kind == "hung":',
        "together_test.py::test_starts_that_wait_for_each_other_do_harm",
    ),
    fault(
        "M401: engines are not compared",
        "checks/engines.py",
        "return equivalent(one.schema, other.schema)",
        "return equivalent(one.schema, one.schema)",
        "engines_test.py::test_a_schema_that_only_one_engine_has_is_found",
    ),
    fault(
        "M401: the change is blamed for what was there before",
        "checks/engines.py",
        "if (str(one) in old) is known]",
        "if not known]",
        "engines_test.py::"
        "test_what_was_unlike_before_the_change_is_not_its_fault",
    ),
    fault(
        "M401: nobody asks where engines ended before the change",
        "checks/engines.py",
        "ends = was.get(first), was.get(name)\n",
        'ends = was.get(""), was.get("")\n',
        "engines_test.py::"
        "test_what_comes_behind_the_first_judged_step_may_be_old_too",
    ),
    fault(
        "M501: squawk's words are not read",
        "checks/squawk.py",
        'if line.startswith("["):',
        'if line.startswith("{"):',
        "squawk_test.py::test_what_it_says_warns_with_the_statement",
    ),
    fault(
        "M501: of what squawk says only the end is read",
        "checks/squawk.py",
        'parsed(says.read_text(errors="replace") if says.exists() else "")',
        'parsed(says.read_text(errors="replace")[-(2**16) :])',
        "squawk_test.py::test_all_that_it_says_is_read_however_much_it_is",
    ),
    fault(
        "what is off the table is said to be ok",
        "board.py",
        "            if self._cells.get(key) in (None, OK):\n",
        "            if self._cells.setdefault(key, OK) in (None,):\n",
        "walking_test.py::test_a_tool_that_cannot_compare_is_said",
    ),
]
