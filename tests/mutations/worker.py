"""Faults of the service: slots, control, signals, what clients are told."""

TESTS = "tests/functional/worker/"


def fault(name, file, find, replace, test):
    """Return one mutation; file and test are relative to the room's."""
    return {
        "name": name,
        "file": "turbo_hipster/" + file,
        "find": find,
        "replace": replace,
        "test": test if test.startswith("tests/") else TESTS + test,
    }


MUTATIONS = [
    fault(
        "the first data has a result already",
        "worker/conversation.py",
        "self._facts = self._first(planned.name, build.unique, url)",
        "self._facts = self._first(planned.name, build.unique, url) | "
        '{"result": "SUCCESS"}',
        "packets_test.py::test_a_good_build_is_told_in_order[geard]",
    ),
    fault(
        "a job is ended twice",
        "gearman/job.py",
        "self._finished = last",
        "self._finished = False",
        "packets_test.py::test_each_end_has_its_packets[failed]",
    ),
    fault(
        "a job of an older session is thought to live",
        "gearman/job.py",
        "return self._assignment.link.alive(self._assignment.session)",
        "return self._assignment.link.up",
        "servers_test.py::test_a_server_that_counts_from_1_again_gets_no_late"
        "_word[run-finish]",
    ),
    fault(
        "a lost connection cancels nothing",
        "worker/conversation.py",
        "        if self._loss_cancels:\n            execution",
        "        if False:\n            execution",
        "servers_test.py::test_a_server_that_counts_from_1_again_gets_no_late"
        "_word[run-cancel]",
    ),
    fault(
        "a job that is submitted anew is taken for a twin",
        "worker/conversation.py",
        "        self._duty.register.cut_off(entry)\n",
        "",
        "servers_test.py::test_a_client_may_submit_anew_what_its_server"
        "_forgot",
    ),
    fault(
        "a cancel is answered and nothing is ended",
        "worker/register.py",
        '        self.cancel(entry, "the client asked for it")\n',
        "",
        "control_test.py::test_a_cancel_ends_the_build_while_all_slots_are"
        "_busy",
    ),
    fault(
        "any job's name will do for a cancel",
        "worker/register.py",
        'if entry is None or entry.job != named.get("name"):',
        "if entry is None:",
        "control_test.py::test_what_names_no_build_is_answered_and_ends_none"
        "[6]",
    ),
    fault(
        "ended builds are forgotten at once",
        "worker/register.py",
        " or self._find(self._ended, named)",
        "",
        "control_test.py::test_an_ended_build_is_described_and_not_stopped",
    ),
    fault(
        "a build that begins just then does not hear of the end",
        "worker/register.py",
        "self._closing = reason",
        "pass",
        "tests/unit/worker_register_test.py::"
        "test_the_end_of_the_worker_reaches_builds_that_begin_just_then",
    ),
    fault(
        "twins run beside each other",
        "worker/register.py",
        "                before is None\n",
        "                True\n",
        "refused_test.py::test_a_second_live_build_of_one_number_is_refused",
    ),
    fault(
        "a slot takes jobs without a token",
        "worker/slot.py",
        "if not self.duty.tokens.take(self._stopping):",
        "if self._stopping.is_set():",
        "signals_test.py::test_slots_come_and_go_and_builds_never_exceed_them",
    ),
    fault(
        "a draining worker takes jobs",
        "worker/life.py",
        "        self.worker.drain()\n",
        "",
        "signals_test.py::test_sigterm_lets_the_build_end_and_takes_no_more"
        "[geard]",
    ),
    fault(
        "a draining worker goes on offering",
        "worker/conversation.py",
        "                self._source.offer(())\n",
        "",
        "signals_test.py::test_a_draining_worker_offers_only_what_runs",
    ),
    fault(
        "a second SIGTERM is as patient as the first",
        "worker/life.py",
        "elif number == signal.SIGTERM and self._cancel_at is None:",
        "elif number == signal.SIGTERM:",
        "signals_test.py::test_cancel_now[numbers0]",
    ),
    fault(
        "a drain may take for ever",
        "worker/life.py",
        "if late is not None and time.monotonic() >= late:",
        "if False:",
        "signals_test.py::test_a_drain_that_takes_too_long_becomes_a_cancel",
    ),
    fault(
        "the folder changes under a running worker",
        "worker/life.py",
        "            _refuse(plan, old)\n",
        "",
        "signals_test.py::test_a_broken_configuration_changes_nothing[5]",
    ),
    fault(
        "what ended stays connected",
        "worker/worker.py",
        "            for line in self._old_lines:\n"
        "                line.close()\n",
        "",
        "signals_test.py::test_sighup_moves_to_another_server",
    ),
    fault(
        "a lost keeper's build is given up",
        "worker/conversation.py",
        "if not execution.lost:",
        "if not execution.order:",
        "kills_test.py::test_fork_server_and_keeper_killed_together",
    ),
    fault(
        "nobody looks for what a dead worker left",
        "worker/worker.py",
        "        self._sweeper.start()\n",
        "",
        "kills_test.py::test_worker_killed_at_a_server_that_forgets[run]",
    ),
    fault(
        "--once fills every slot",
        "worker/worker.py",
        "1 if self._once else settings.slots",
        "settings.slots",
        "start_test.py::test_once_does_one_build_and_leaves_the_rest[geard]",
    ),
    fault(
        "the status outlives the worker",
        "worker/life.py",
        "            self._post.remove()\n",
        "",
        "signals_test.py::test_signals_that_nobody_waits_for",
    ),
    fault(
        "what could not be judged fails the change",
        "worker/packets.py",
        "if verdict in (Verdict.FAILURE, Verdict.TIMED_OUT):",
        "if verdict is not Verdict.ABORTED:",
        "packets_test.py::test_each_end_has_its_packets[could not judge]",
    ),
    fault(
        "a bar goes into the result",
        "worker/packets.py",
        'text.replace("|", "/").split()',
        "text.split()",
        "packets_test.py::test_a_result_fits_where_the_client_puts_it[a|b|c]",
    ),
    fault(
        "results that are not published keep their URL",
        "worker/conversation.py",
        '            self._facts.pop("url", None)\n',
        "            pass\n",
        "packets_test.py::test_each_end_has_its_packets[failed, not "
        "published]",
    ),
    fault(
        "what a keeper left after its answer stays",
        "worker/conversation.py",
        "            self._tidy(order)\n",
        "            pass\n",
        "kills_test.py::test_keeper_killed_while_it_tidies_up",
    ),
    fault(
        "a job that comes again by another way is taken for a twin",
        "worker/register.py",
        "before.origin == origin",
        "not before.origin",
        "servers_test.py::test_a_job_that_comes_again_is_the_job_and_no_twin"
        "[cancel]",
    ),
    fault(
        "every step of a flood is told",
        "builds/progress.py",
        "if self._credit >= 1:",
        "if self._loop:",
        "flood_test.py",
    ),
    fault(
        "the last news of a flood is lost",
        "builds/progress.py",
        "            self._timer = None\n        self._say()\n",
        "            self._timer = None\n",
        "tests/unit/builds_progress_test.py::"
        "test_the_last_one_is_told_once_when_the_build_ends",
    ),
]
