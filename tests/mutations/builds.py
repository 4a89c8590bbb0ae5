"""Faults of the rooms that do a build, and who must notice them."""

ROOM = "turbo_hipster/builds/"
TESTS = "tests/functional/builds/"


def fault(name, file, find, replace, test):
    """Return one mutation; file and test are relative to the room's."""
    where = "" if test.startswith("tests/") else TESTS
    return {
        "name": f"builds: {name}",
        "file": ROOM + file,
        "find": find,
        "replace": replace,
        "test": where + test,
    }


MUTATIONS = [
    {
        "name": "a wait for no time never ends",
        "file": "turbo_hipster/builds/asking.py",
        "find": "max(timeout, LEAST)",
        "replace": "timeout",
        "test": "tests/unit/builds_asking_test.py::"
        "test_who_waits_for_no_time_at_all_gets_an_answer[0]",
    },
    fault(
        "nothing is killed at the end",
        "ending.py",
        "        left = technique.kill(deadline)\n",
        "        left = []\n",
        "scripts_test.py::test_nothing_of_a_build_lives_while_it_is_published"
        "[descendants-root]",
    ),
    fault(
        "TERM is not given time",
        "ending.py",
        "        _Grace(loop, technique, grace, spare).wait()\n",
        "",
        "scripts_test.py::"
        "test_a_script_is_given_the_time_to_say_its_last_words[descendants-root]",
    ),
    fault(
        "a cancel is not heard",
        "keeper.py",
        '            if "cancel" in message:\n',
        '            if "please" in message:\n',
        "scripts_test.py::test_a_build_is_cancelled_while_it_checks_out",
    ),
    fault(
        "a command's orphans are left to the end of the build",
        "tree.py",
        "        left = containment.kill_children(\n"
        "            time.monotonic() + LAST_EFFORT, keep=self._keep()\n"
        "        )\n",
        "        left: list[containment.Left] = []\n",
        "commands_test.py::test_what_a_command_leaves_ends_with_it[descendants-root]",
    ),
    fault(
        "the death of the worker ends nothing",
        "keeper.py",
        '            self._end(outcome.lost("the worker died"))\n',
        "",
        "kills_test.py::"
        "test_a_killed_worker_leaves_nothing_and_its_build_is_found"
        "[descendants-root-worker]",
    ),
    fault(
        "the journal begins after the build process",
        "launcher.py",
        '            journal["started"] = facts["started"]\n',
        '            journal["started"] += 1\n',
        "kills_test.py::"
        "test_a_killed_worker_leaves_nothing_and_its_build_is_found"
        "[descendants-root-all]",
    ),
    fault(
        "a lost build's order stays after it was published",
        "keeper.py",
        "            self._workspace.order.unlink()\n",
        "            self._workspace.order.stat()\n",
        "disk_test.py::test_a_folder_that_is_kept_needs_no_mirror",
    ),
    fault(
        "the clock can be set back",
        "limits.py",
        "        if self._runs:\n            return\n",
        "",
        "plugins_test.py::test_the_clock_cannot_be_set_back",
    ),
    fault(
        "processes are not counted",
        "limits.py",
        "if len(technique.processes()) > most:",
        "if len(technique.processes()) > most * 1000:",
        "plugins_test.py::test_a_bomb_is_stopped_and_is_the_changes_fault[descendants-root]",
    ),
    fault(
        "a child of the task's comes back and leaves a result",
        "judging.py",
        "        if os.getpid() != me:",
        "        if os.getpid() == me - 1:",
        "plugins_test.py::test_a_child_that_comes_back_leaves_no_result",
    ),
    fault(
        "a result counts, however the process ended",
        "outcome.py",
        "    if status:\n",
        "    if status > 255:\n",
        "plugins_test.py::test_a_result_of_one_that_died_does_not_count",
    ),
    fault(
        "any verdict is taken from a task",
        "outcome.py",
        "            if verdict not in JUDGED:\n",
        "            if not JUDGED:\n",
        "plugins_test.py::test_a_result_that_is_none_is_an_error",
    ),
    fault(
        "links and pipes are opened",
        "reading.py",
        "os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC",
        "os.O_RDONLY | os.O_CLOEXEC",
        "plugins_test.py::test_who_cannot_judge_is_an_error_that_says_why"
        "[LeavesAPipeForAResult]",
    ),
    fault(
        "the report's folder may be a link",
        "tidying.py",
        "        return stat.S_ISDIR(path.lstat().st_mode)\n",
        "        return stat.S_ISDIR(path.stat().st_mode)\n",
        "plugins_test.py::test_links_in_the_place_of_folders_are_not_followed",
    ),
    fault(
        "sentences are not redacted",
        "keeper.py",
        "            sentences=tuple(map(self._clean, "
        "self._outcome.sentences)),\n",
        "            sentences=self._outcome.sentences,\n",
        "parameters_test.py::"
        "test_a_secret_is_not_in_the_answer_when_publishing_dies",
    ),
    fault(
        "the name of a step is not redacted",
        "progress.py",
        'news["step"] = self._clean(news["step"])',
        "pass",
        "parameters_test.py::test_a_secret_appears_nowhere[TellsSecrets-"
        "params0]",
    ),
    fault(
        "the report is not redacted",
        "publication.py",
        "            report = _cleaned(report, self.clean)\n",
        "            report = report\n",
        "parameters_test.py::test_a_secret_appears_nowhere[TellsSecrets-"
        "params0]",
    ),
    fault(
        "problems of publishers are not redacted",
        "publication.py",
        'self.problems.append(self.clean(f"{what}: {text}"))',
        'self.problems.append(f"{what}: {text}")',
        "parameters_test.py::test_a_secret_appears_nowhere[TellsSecrets-"
        "params0]",
    ),
    fault(
        "what nobody published is thrown away",
        "publication.py",
        "            self._set_aside()\n",
        "            pass\n",
        "scripts_test.py::test_what_nobody_publishes_is_kept",
    ),
    fault(
        "what hung while it was published is thrown away",
        "publishing.py",
        ", workspace.set_aside()]",
        "]",
        "scripts_test.py::test_publishing_has_a_limit_and_loses_nothing",
    ),
    fault(
        "mounts are not detached",
        "workspace.py",
        "    problem = _unmount_below(root)\n",
        "    problem = None\n",
        "disk_test.py::test_mounts_in_the_workspace_are_detached_first"
        "[descendants-root]",
    ),
    fault(
        "what is kept goes on borrowing",
        "keeping.py",
        "                copy_objects(path, _execute, log=LOG)\n",
        "                pass\n",
        "disk_test.py::test_a_folder_that_is_kept_needs_no_mirror",
    ),
    fault(
        "upload rights are passed on unasked",
        "request.py",
        "elif not swift and _is_swift(name):",
        "elif swift and _is_swift(name):",
        "parameters_test.py::"
        "test_upload_rights_are_passed_on_only_when_asked_for",
    ),
    fault(
        "the change excuses itself",
        "laying.py",
        "        here if from_change else there, today\n",
        "        here, today\n",
        "acceptance_test.py::"
        "test_what_the_change_adds_is_shown_as_proposed_only",
    ),
    fault(
        "what has expired counts still",
        "acceptance.py",
        "            if entry.until >= self.today:\n",
        "            if entry.until:\n",
        "tests/unit/builds_acceptance_test.py::"
        "test_accepted_until_its_day_and_not_a_day_longer",
    ),
    fault(
        "a descriptor is lost with each keeper",
        "forkserver.py",
        "        spare.line.close()\n\n    def _fork",
        "        self._loop.__dict__.setdefault('x', []).append(spare.line)"
        "\n\n    def _fork",
        "parameters_test.py::test_ends_meet_after_two_hundred_builds",
    ),
]
