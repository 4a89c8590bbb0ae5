"""Faults of the doctor and of the upgrade check."""

FAULTS = "tests/functional/doctor/faults_test.py::"


def fault(name, file, find, replace, test):
    """Return one mutation; the file is relative to the doctor's room."""
    return {
        "name": name,
        "file": f"turbo_hipster/doctor/{file}",
        "find": find,
        "replace": replace,
        "test": test,
    }


MUTATIONS = [
    fault(
        "a check that ended early is good news",
        "visit.py",
        "    if over:\n",
        "    if over or status == 0:\n",
        FAULTS + "test_a_check_that_ends_its_process_is_no_good_news",
    ),
    fault(
        "inodes are not counted",
        "checks/disk.py",
        "if not told.f_files:",
        "if True:",
        FAULTS + "test_a_disk_without_inodes",
    ),
    fault(
        "a mistake in the configuration ends the visit",
        "patient.py",
        "load.readable(self.files, self.dirs)",
        "load.load(self.files, self.dirs)",
        FAULTS + "test_what_is_no_mistake_is_looked_at_in_spite_of_one",
    ),
    fault(
        "the age of our own certificate is not looked at",
        "checks/identity.py",
        "server.verify_mode = ssl.CERT_REQUIRED",
        "server.verify_mode = ssl.CERT_NONE",
        "tests/functional/doctor/servers_test.py::"
        "test_our_own_certificate_has_expired",
    ),
]
