"""Faults of the git door; each must turn its test red."""

_ROOM = "turbo_hipster/git"
_REAL = "tests/functional/git"
_MIRROR = "tests/unit/git_mirror_test.py"

MUTATIONS = [
    {
        "name": "lock files of a killed git stay",
        "file": f"{_ROOM}/mirror.py",
        "find": "        removed = 0\n",
        "replace": "        return 0\n        removed = 0\n",
        "test": f"{_REAL}/damage_test.py::test_what_a_killed_git_left_is"
        "_cleaned_and_the_mirror_stays",
    },
    {
        "name": "a lock file left by packing refs stays",
        "file": f"{_ROOM}/fetching.py",
        "find": "if first and _failed(",
        "replace": "if first and not _failed(",
        "test": f"{_REAL}/damage_test.py::test_the_first_build_cleans_up"
        "_after_one_that_died_at_its_end",
    },
    {
        "name": "a broken mirror is pulled from under running builds",
        "file": f"{_ROOM}/mirror.py",
        "find": '(store / "SET-ASIDE").write_text(why + "\\n")',
        "replace": "shutil.rmtree(store)",
        "test": f"{_REAL}/damage_test.py::test_a_build_that_borrows_from_a"
        "_replaced_mirror_goes_on",
    },
    {
        "name": "a store that is borrowed is removed",
        "file": f"{_ROOM}/mirror.py",
        "find": "    except BlockingIOError:\n        return\n    else:",
        "replace": "    except BlockingIOError:\n"
        "        shutil.rmtree(store)\n    else:",
        "test": f"{_MIRROR}::test_a_broken_store_keeps_its_place_for_those"
        "_who_borrow",
    },
    {
        "name": "a broken mirror is not replaced",
        "file": f"{_ROOM}/checkout.py",
        "find": "Trouble.DAMAGE: 1",
        "replace": "Trouble.DAMAGE: 0",
        "test": f"{_REAL}/damage_test.py::test_a_broken_mirror_is_replaced"
        "_and_the_build_goes_on",
    },
    {
        "name": "nobody waits for the lock",
        "file": f"{_ROOM}/mirror.py",
        "find": "                fcntl.flock(fd, fcntl.LOCK_EX |"
        " fcntl.LOCK_NB)\n                return",
        "replace": "                return",
        "test": f"{_MIRROR}::test_waiting_for_the_lock_ends_at_the_deadline",
    },
    {
        "name": "a failing network is not tried again",
        "file": f"{_ROOM}/patience.py",
        "find": "if tries >= _allowed(",
        "replace": "if True or tries >= _allowed(",
        "test": f"{_REAL}/network_test.py::test_a_server_that_fails_for_a"
        "_while_is_waited_for",
    },
    {
        "name": "a password is shown to every server",
        "file": f"{_ROOM}/door.py",
        "find": 'f"http.{root}.extraHeader"',
        "replace": '"http.extraHeader"',
        "test": f"{_REAL}/submodules_test.py::test_a_password_is_not_shown"
        "_to_the_servers_of_submodules",
    },
    {
        "name": "a password stays in the URL",
        "file": f"{_ROOM}/addresses.py",
        "find": "{keep + '@' if keep else ''}",
        "replace": "{login + '@' if login else ''}",
        "test": f"{_REAL}/network_test.py::test_a_password_in_the_url_opens"
        "_the_server_and_shows_nowhere",
    },
    {
        "name": "a submodule may be a file of this machine",
        "file": f"{_ROOM}/submodules.py",
        "find": 'for s in SCHEMES if s != "file"',
        "replace": "for s in SCHEMES",
        "test": f"{_REAL}/submodules_test.py::test_a_project_from_the"
        "_network_reaches_no_file_of_this_machine",
    },
    {
        "name": "a change is compared with its parent only",
        "file": f"{_ROOM}/worktree.py",
        "find": "if shared and shared[1] != commit:",
        "replace": "if False:",
        "test": f"{_REAL}/checkout_test.py::test_a_change_is_compared_with"
        "_where_it_left_its_branch",
    },
    {
        "name": "the machine's settings change the files",
        "file": f"{_ROOM}/door.py",
        "find": 'env["GIT_CONFIG_GLOBAL"] = "/dev/null"',
        "replace": "pass",
        "test": f"{_REAL}/checkout_test.py::test_the_machines_settings_do"
        "_not_change_the_files",
    },
    {
        "name": "hooks of the machine run",
        "file": f"{_ROOM}/door.py",
        "find": '    ("core.hooksPath", "/dev/null"),\n',
        "replace": "",
        "test": f"{_REAL}/checkout_test.py::test_no_hook_of_the_machine_runs",
    },
    {
        "name": "nobody looks whether the promised commit came",
        "file": f"{_ROOM}/fetching.py",
        "find": "if not commit or refs.read(store, mark) == commit:",
        "replace": "if True:",
        "test": f"{_REAL}/checkout_test.py::test_a_ref_that_holds_another"
        "_commit_than_promised_is_said",
    },
]
