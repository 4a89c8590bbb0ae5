"""Faults of the private servers; each must turn its test red."""

SERVERS = "turbo_hipster_plugins/databases/turbo_hipster_databases/servers"
ENGINES = "turbo_hipster_plugins/databases/turbo_hipster_databases/engines"
TESTS = "turbo_hipster_plugins/databases/tests/servers"

MUTATIONS = [
    {
        "name": "a server does not die with its parent",
        "file": f"{SERVERS}/launch.py",
        "find": "        die_with(parent)\n",
        "replace": "",
        "test": f"{TESTS}/launch_test.py::"
        "test_the_parent_death_signal_is_set_last",
    },
    {
        "name": "a stranger who adopted the launch is taken for its parent",
        "file": f"{SERVERS}/launch.py",
        "find": "if parent not in kin and parent_of(parent) not in kin:",
        "replace": "if False:",
        "test": f"{TESTS}/death_test.py::"
        "test_a_launch_for_a_parent_that_is_gone_starts_nothing",
    },
    {
        "name": "the mounts of a server are seen by all",
        "file": f"{SERVERS}/launch.py",
        "find": "MS_REC | MS_PRIVATE",
        "replace": "MS_REC | 0x100000",
        "test": f"{TESTS}/launch_test.py::"
        "test_what_it_mounts_is_seen_by_it_alone",
    },
    {
        "name": "the groups of root are kept",
        "file": f"{SERVERS}/launch.py",
        "find": "    os.initgroups(account.pw_name, account.pw_gid)\n",
        "replace": "",
        "test": f"{TESTS}/launch_test.py::"
        "test_it_becomes_another_account_groups_and_all",
    },
    {
        "name": "a nook that is in use is swept",
        "file": f"{SERVERS}/nooks.py",
        "find": "fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)",
        "replace": "pass",
        "test": f"{TESTS}/nooks_test.py::"
        "test_the_nook_of_a_build_that_lives_is_left_alone",
    },
    {
        "name": "a long path of a socket is not shortened",
        "file": f"{SERVERS}/room.py",
        "find": "if len(os.fsencode(self.sockets)) > LONGEST:",
        "replace": "if False:",
        "test": f"{TESTS}/nooks_test.py::"
        "test_the_sockets_of_a_deep_room_have_a_short_way",
    },
    {
        "name": "a server that did not shut down is kept",
        "file": f"{SERVERS}/private.py",
        "find": "        if not self.alive():\n"
        '            raise self._failed("ended before it was shut down")\n',
        "replace": "        if not self.alive():\n            return\n",
        "test": f"{TESTS}/lifecycle_test.py::"
        "test_what_was_not_shut_down_is_not_kept[postgresql]",
    },
    {
        "name": "MariaDB is taken for MySQL",
        "file": f"{ENGINES}/mysql.py",
        "find": 'return "MariaDB" not in version_line',
        "replace": "return True",
        "test": "turbo_hipster_plugins/databases/tests/engines/"
        "programs_test.py::test_the_two_kinds_of_mysqld_are_told_apart",
    },
]
