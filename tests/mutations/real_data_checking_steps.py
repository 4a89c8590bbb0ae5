"""Faults of undoing, killing and the previous code; who must notice them."""

PLUGIN = "turbo_hipster_plugins/real_db_upgrade/"
ROOM = f"{PLUGIN}turbo_hipster_real_db_upgrade/checking/"
TESTS = f"{PLUGIN}tests/checking/"


def fault(name, file, find, replace, test):
    """Return one mutation; file and test are relative to the rooms."""
    return {
        "name": name,
        "file": ROOM + file,
        "find": find,
        "replace": replace,
        "test": TESTS + test,
    }


MUTATIONS = [
    fault(
        "R301: a column that comes back empty is no loss",
        "undo/lost.py",
        "        for name, count in seen.differs.items()\n        if count\n",
        "        for name, count in seen.differs.items()\n        if not of\n",
        "undo_test.py::test_a_column_that_comes_back_empty_is_lost",
    ),
    fault(
        "R301: what a way back deletes is taken for meant",
        "undo/lost.py",
        ".gone >= one.count",
        ".gone <= one.count",
        "undo_test.py::test_what_the_way_back_deletes_or_leaves_over_is_told",
    ),
    fault(
        "R302: a step that cannot be run again is taken for whole",
        "halfway/checked.py",
        "        if left != self._after or self._schema(server)",
        "        if not left or self._schema(server) is left or self._after",
        "halfway_test.py::TestOnSQLite::"
        "test_statements_that_cannot_be_done_twice_are_found",
    ),
    fault(
        "R302: only the last statement is a point to be killed at",
        "halfway/points.py",
        "sorted({1, (count + 1) // 2, count})",
        "sorted({count})",
        "halfway_test.py::"
        "test_the_first_the_middle_and_the_last_statement_are_taken[9-numbers3]",
    ),
    fault(
        "R303: SQLite takes a column that is gone for a text",
        "previous/desk.py",
        '    "sqlite": Dialect(mark="`", place="?"),',
        '    "sqlite": Dialect(place="?"),',
        "previous_trying_test.py::"
        "test_what_the_previous_code_needs_and_is_gone_breaks_it[sqlite]",
    ),
    fault(
        "R303: a copy stands beside the row that it copies",
        "previous/trying.py",
        "        again = desk.tried(call, away)\n",
        "        again = desk.tried(call, away[1:])\n",
        "previous_trying_test.py::"
        "test_everything_can_be_tried_and_leaves_no_trace[sqlite]",
    ),
    fault(
        "R303: a value that an engine quotes is shown",
        "../judging/reasons.py",
        "return found[0] if inner in names or parts & names else \"'…'\"",
        "return found[0] if parts else inner",
        "previous_test.py::"
        "test_what_an_engine_quotes_is_shown_when_it_is_a_name",
    ),
]
