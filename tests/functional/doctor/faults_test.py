"""Each fault of a machine that a test plants is found, and its twin sound."""

import os

import pytest

SOUND = "class Task: pass\n"
ENGINE = """
class Imaginary:
    def releases(self):
        return []
    def advice(self):
        return "apt install imaginary-server"
"""


def test_a_sound_machine_has_nothing_to_complain_of(place):
    names = ("configuration", "state folder", "plugins", "git", "origin")
    assert place.bad(*names, "publisher", status=0) == ""


def test_a_mistake_in_the_configuration_is_named_with_its_place(place):
    place.write(gearman="ca_fil = /x")
    bad = place.bad("configuration")
    assert f"{place.conf}:" in bad
    assert "did you mean ca_file?" in bad


def test_what_is_no_mistake_is_looked_at_in_spite_of_one(place):
    place.write(more="[nonsense]\n")
    rows = place.told("configuration", "state folder", "git", status=2)
    assert {row["check"] for row in rows if row["state"] == "ok"} >= {
        "state folder",
        "git",
    }


def test_a_disk_without_room(place, disk):
    disk(place.state, "size=1m")
    (place.state / "large").write_bytes(bytes(900_000))
    assert "KiB free: builds fail" in place.bad("disk")


def test_a_disk_without_inodes(place, disk):
    disk(place.state, "size=4g,nr_inodes=200")
    bad = place.bad("disk")
    assert "more files: checkouts fail" in bad
    assert "more inodes" in bad


def test_a_disk_with_some_room_is_no_fault(place, disk):
    disk(place.state, "size=4g,nr_inodes=100k")
    rows = place.told("disk")
    mine = [row for row in rows if row["sentence"].startswith("state_dir")]
    assert [row["state"] for row in mine] == ["ok", "ok"]


def test_a_state_folder_that_is_read_only(place, disk):
    disk(place.state, "ro")
    bad = place.bad("state folder")
    assert f"cannot write in {place.state}: Read-only file system" in bad
    assert "read-write" in bad


def test_a_state_folder_where_nothing_can_be_run(place, disk):
    disk(place.state, "noexec")
    assert "without noexec" in place.bad("state folder")


def test_a_state_folder_that_is_a_file(place):
    place.state.write_text("")
    assert "is no folder" in place.bad("state folder")


def test_a_publisher_that_cannot_write(place, disk):
    disk(place.results, "ro")
    bad = place.bad("publisher")
    assert f"nothing can be written in {place.results}" in bad
    assert "[publish:local]" in bad


def test_git_that_is_missing(place):
    place.environment["PATH"] = str(place.folder)
    bad = place.bad("git")
    assert "unit cannot check out a change" in bad
    assert "apt install git" in bad


def test_git_that_is_too_old(place):
    old = place.folder / "git"
    old.write_text("#!/bin/sh\necho git version 2.20.1\n")
    old.chmod(0o755)
    path = place.environment["PATH"]
    place.environment["PATH"] = f"{place.folder}:{path}"
    assert "git version 2.20.1 is older than 2.31" in place.bad("git")


def test_git_is_not_missed_where_no_job_checks_out(place):
    place.write(more="checkout = none\n")
    place.environment["PATH"] = str(place.folder)
    assert place.bad("git", status=0) == ""


def test_an_origin_that_is_not_there(place):
    text = place.conf.read_text()
    place.conf.write_text(
        text.replace(f"file://{place.folder}", "file:///gone")
    )
    assert "file:///gone: there is no folder" in place.bad("origin")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise RuntimeError('no luck')", "no luck"),
        ("import sys; sys.exit(3)", "exit"),
        ("import os; os.abort()", "SIGABRT"),
    ],
)
def test_a_plugin_that_does_not_load(place, code, said):
    place.install("broken-one", code, ("turbo_hipster.task", "odd", "Task"))
    place.write(job="[job:unit]\nplugin = odd\n")
    bad = place.bad("plugins")
    assert "job unit:" in bad
    assert said in bad


def test_two_plugins_of_one_name(place):
    for name in ("first-one", "second-one"):
        place.install(name, SOUND, ("turbo_hipster.task", "both", "Task"))
    bad = place.bad("plugins", status=1)
    assert "claimed by first-one and second-one" in bad
    assert "uninstall all but one" in bad
    place.write(job="[job:unit]\nplugin = both\n")
    assert "job unit: the plugin 'both'" in place.bad("plugins", status=2)


def test_no_database_server_for_the_engine_of_a_job(place):
    point = ("turbo_hipster.database", "imaginary", "Imaginary")
    place.install("imaginary-engine", ENGINE, point)
    job = "[job:unit]\nplugin = db_migration\nengines = {}\n"
    place.write(job=job.format("imaginary"))
    bad = place.bad("database servers")
    assert "no server of imaginary is installed" in bad
    assert "apt install imaginary-server" in bad
    place.write(job=job.format("imaginary, sqlite"))
    assert "not checked" in place.bad("database servers", status=1)
    place.write(job=job.format("sqlite"))
    assert place.bad("database servers", status=0) == ""


def test_a_disk_that_takes_no_snapshot(place, disk):
    disk(place.state, "ro")
    assert "nothing can be cloned" in place.bad("snapshot technique")


def test_a_check_that_falls_costs_itself_alone(place):
    code = "import os\ndef falls(patient):\n    os.abort()\n"
    point = ("turbo_hipster.doctor", "falling", "falls")
    place.install("bad-check", code, point)
    rows = place.told("falling", "state folder", status=2)
    states = {row["check"]: row["state"] for row in rows}
    assert states == {"state folder": "ok", "falling": "fail"}
    assert "it died of SIGABRT" in rows[-1]["sentence"]


def test_a_check_that_ends_its_process_is_no_good_news(place):
    code = "import os\ndef leaves(patient):\n    os._exit(0)\n"
    point = ("turbo_hipster.doctor", "leaving", "leaves")
    place.install("bad-check", code, point)
    assert "came to no end" in place.bad("leaving")


def test_a_check_of_another_package_is_told_what_it_needs(place):
    code = (
        "def looks(patient):\n"
        "    patient.ok(str(patient.state_dir))\n"
        "    patient.warn(repr(dict(patient.jobs)), 'do this')\n"
    )
    point = ("turbo_hipster.doctor", "my_own", "looks")
    place.install("good-check", code, point)
    good, bad = place.told("my own", status=1)
    assert good["sentence"] == str(place.state)
    assert bad["sentence"].startswith("{'unit': {")
    assert "'command': ['true']" in bad["sentence"]
    assert bad["advice"] == "do this"


def test_what_a_check_started_is_gone_when_it_is_over(place, until):
    told = place.folder / "pid"
    code = (
        "import os, subprocess\n"
        "def starts(patient):\n"
        "    one = subprocess.Popen(['sleep', '1000'],\n"
        "        start_new_session=True)\n"
        f"    open({str(told)!r}, 'w').write(str(one.pid))\n"
        "    patient.ok('started')\n"
    )
    point = ("turbo_hipster.doctor", "starting", "starts")
    place.install("starter", code, point)
    place.told("starting", status=0)
    pid = int(told.read_text())

    def gone():
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return False

    until(gone)
