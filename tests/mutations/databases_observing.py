"""Faults of the rooms that measure a migration, and who must notice them."""

ROOM = "turbo_hipster_plugins/databases/turbo_hipster_databases/observing/"
TESTS = "turbo_hipster_plugins/databases/tests/observing/"


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
        "a lock counts twice the time it was held",
        "sampling.py",
        "times[number - 1]) / 2",
        "times[number - 1])",
        "sampling_test.py::"
        "test_a_look_stands_for_the_time_half_way_to_its_neighbours",
    ),
    fault(
        "a look may be under way while the counters are read",
        "sampling.py",
        "        with self._turn:\n"
        "            self._due = None\n"
        "            return self._looks\n",
        "        self._due = None\n        return self._looks\n",
        "sampling_test.py::test_when_a_window_is_closed_no_look_is_under_way",
    ),
    fault(
        "a new partition is taken for a table written anew",
        "storage.py",
        "if table in before.tables and places.isdisjoint(old)",
        "if table in before.tables and not places <= old",
        "storage_test.py::test_one_new_part_does_not_make_a_table_new",
    ),
    fault(
        "a change of rows that hides is passed over",
        "told.py",
        "        elif _HIDDEN.match(code):\n            return None\n",
        "",
        "told_test.py::test_a_change_that_hides_makes_all_unknown",
    ),
    fault(
        "a server that died is taken for a connection that was ended",
        "window.py",
        "            self._must_live(error)\n",
        "",
        "faults_test.py::"
        "test_a_server_that_dies_in_a_step_is_said_to_have_failed[postgresql]",
    ),
    fault(
        "MariaDB's rows of one step are also the next one's",
        "mariadb_words.py",
        '"FLUSH LOCAL TABLE_STATISTICS"',
        '"SELECT 0"',
        "rows_test.py::test_rows_of_one_step_are_not_the_next_ones[mariadb]",
    ),
    fault(
        "a lock of MariaDB is told by the mode it was first asked for",
        "mariadb_words.py",
        "Words(thread, userstat, _LOCKS in tables, spaces)",
        "Words(thread, userstat, False, spaces)",
        "locks_test.py::test_a_change_of_type_blocks_writes_on_both[mariadb]",
    ),
    fault(
        "rows that a session of PostgreSQL owed are a later step's",
        "postgresql_sessions.py",
        " and not self._owing and not self._owed",
        " and not self._owing",
        "sessions_test.py::"
        "test_rows_that_come_late_are_not_laid_to_a_later_step",
    ),
    fault(
        "a lock on an index of PostgreSQL is nobody's",
        "postgresql_words.py",
        "coalesce(i.indrelid, l.relation)::bigint",
        "l.relation::bigint",
        "locks_test.py::test_an_index_that_is_built_anew_locks_its_table",
    ),
    fault(
        "only the first byte of a lock on an SQLite file is looked at",
        "sqlite_locks.py",
        "range(int(first), end)",
        "range(int(first), int(first) + 1)",
        "sqlite_test.py::test_a_lock_that_is_held_is_seen",
    ),
]
