"""Faults of snapshots and seeds; each must turn its test red."""

_PLUGIN = "turbo_hipster_plugins/databases"
_ROOM = f"{_PLUGIN}/turbo_hipster_databases"
_STORE = f"{_PLUGIN}/tests/snapshots/store_test.py"
_LAYERS = f"{_PLUGIN}/tests/snapshots/layers_test.py"
_MAKERS = f"{_PLUGIN}/tests/snapshots/makers_test.py"
_CLONING = f"{_PLUGIN}/tests/snapshots/cloning_test.py"
_REFUSALS = f"{_PLUGIN}/tests/seeds/refusals_test.py"

MUTATIONS = [
    {
        "name": "a snapshot that is in use is dropped",
        "file": f"{_ROOM}/snapshots/locks.py",
        "find": "kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX",
        "replace": "kind = fcntl.LOCK_SH",
        "test": f"{_STORE}::test_one_in_use_is_not_dropped",
    },
    {
        "name": "each of several makers makes it",
        "file": f"{_ROOM}/snapshots/making.py",
        "find": "descriptor = locks.take(path, wait=False, create=True)\n"
        "    if descriptor is None:\n",
        "replace": "descriptor = locks.take(\n"
        "        path, wait=False, create=True, shared=True\n"
        "    )\n"
        "    if descriptor is None:\n",
        "test": f"{_MAKERS}::test_of_several_makers_one_makes",
    },
    {
        "name": "what a dead maker left stays",
        "file": f"{_ROOM}/snapshots/store.py",
        "find": "making.sweep(self.folder, manifest.key)",
        "replace": "pass",
        "test": f"{_MAKERS}::test_what_a_killed_maker_left_is_removed",
    },
    {
        "name": "what a snapshot lies upon is dropped before it",
        "file": f"{_ROOM}/snapshots/pruning.py",
        "find": "if shelf.lies_below(folder):",
        "replace": "if False:",
        "test": f"{_LAYERS}::test_a_layer_keeps_what_it_lies_upon",
    },
    {
        "name": "a manifest of another snapshot is believed",
        "file": f"{_ROOM}/snapshots/shelf.py",
        "find": "if key != folder.name:",
        "replace": "if False:",
        "test": f"{_STORE}::test_a_damaged_one_is_set_aside_and_made_anew",
    },
    {
        "name": "what was never synced outlives a crash of the machine",
        "file": f"{_ROOM}/snapshots/shelf.py",
        "find": "if boot and boot != BOOT.read_text().strip():",
        "replace": "if False:",
        "test": f"{_STORE}::test_the_next_start_of_the_machine_takes_what_was"
        "_not_synced",
    },
    {
        "name": "the most recently used goes first",
        "file": f"{_ROOM}/snapshots/pruning.py",
        "find": "for entry in reversed(found):",
        "replace": "for entry in found:",
        "test": f"{_STORE}::test_the_least_recently_used_goes_first",
    },
    {
        "name": "a folder that a layer replaces shows through",
        "file": f"{_ROOM}/snapshots/overlay.py",
        "find": "if _opaque(entry.path) or not _folder(there):",
        "replace": "if not _folder(there):",
        "test": f"{_CLONING}::test_layers_are_mounted_and_merged_alike",
    },
    {
        "name": "a packed seed may end too early",
        "file": f"{_ROOM}/seeds/unpacking.py",
        "find": "    if unpacker:\n        raise SeedRefused(",
        "replace": "    if False:\n        raise SeedRefused(",
        "test": f"{_REFUSALS}::test_a_packed_seed_that_is_cut_off_is_refused",
    },
    {
        "name": "a dump may lack its end",
        "file": f"{_ROOM}/seeds/endings.py",
        "find": "if not LAST[writer].search(tail):",
        "replace": "if False:",
        "test": f"{_REFUSALS}::test_a_bad_seed_is_refused_with_the_reason",
    },
    {
        "name": "a disk that is full is a reason against a technique",
        "file": f"{_ROOM}/snapshots/trial.py",
        "find": "if disks.SAID.search(str(error)):",
        "replace": "if False:",
        "test": f"{_PLUGIN}/tests/snapshots/full_disk_test.py::"
        "test_a_full_disk_is_no_reason_against_a_technique",
    },
    {
        "name": "what a killed trial of a technique left stays",
        "file": f"{_ROOM}/snapshots/technique.py",
        "find": 'for left in store.glob(f"{trial.PREFIX}*"):',
        "replace": "for left in ():",
        "test": f"{_PLUGIN}/tests/killed/killed_test.py::"
        "test_a_build_killed_while_it_makes_a_snapshot_leaves_nothing"
        "[trial-the build]",
    },
]
