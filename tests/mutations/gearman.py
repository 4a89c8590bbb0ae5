"""Faults of the Gearman door; each must turn its test red."""

_ROOM = "turbo_hipster/gearman"
_REAL = "tests/functional/gearman"

MUTATIONS = [
    {
        "name": "small packets are delayed",
        "file": f"{_ROOM}/dial.py",
        "find": "socket.TCP_NODELAY, 1)",
        "replace": "socket.TCP_NODELAY, 0)",
        "test": f"{_REAL}/sockets_test.py::test_a_connection_has_no_delay_and"
        "_signs_of_life",
    },
    {
        "name": "a short write begins anew",
        "file": f"{_ROOM}/outbox.py",
        "find": "waiting[0] = waiting[0][sent:]",
        "replace": "waiting[0] = waiting[0][0:]",
        "test": f"{_REAL}/faults_test.py::test_what_a_slow_server_does_not"
        "_read_at_once_arrives_unaltered",
    },
    {
        "name": "an error packet costs the connection",
        "file": f"{_ROOM}/station.py",
        "find": "elif kind == packets.ERROR:",
        "replace": 'elif kind == packets.ERROR and not link.drop("error"):',
        "test": f"{_REAL}/faults_test.py::test_an_error_packet_in_mid_build"
        "_is_logged_and_the_build_lives",
    },
    {
        "name": "a late result goes into the next session",
        "file": f"{_ROOM}/link.py",
        "find": "return self.up and session == self.session",
        "replace": "return self.up",
        "test": f"{_REAL}/faults_test.py::test_a_late_result_does_not_reach"
        "_the_job_that_inherits_its_handle",
    },
    {
        "name": "any length is believed",
        "file": f"{_ROOM}/packets.py",
        "find": "if length > self._limit:",
        "replace": "if length < 0:",
        "test": f"{_REAL}/faults_test.py::test_a_packet_beyond_the_limit_is"
        "_refused_before_it_is_read",
    },
    {
        "name": "a server that is away is asked too rarely",
        "file": f"{_ROOM}/link.py",
        "find": "LONGEST_DELAY = 1.0",
        "replace": "LONGEST_DELAY = 30.0",
        "test": f"{_REAL}/faults_test.py::test_a_server_that_is_not_there_yet"
        "_is_tried_at_most_a_second_apart",
    },
    {
        "name": "half a TLS configuration is taken for none",
        "file": f"{_ROOM}/tls.py",
        "find": "    if not ca:\n        raise exceptions.ConfigurationError(",
        "replace": "    if not ca:\n        return None\n"
        "        raise exceptions.ConfigurationError(",
        "test": "tests/unit/gearman_tls_test.py::test_a_half_configuration_is"
        "_refused_before_anything_connects",
    },
    {
        "name": "a certificate for another host is accepted",
        "file": f"{_ROOM}/tls.py",
        "find": "made.minimum_version = ssl.TLSVersion.TLSv1_2",
        "replace": "made.check_hostname = False",
        "test": f"{_REAL}/tls_test.py::test_a_server_with_another_host_name"
        "_is_refused",
    },
    {
        "name": "a server without a sign of life is kept",
        "file": f"{_ROOM}/link.py",
        "find": 'self.drop(f"no sign of life for {ANSWER_LIMIT:.0f} seconds")',
        "replace": "self._probed_at = now",
        "test": f"{_REAL}/source_test.py::test_a_server_that_gives_no_sign_of"
        "_life_is_dropped_and_tried_again",
    },
    {
        "name": "a job can be finished twice",
        "file": f"{_ROOM}/job.py",
        "find": "        if self._finished:\n",
        "replace": "        if self._finished and not last:\n",
        "test": f"{_REAL}/source_test.py::test_a_job_is_finished_once",
    },
    {
        "name": "all servers are asked at once",
        "file": f"{_ROOM}/source.py",
        "find": "                station.ask(link)\n                return\n",
        "replace": "                station.ask(link)\n",
        "test": f"{_REAL}/source_test.py::test_only_one_server_at_a_time_is"
        "_asked",
    },
    {
        "name": "a woken slot leaves its question open",
        "file": f"{_ROOM}/source.py",
        "find": "                self._settle()\n",
        "replace": "                self._give_up(0)\n",
        "test": f"{_REAL}/source_test.py::test_a_job_on_its_way_when_the_slot"
        "_is_woken_is_not_lost",
    },
    {
        "name": "builds are offered before their cancel",
        "file": f"{_ROOM}/source.py",
        "find": "if link.up and not station.registered and "
        "self._gate(link.server):",
        "replace": "if link.up and not station.registered:",
        "test": f"{_REAL}/source_test.py::test_builds_are_offered_only_while"
        "_their_cancel_is_heard",
    },
    {
        "name": "the function of a running build is taken back",
        "file": f"{_ROOM}/source.py",
        "find": "wanted |= {job.function}",
        "replace": "wanted |= frozenset()",
        "test": f"{_REAL}/source_test.py::test_a_draining_slot_offers_nothing"
        "_new_and_finishes_its_build",
    },
    {
        "name": "registered is believed when it was sent",
        "file": f"{_ROOM}/control.py",
        "find": "        station.register(link)\n",
        "replace": "        station.register(link)\n"
        "        self._note(link.server, True)\n",
        "test": f"{_REAL}/control_test.py::test_registered_means_that_the"
        "_server_has_read_it",
    },
    {
        "name": "a job that nobody asked for is taken",
        "file": f"{_ROOM}/station.py",
        "find": "            if self.state is not State.ASKED:\n",
        "replace": "            if not self.registered:\n",
        "test": f"{_REAL}/faults_test.py::test_nonsense_from_a_server_costs"
        "_the_connection_and_nothing_else",
    },
    {
        "name": "the last words are not waited for",
        "file": f"{_ROOM}/link.py",
        "find": "if patience and self._socket is not None:",
        "replace": "if patience < 0 and self._socket is not None:",
        "test": f"{_REAL}/source_test.py::test_what_still_waits_to_be_sent_is"
        "_sent_before_the_worker_leaves",
    },
    {
        "name": "a second Ctrl-C does not leave",
        "file": "turbo_hipster/cli/follow.py",
        "find": "if seen > 1 or not self._cancel():",
        "replace": "if not self._cancel():",
        "test": f"{_REAL}/commands_test.py::test_a_second_interrupt_leaves_at"
        "_once",
    },
    {
        "name": "a result stays though the last data has none",
        "file": "turbo_hipster/cli/follow.py",
        "find": "self._facts.pop(key, None)",
        "replace": "pass",
        "test": f"{_REAL}/commands_test.py::test_only_the_last_data_decides",
    },
]
