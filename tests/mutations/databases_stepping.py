"""Faults of stepping and of project environments, and who notices them."""

ROOM = "turbo_hipster_plugins/databases/turbo_hipster_databases/"
TESTS = "turbo_hipster_plugins/databases/tests/"


def fault(name, file, find, replace, test):
    """Return one mutation; file and test are relative to their folders."""
    return {
        "name": name,
        "file": ROOM + file,
        "find": find,
        "replace": replace,
        "test": TESTS + test,
    }


MUTATIONS = [
    fault(
        "an environment is removed though a build uses it",
        "environments/shelf.py",
        "lock = self.lock(key, fcntl.LOCK_EX | fcntl.LOCK_NB)",
        "lock = self.lock(key, fcntl.LOCK_SH | fcntl.LOCK_NB)",
        "environments/shelf_test.py::test_what_is_in_use_stays",
    ),
    fault(
        "an environment that was used today is removed",
        "environments/shelf.py",
        "if used and (at < kept or used > old):",
        "if used and at < kept:",
        "environments/shelf_test.py::test_what_was_used_today_stays",
    ),
    fault(
        "a requirement file outside the checkout is read",
        "environments/requirements.py",
        "if not path.resolve().is_relative_to(self.checkout.resolve()):",
        "if False:",
        "environments/requirements_test.py::"
        "test_what_cannot_be_read_is_refused_by_name",
    ),
    fault(
        "the change is blamed for the network",
        "environments/installing.py",
        "if ended.status < 0 or NOT_THE_CHANGE.search(told) or not told:",
        "if ended.status < 0 or not told:",
        "environments/environment_test.py::"
        "test_trouble_with_the_network_is_not",
    ),
    fault(
        "two builds make one environment at a time",
        "environments/environment.py",
        "manifest = shelf.manifest(key)  # another may have made it meanwhile",
        "manifest = None",
        "environments/environment_test.py::"
        "test_several_builds_at_once_make_it_once",
    ),
    fault(
        "a socket has its whole path for a name",
        "stepping/channel.py",
        'self._socket.bind(f"/proc/self/fd/{folder}/{path.name}")',
        "self._socket.bind(str(path))",
        "stepping/channel_test.py::test_a_path_of_any_length_will_do",
    ),
    fault(
        "what is no message is taken for one",
        "stepping/channel.py",
        "        if not isinstance(message, dict):\n",
        "        if False:\n",
        "stepping/channel_test.py::test_what_is_no_message_is_garbage",
    ),
    fault(
        "a step dies one statement late",
        "stepping/inside/record.py",
        "if self._done == self._die_after:",
        "if self._done - 1 == self._die_after:",
        "stepping/record_test.py::"
        "test_it_dies_right_after_the_statement_that_is_named",
    ),
    fault(
        "a step dies before its statement is committed",
        "stepping/inside/record.py",
        "            if durable:\n",
        "            if True:\n",
        "stepping/record_test.py::"
        "test_what_commits_by_itself_is_committed_before_it_dies",
    ),
    fault(
        "our own interpreter's settings reach the project's",
        "stepping/surroundings.py",
        "        if not name.startswith(LEFT_OUT)\n",
        "",
        "stepping/surroundings_test.py::"
        "test_what_steers_our_interpreter_is_not_passed_on",
    ),
    fault(
        "an environment that connects elsewhere is believed",
        "stepping/inside/place.py",
        "if places(str_of(there)) & places(url):",
        "if True:",
        "stepping/place_test.py::test_another_database_is_told",
    ),
    fault(
        "a busy process is asked to end, and waited for",
        "stepping/walker.py",
        "if self._channel is not None and self._busy:",
        "if False:",
        "stepping/walker_test.py::"
        "test_a_process_that_is_busy_is_not_asked_to_end",
    ),
    fault(
        "a change is blamed for a disk that is full",
        "disks.py",
        "if failure.code in CODES or SAID.search(failure.message):",
        "if False:",
        "disks_test.py::test_a_full_disk_is_known_in_everybodys_words",
    ),
    fault(
        "a table that is full is laid to the disk, whatever the log says",
        "disks.py",
        "return bool(SAID.search(server.log_tail(READ)))",
        "return True",
        "disks_test.py::"
        "test_what_fails_for_another_reason_is_the_changes_fault",
    ),
    fault(
        "a migration that kills its own process is never judged",
        "stepping/inside/killing.py",
        'if hasattr(sys, "addaudithook"):',
        "if False:",
        "tools/killed_test.py::"
        "test_a_migration_that_kills_its_own_process_fails",
    ),
]
