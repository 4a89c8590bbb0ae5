"""Faults of the rooms that contain a build, and who must notice them."""

ROOM = "turbo_hipster/builds/containment/"
TESTS = "tests/functional/containment/"


def fault(name, file, find, replace, test):
    """Return one mutation; file and test are relative to the room's."""
    where = TESTS if not test.startswith("tests/") else ""
    return {
        "name": name,
        "file": ROOM + file,
        "find": find,
        "replace": replace,
        "test": where + test,
    }


MUTATIONS = [
    fault(
        "a bare clone is not waited for",
        "children.py",
        "os.waitpid(-1, os.WNOHANG | kernel.WALL)",
        "os.waitpid(-1, os.WNOHANG)",
        "children_test.py::test_a_child_of_a_bare_clone_is_waited_for_too",
    ),
    fault(
        "our own process group is killed with a child's",
        "children.py",
        "if os.getsid(child) not in self.spared:",
        "if child:",
        "children_test.py::test_our_own_process_group_and_session_are_spared",
    ),
    fault(
        "who is to be kept is killed",
        "children.py",
        "proc.children(self.me) if child not in self.keep",
        "proc.children(self.me)",
        "children_test.py::"
        "test_children_that_are_kept_live_on_with_what_is_below_them",
    ),
    fault(
        "who may not be signalled is not said",
        "children.py",
        "self.refused.add(child)",
        "pass",
        "children_test.py::"
        "test_who_may_not_be_signalled_is_named_at_the_deadline",
    ),
    fault(
        "the keeper is no sub-reaper",
        "technique.py",
        "        kernel.become_subreaper()\n",
        "",
        "kill_test.py::test_nothing_of_a_hostile_build_survives_its_kill"
        "[descendants-nobody-double_fork]",
    ),
    fault(
        "the stopped are not woken",
        "technique.py",
        "for number in (signal.SIGTERM, signal.SIGCONT):",
        "for number in (signal.SIGTERM,):",
        "kill_test.py::test_terminate_reaches_the_stopped_too"
        "[descendants-nobody]",
    ),
    fault(
        "a build keeps the capabilities of its user namespace",
        "pid_namespace.py",
        "            kernel.drop_capabilities()\n",
        "            pass\n",
        "kill_test.py::test_a_build_without_root_has_no_capabilities"
        "[pid_namespace-nobody]",
    ),
    fault(
        "a cgroup is not removed",
        "cgroup.py",
        "            self.move(self.base)\n        _remove(self.path)\n",
        "            self.move(self.base)\n",
        "kill_test.py::test_terminate_reaches_the_stopped_too[cgroup-root]",
    ),
    fault(
        "what a lost keeper left is not killed",
        "cgroup.py",
        '                _write(path / "cgroup.kill", "1")\n',
        "",
        "sweep_test.py::"
        "test_a_crash_leaves_a_cgroup_that_the_next_worker_clears"
        "[cgroup-root]",
    ),
    fault(
        "a living keeper counts as lost",
        "cgroup.py",
        "return same_space and not (",
        "return same_space or not (",
        "sweep_test.py::test_a_living_keepers_cgroup_is_not_cleared"
        "[cgroup-root]",
    ),
    fault(
        "who started before the build is swept",
        "journal.py",
        "elif start >= journal.started and _is_marked",
        "elif _is_marked",
        "sweep_test.py::test_processes_that_are_not_the_builds_are_spared",
    ),
    fault(
        "an earlier boot's mark is believed",
        "journal.py",
        "if journal.boot_id != _boot_id():",
        "if not journal.boot_id:",
        "sweep_test.py::test_nothing_is_killed_for_a_build_of_an_earlier_boot",
    ),
    fault(
        "who cleared the environment is not found",
        "journal.py",
        "return mark.carried(pid) == journal.mark",
        "return False",
        "sweep_test.py::test_processes_that_are_not_the_builds_are_spared",
    ),
    fault(
        "another build's name in the environment is not looked at",
        "journal.py",
        "    if named:\n",
        "    if not mark.carried(pid):\n",
        "sweep_test.py::test_processes_that_are_not_the_builds_are_spared",
    ),
    fault(
        "the parent-death signal is set before the user",
        "privileges.py",
        "    os.setresuid(account.pw_uid, account.pw_uid, account.pw_uid)\n"
        "    kernel.set_parent_death_signal(parent)\n",
        "    kernel.set_parent_death_signal(parent)\n"
        "    os.setresuid(account.pw_uid, account.pw_uid, account.pw_uid)\n",
        "children_test.py::"
        "test_a_process_that_drops_privileges_dies_with_its_parent",
    ),
    fault(
        "root's groups are kept",
        "privileges.py",
        "    os.initgroups(account.pw_name, account.pw_gid)\n",
        "",
        "children_test.py::"
        "test_a_process_that_drops_privileges_dies_with_its_parent",
    ),
    fault(
        "a parent that died before is not noticed",
        "kernel.py",
        "    if os.getppid() != parent:\n",
        "    if parent == 0:\n",
        "children_test.py::"
        "test_a_parent_that_died_before_the_signal_was_set_counts_too",
    ),
    fault(
        "a mark is given twice",
        "mark.py",
        " not in in_use:",
        " not in ():",
        "tests/unit/containment_mark_test.py::"
        "test_a_mark_in_use_is_never_drawn",
    ),
    fault(
        "a bracket in a name shifts the fields",
        "proc.py",
        'text.rfind(b")")',
        'text.find(b")")',
        "tests/unit/containment_proc_test.py::"
        "test_the_start_time_is_read_behind_a_name_with_brackets",
    ),
    fault(
        "children of threads are overlooked",
        "proc.py",
        "for thread in threads:",
        "for thread in threads[:1]:",
        "tests/unit/containment_proc_test.py::"
        "test_children_of_every_thread_are_found[True]",
    ),
    fault(
        "a trial believes what it is told",
        "trial.py",
        "if left or candidate.processes():",
        "if left:",
        "choose_test.py::test_a_technique_that_does_not_kill_is_found_out",
    ),
    fault(
        "who is young when pids began anew is looked at last",
        "proc.py",
        "key=lambda pid: (pid <= last, pid)",
        "key=lambda pid: pid",
        "tests/unit/containment_proc_test.py::"
        "test_the_youngest_come_first_when_pids_began_anew",
    ),
]
