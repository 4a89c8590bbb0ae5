"""Faults of reading and comparing schemas, and who must notice them."""

ROOM = "turbo_hipster_plugins/databases/turbo_hipster_databases/schema/"
TESTS = "turbo_hipster_plugins/databases/tests/schema/"


def fault(name, file, find, replace, test):
    """Return one mutation; file and test are relative to the room's."""
    return {
        "name": f"schema: {name}",
        "file": ROOM + file,
        "find": find,
        "replace": replace,
        "test": TESTS + test,
    }


MUTATIONS = [
    fault(
        "a check of SQLite is not read",
        "sqlite_table.py",
        '            self._add("check", name, said | self._conflict())\n',
        "            self._conflict()\n",
        "sqlite_test.py::test_what_differs_is_seen_and_said",
    ),
    fault(
        "a foreign key's action is forgotten",
        "sqlite_table.py",
        "                facts[event] = action(word)\n",
        '                facts[event] = ""\n',
        "sqlite_test.py::test_what_differs_is_seen_and_said",
    ),
    fault(
        "things alike are numbered as they come",
        "gathering.py",
        "            alike.sort(key=lambda facts: sorted(facts.items()))\n",
        "            pass\n",
        "gathering_test.py::test_it_does_not_matter_which_was_first",
    ),
    fault(
        "what is removed is no difference",
        "comparing.py",
        "            changes.append("
        "Change(thing, REMOVED, thing.facts, {}))\n",
        "            pass\n",
        "comparing_test.py::test_a_person_sees_what_changed",
    ),
    fault(
        "a difference is as long as it likes",
        "comparing.py",
        "    if len(lines) > limit + 1:\n",
        "    if False:\n",
        "comparing_test.py::test_what_is_too_much_is_counted",
    ),
    fault(
        "the width of an integer does not matter",
        "equivalence_types.py",
        "            return len(widths) > 1\n",
        "            return False\n",
        "leniencies_test.py::test_types_and_defaults_that_differ_are_found",
    ),
    fault(
        "a leniency holds for all engines",
        "equivalence_keys.py",
        "            makes = self._engines[index] in MARIADB\n",
        "            makes = True\n",
        "leniencies_test.py::test_an_index_is_missed_where_it_is_not_made",
    ),
    fault(
        "a made name is taken for a given one",
        "postgresql_names.py",
        "        name == made_name(table, _addition(columns), "
        "label + number[1])\n",
        "        name == made_name(table, _addition(columns), label)\n",
        "names_test.py::test_a_made_name_is_known_from_a_given_one",
    ),
]
