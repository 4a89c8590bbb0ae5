"""``turbo-hipster-status upgrade check``: table, JSON and exit status."""

import json
import os
import sqlite3
import subprocess

import pytest

PROGRAM = "turbo_hipster.cli.upgrade"
ASKED = f"import sys; from {PROGRAM} import main; sys.exit(main())"
WORDS = {0: "Success", 1: "Warning", 2: "Failure"}


@pytest.fixture
def checked(place):
    """Return a function that returns each check's result and details."""

    def check():
        code, told, _ = program(place, "--json")
        answer = json.loads(told)
        assert answer["name"] == "Upgrade Check Results"
        rows = {
            row["check"]: (row["result"], row["details"] or "")
            for row in answer["checks"]
        }
        assert code == max(result for result, _details in rows.values())
        return rows

    return check


def program(place, *arguments, stdout=subprocess.PIPE):
    done = subprocess.run(
        [
            place.python, "-P", "-c", ASKED, "--config-file", place.conf,
            "upgrade", "check", *arguments,
        ],
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        env=place.environment,
        cwd="/",
        timeout=110,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def history_at(place, revision):
    folder = place.state / "plugins" / "databases"
    folder.mkdir(parents=True)
    with sqlite3.connect(folder / "history.sqlite") as made:
        made.execute("CREATE TABLE alembic_version (version_num TEXT)")
        made.execute("INSERT INTO alembic_version VALUES (?)", [revision])
    made.close()


def test_the_table_is_that_of_openstack(place):
    code, text, _ = program(place)
    assert code == 0
    lines = text.splitlines()
    assert lines[1].strip("| ") == "Upgrade Check Results"
    assert len({len(line) for line in lines}) == 1
    assert lines[0] == lines[2] == lines[-1]
    assert [line.strip("| ") for line in lines[3:6]] == [
        "Check: Configuration Options",
        "Result: Success",
        "Details: None",
    ]


def test_everything_is_well_after_an_upgrade_in_place(place, checked):
    for name in ("builds", "git", "plugins", "workers"):
        (place.state / name).mkdir(parents=True)
    history_at(place, "0001")
    assert set(checked().values()) == {(0, "")}


def test_an_option_that_is_gone_is_a_failure(place, checked):
    place.write(gearman="server = 127.0.0.1")
    result, details = checked()["Configuration Options"]
    assert result == 2
    assert "[gearman] server: unknown option" in details


def test_an_option_that_a_plugin_does_not_know_any_more(place, checked):
    place.write(more="comand = true\n", job="")
    place.conf.write_text(
        place.conf.read_text() + "[job:unit]\nplugin = shell_script\n"
        "command = true\ncomand = true\n"
    )
    result, details = checked()["Configuration Options"]
    assert result == 2
    assert "comand" in details


def test_an_option_by_its_old_name_is_a_warning(place, checked):
    # given: a later release has renamed one
    place.install("renamed", RENAMING)
    site = place.environment["PYTHONPATH"].split(os.pathsep)[0]
    with open(f"{site}/sitecustomize.py", "w") as file:
        file.write("import renamed\n")
    place.write(gearman="answer = word")

    # then
    result, details = checked()["Configuration Options"]
    assert result == 1
    assert "[gearman] answer is called result_text now" in details


RENAMING = """
from oslo_config import cfg
from turbo_hipster.conf import gearman
for option in gearman.OPTIONS:
    if option.dest == "result_text":
        option.deprecated_opts.append(
            cfg.DeprecatedOpt("answer", group="gearman"))
"""


def test_what_this_release_does_not_know_in_its_folder(place, checked):
    for name in ("builds", "of_the_future", "jobs"):
        (place.state / name).mkdir(parents=True)
    result, details = checked()["State Folder"]
    assert result == 1
    assert "of_the_future is unknown to this release" in details
    assert "jobs: checkouts of the first turbo-hipster" in details


def test_a_history_of_a_newer_release_is_a_failure(place, checked):
    history_at(place, "9999")
    result, details = checked()["History Schema"]
    assert result == 2
    assert "is at 9999, which this release does not know" in details


def test_a_history_that_is_no_database_is_a_warning(place, checked):
    folder = place.state / "plugins" / "databases"
    folder.mkdir(parents=True)
    (folder / "history.sqlite").write_text("no database at all, by far" * 50)
    result, details = checked()["History Schema"]
    assert result == 1
    assert "cannot be opened" in details


def test_the_configuration_of_2014_is_spoken_of(place, checked):
    (place.folder / "config.yaml").write_text("zuul_server: {}\n")
    result, details = checked()["Configuration of 2014"]
    assert result == 1
    assert "turbo-hipster config convert" in details
    code, text, _ = program(place)
    assert code == 1
    assert "| Result: Warning" in text


def test_what_nobody_expects_has_a_status_of_its_own(place):
    with open("/dev/full", "w") as full:
        code, _, errors = program(place, stdout=full)
    assert code == 255
    assert "No space left on device" in errors


def test_other_words_are_a_usage_error(place):
    done = place.run("turbo_hipster", "doctor", "--nonsense")
    assert done.returncode == 2
