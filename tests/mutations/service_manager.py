"""Faults of what a service manager is told."""


def fault(name, file, find, replace, test):
    """Return one mutation of a room of the worker."""
    return {
        "name": name,
        "file": f"turbo_hipster/worker/{file}",
        "find": find,
        "replace": replace,
        "test": f"tests/{test}",
    }


UNIT = "unit/worker_notifying_test.py::test_"
WORKER = "functional/worker/manager_test.py::test_"

MUTATIONS = [
    fault(
        "a watchdog is fed though a loop hangs",
        "watchdog.py",
        "        if max(self.ages()",
        "        if min(self.ages()",
        f"{UNIT}a_loop_that_hangs_starves_it_though_all_others_turn",
    ),
    fault(
        "what a manager did not take counts as fed",
        "watchdog.py",
        "self._notices.alive():",
        "[self._notices.alive()]:",
        f"{UNIT}what_a_manager_did_not_take_is_offered_again",
    ),
    fault(
        "a build can speak to the service manager",
        "notifying.py",
        'environment.pop("NOTIFY_SOCKET", "")',
        'environment.get("NOTIFY_SOCKET", "")',
        f"{UNIT}a_build_finds_nothing_of_it_in_its_environment",
    ),
    fault(
        "a reload before the first registration says READY=1",
        "life.py",
        "        finally:\n            if self._registered:\n",
        "        finally:\n            if True:\n",
        f"{WORKER}ready_is_said_when_a_server_has_us_and_not_before",
    ),
]
