"""An environment is made once for what is required, and shared."""

import fcntl
import gc
import os
import socket
import subprocess
import threading

import pytest

from turbo_hipster_databases import plugins
from turbo_hipster_databases.environments import environment, with_drivers
from turbo_hipster_databases.environments.shelf import Shelf
from turbo_hipster_databases.exceptions import (
    EnvironmentFailed,
    RequirementsRefused,
)

pytestmark = [
    pytest.mark.functional,
    pytest.mark.usefixtures("only_our_index"),
]


def version_in(found, module):
    """Ask the environment itself."""
    code = f"import {module}; print({module}.version)"
    return subprocess.run(
        [found.python, "-I", "-c", code],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_what_is_required_is_installed_and_nothing_else(ask, wheels):
    wheels("one", requires=["two"])
    wheels("two")
    wheels("three")
    found = ask("one")
    assert version_in(found, "two") == "1.0"
    with pytest.raises(subprocess.CalledProcessError):
        version_in(found, "three")
    assert "sqlite3" in found.drivers
    assert found.made


def test_the_second_use_starts_no_process(ask, in_build, checkout, wheels):
    wheels("one")
    first = ask("one")

    def again(context):
        context.execute = None  # to start one would be an error
        context.start = None
        return environment(context, ["one"], checkout=checkout)

    second = in_build(again)
    assert second == environment_without_time(first, second)
    assert not second.made


def environment_without_time(first, second):
    """Return the first as it would be the second time."""
    return type(first)(
        first.python, first.drivers, False, second.seconds, first.lease
    )


def test_its_key_is_the_content_of_all_that_is_read(ask, checkout, wheels):
    wheels("one")
    wheels("one", "2.0")
    (checkout / "all.txt").write_text("-r more.txt\n-c upper.txt\n")
    (checkout / "more.txt").write_text("one\n")
    (checkout / "upper.txt").write_text("one<2\n")
    first = ask("all.txt")
    assert version_in(first, "one") == "1.0"
    assert ask("all.txt").python == first.python
    (checkout / "upper.txt").write_text("one<3\n")
    second = ask("all.txt")
    assert second.made
    assert version_in(second, "one") == "2.0"
    (checkout / "more.txt").write_text("one\n# nothing else\n")
    assert ask("all.txt").made
    assert ask("all.txt", extra=["one"]).made


def test_constraints_of_the_job_hold(ask, checkout, wheels):
    wheels("one")
    wheels("one", "2.0")
    (checkout / "upper.txt").write_text("one<2\n")
    found = ask("one", constraints=["upper.txt"])
    assert version_in(found, "one") == "1.0"


def test_of_the_project_itself_only_what_it_needs_is_installed(
    ask, checkout, wheels
):
    wheels("one")
    wheels("extra")
    (checkout / "project.py").write_text("version = 'of the checkout'\n")
    (checkout / "pyproject.toml").write_text(
        "[project]\nname = 'project'\nversion = '1'\ndependencies = ['one']\n"
        "[project.optional-dependencies]\ndb = ['extra']\n"
    )
    (checkout / "all.txt").write_text("-e .[db]\n")
    found = ask("all.txt")
    assert version_in(found, "one") == version_in(found, "extra") == "1.0"
    with pytest.raises(subprocess.CalledProcessError):
        version_in(found, "project")
    assert sorted(path.name for path in checkout.iterdir()) == [
        "all.txt", "project.py", "pyproject.toml"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("requirement", "told"),
    [
        ("one==99", "one==99"),
        ("nothing-of-this-name", "nothing-of-this-name"),
        ("one ==== 1", "Couldn't parse|parse"),
    ],
)
def test_what_cannot_be_had_is_the_changes_fault(
    ask, state_dir, wheels, requirement, told
):
    wheels("one")
    with pytest.raises(RequirementsRefused, match=told):
        ask(requirement)
    shelf = state_dir.with_name("databases") / "environments"
    assert not list(shelf.glob("*/environment.json"))


def test_trouble_with_the_network_is_not(ask, monkeypatch, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    config = tmp_path / "pip.conf"
    config.write_text(f"[global]\nindex-url = http://127.0.0.1:{port}/\n")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with pytest.raises(EnvironmentFailed, match="Connection refused"):
        ask("one")


def test_a_missing_interpreter_is_not(ask):
    with pytest.raises(EnvironmentFailed, match=r"no Python 3\.1 on this"):
        ask("one", python="3.1")
    with pytest.raises(EnvironmentFailed, match="no interpreter /nowhere"):
        ask("one", python="/nowhere/python")


def test_what_was_left_half_is_made_anew(ask, wheels):
    wheels("one")
    place = ask("one").python.parent.parent
    (place / "environment.json").unlink()
    assert ask("one").made


def test_a_new_engine_is_looked_for_in_an_old_environment(
    ask, wheels, monkeypatch
):
    wheels("one")
    with monkeypatch.context() as once:
        once.setattr(plugins, "names", lambda _namespace: ["postgresql"])
        first = ask("one")
    assert "sqlite3" not in first.drivers
    second = ask("one")
    assert not second.made
    assert "sqlite3" in second.drivers


def test_several_builds_at_once_make_it_once(in_build, checkout, wheels):
    wheels("one")

    def several(context):
        found = []

        def ask():
            found.append(environment(context, ["one"], checkout=checkout))

        threads = [
            threading.Thread(target=ask, name=f"asks {at}") for at in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return found

    found = in_build(several)
    assert len(found) == 4
    assert sum(one.made for one in found) == 1
    assert len({one.python for one in found}) == 1


def test_a_driver_is_added_where_the_project_has_none(
    in_build, checkout, wheels
):
    wheels("pymysql")
    wheels("aiomysql")
    mariadb = plugins.engine("mariadb")

    def both(context):
        return [
            with_drivers(context, [own], [mariadb], checkout=checkout)
            for own in ("wheel", "aiomysql")
        ]

    wheels("wheel")
    without, own = in_build(both)
    assert without.drivers & set(mariadb.drivers) == {"pymysql"}
    assert own.drivers & set(mariadb.drivers) == {"aiomysql"}


def test_it_is_held_as_long_as_it_is_used(ask, wheels):
    wheels("one")
    found = ask("one")
    place = found.python.parent.parent
    shelf = Shelf(place.parent)
    exclusively = fcntl.LOCK_EX | fcntl.LOCK_NB
    gc.collect()  # nothing but ``found`` holds it
    with pytest.raises(BlockingIOError):
        shelf.lock(place.name, exclusively)
    del found
    gc.collect()
    os.close(shelf.lock(place.name, exclusively))


def test_its_folders_are_read_only(ask, wheels):
    wheels("one")
    found = ask("one")
    (folder,) = found.python.parent.parent.glob("lib/*/site-packages/one")
    assert folder.stat().st_mode & 0o222 == 0
    assert list(folder.glob("__pycache__/*.pyc"))
