"""Faults of plugins and their probes; each must turn its test red."""

_ROOM = "turbo_hipster/plugins"
_TESTING = "turbo_hipster/testing"
_SHELL = "turbo_hipster_plugins/shell_script"
_PROBE = "tests/functional/plugins/probe_test.py"
_CATALOGUE = "tests/functional/plugins/catalogue_test.py"
_RUN_TASK = "tests/functional/plugins/run_task_test.py"
_SCRIPT = f"{_SHELL}/turbo_hipster_shell_script"

MUTATIONS = [
    {
        "name": "only neighbours are rivals",
        "file": f"{_ROOM}/catalogue.py",
        "find": "owners[plugin.name].append(plugin.distribution)",
        "replace": "owners[plugin.name] = [plugin.distribution]",
        "test": f"{_CATALOGUE}::test_a_name_with_two_owners_is_refused_and"
        "_both_are_named",
    },
    {
        "name": "a distribution seen twice is two",
        "file": f"{_ROOM}/catalogue.py",
        "find": "        if same in seen:\n            continue\n",
        "replace": "        title += ' ' * len(seen)\n",
        "test": f"{_CATALOGUE}::test_one_distribution_seen_twice_is_one",
    },
    {
        "name": "what outlives a command is not looked for",
        "file": f"{_ROOM}/guard.py",
        "find": "    left = kill_all()\n",
        "replace": "    left = 0\n",
        "test": f"{_PROBE}::test_children_in_sessions_of_their_own_are_killed"
        "_too",
    },
    {
        "name": "the guard is no reaper of orphans",
        "file": f"{_ROOM}/guard.py",
        "find": "    PRCTL(PR_SET_CHILD_SUBREAPER, 1)\n",
        "replace": "",
        "test": f"{_PROBE}::test_children_in_sessions_of_their_own_are_killed"
        "_too",
    },
    {
        "name": "the guard does not notice that its caller is gone",
        "file": f"{_ROOM}/guard.py",
        "find": "    poll.register(control, select.POLLIN)\n",
        "replace": "",
        "test": f"{_PROBE}::test_a_probe_dies_with_its_asker",
    },
    {
        "name": "a probe has no limit",
        "file": f"{_ROOM}/probing.py",
        "find": "                        probe.kill()\n",
        "replace": "                        probe.deadline += 60\n",
        "test": f"{_PROBE}::test_a_plugin_that_never_ends_is_killed_at_its"
        "_limit",
    },
    {
        "name": "an answer between garbage is believed",
        "file": f"{_ROOM}/process.py",
        "find": ' and "garbage" not in told',
        "replace": "",
        "test": f"{_PROBE}::test_a_broken_plugin_is_refused_with_its_reason",
    },
    {
        "name": "a forked child answers, too",
        "file": f"{_ROOM}/inside.py",
        "find": "        if os.getpid() != self.process:\n"
        "            os._exit(0)\n",
        "replace": "        line = b'{'; os.write(self.handle, line)\n",
        "test": f"{_PROBE}::test_an_odd_plugin_that_works_is_taken",
    },
    {
        "name": "a core option may be taken",
        "file": f"{_ROOM}/examine.py",
        "find": '        refuse_taken(options, request["core"], plugin.name,'
        " where)\n",
        "replace": "",
        "test": f"{_PROBE}::test_a_broken_plugin_is_refused_with_its_reason",
    },
    {
        "name": "an option of nobody is passed over",
        "file": f"{_ROOM}/examine.py",
        "find": '        refuse_unknown(options, request["core"], '
        'request["raw"], where)\n',
        "replace": "",
        "test": f"{_PROBE}::test_an_option_of_nobody_is_named_with_its"
        "_nearest",
    },
    {
        "name": "what was started lives on after a failed test",
        "file": f"{_TESTING}/context.py",
        "find": "            command.stop()\n",
        "replace": "            pass\n",
        "test": f"{_RUN_TASK}::test_what_was_started_ends_with_the_build_also"
        "_when_it_fails",
    },
    {
        "name": "the surroundings are not put back",
        "file": f"{_TESTING}/running.py",
        "find": "                os.environ[name] = value\n",
        "replace": "                pass\n",
        "test": f"{_RUN_TASK}::test_the_surroundings_are_a_builds_and_are_put"
        "_back",
    },
    {
        "name": "a parameter replaces our words",
        "file": f"{_SCRIPT}/environment.py",
        "find": '        "TH_JOB_NAME": context.build.job,\n',
        "replace": '        "TH_JOB_NAME": context.build.parameters.get('
        '"TH_JOB_NAME", context.build.job),\n',
        "test": f"{_SHELL}/tests/script_contract_test.py::test_a_parameter"
        "_cannot_replace_our_words",
    },
    {
        "name": "a link in the place of the result is followed",
        "file": f"{_SCRIPT}/result_file.py",
        "find": "os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK",
        "replace": "os.O_RDONLY | os.O_NONBLOCK",
        "test": f"{_SHELL}/tests/result_json_test.py::test_a_hostile_file_is"
        "_not_read",
    },
    {
        "name": "status 75 fails the change",
        "file": f"{_SCRIPT}/verdict.py",
        "find": " or ended.status == COULD_NOT_JUDGE",
        "replace": "",
        "test": f"{_SHELL}/tests/verdict_test.py::test_status_75_asks_the"
        "_client_to_try_again",
    },
    {
        "name": "SUCCESS speaks for a failure",
        "file": f"{_SCRIPT}/result_file.py",
        "find": 'return "" if line.startswith("SUCCESS") else line',
        "replace": "return line",
        "test": f"{_SHELL}/tests/verdict_test.py::test_a_line_that_starts"
        "_with_success_is_ignored",
    },
]
