"""Faults of made and thinned datasets, and who must notice them."""

_PLUGIN = "turbo_hipster_plugins/real_db_upgrade"
_ROOM = f"{_PLUGIN}/turbo_hipster_real_db_upgrade"

MUTATIONS = [
    {
        "name": "a unique pair of parents is made twice",
        "file": f"{_ROOM}/making/keys.py",
        "find": "        if most < self.rows:\n            ending",
        "replace": "        if False:\n            ending",
        "test": f"{_PLUGIN}/tests/making/sqlite_test.py::"
        "test_a_table_whose_keys_allow_fewer_rows_gets_those",
    },
    {
        "name": "parents of rows that stay go",
        "file": f"{_ROOM}/scaling/staying.py",
        "find": "grown = self._take_parents(self._tables, self._belongs)",
        "replace": "grown: list[str] = []",
        "test": f"{_PLUGIN}/tests/scaling/thinning_test.py::"
        "test_a_share_stays_with_the_keys_held_and_the_lookups_whole[sqlite]",
    },
    {
        "name": "a seed that was cut off is sound",
        "file": f"{_ROOM}/datasets/checking.py",
        "find": "file.stat().st_size != told.bytes",
        "replace": "False",
        "test": f"{_PLUGIN}/tests/cli/dataset_check_test.py::"
        "test_each_mistake_names_file_and_key_and_ends_with_1",
    },
    {
        "name": "a half-made dataset is left",
        "file": f"{_ROOM}/datasets/drafting.py",
        "find": "            shutil.rmtree(draft, ignore_errors=True)\n",
        "replace": "            pass\n",
        "test": f"{_PLUGIN}/tests/cli/dataset_add_test.py::"
        "test_a_seed_that_does_not_load_leaves_nothing",
    },
]
