"""A build that is killed with -9 in the midst of a check leaves nothing."""

import os
from pathlib import Path

import pytest

from theatre.killed import MEET, held_build_fixture
from turbo_hipster_databases import plugins
from turbo_hipster_databases.servers.nooks import Nook

__all__ = ["held_build_fixture"]

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

CONFIG = """
[DEFAULT]
enabled_jobs = held
state_dir = {state}
[publish]
publishers = local
[publish:local]
path = {folder}/published
[job:held]
plugin = db_migration
kill_grace = 1
engines = postgresql
requirements = requirements.txt
checks = {check}
"""

TOLD = 'op.execute("CREATE TABLE IF NOT EXISTS pets (id INTEGER PRIMARY KEY)")'


@pytest.fixture
def _postgresql():
    engine = plugins.engine("postgresql")
    if not engine.releases():
        assert not os.environ.get("CI"), engine.advice()
        pytest.skip(engine.advice())


@pytest.fixture
def start(held_build, change, step, state_dir, tmp_path, _postgresql):
    """Return a function that judges a step which comes to our door."""
    change.before()
    meets = f"{MEET}\nmeet({held_build.place!r})\n{TOLD}"
    name, text = step("two", "one", meets, "op.drop_table('pets')")
    (change.project.path / name).write_text(text)

    def begin(check):
        config = CONFIG.format(
            state=state_dir.parents[1], folder=tmp_path, check=check
        )
        held_build.start(
            config,
            *("--project", change.project.path, "--base", change.base),
        )
        return held_build

    return begin


@pytest.mark.parametrize(
    ("check", "runs", "who"),
    [
        # run as it is, then killed half-way; or the two starts at once
        ("halfway", 2, "the command"),
        ("halfway", 2, "the build"),
        ("together", 3, "the keeper"),
        ("together", 3, "the command"),
    ],
)
def test_a_build_killed_in_a_check_leaves_nothing(
    start, change, step, state_dir, check, runs, who
):
    build = start(check)
    for run in range(runs):
        if run == 1:
            build.go_on()  # the first one, which walks
        met = build.met()

    build.kill(who, met)

    build.is_gone()
    house = str(state_dir.parents[1])
    assert house not in Path("/proc/self/mountinfo").read_text()
    outcome = change.judge(
        step("two", "one", TOLD, "op.drop_table('pets')"),
        engines="postgresql",
        checks="undo",
    )
    assert outcome.verdict.value == "SUCCESS"
    assert outcome.left == 0
    home = state_dir.with_name("databases")
    assert not list(home.glob("snapshots/.making-*"))
    Nook(home / "nooks", "").remove()  # whoever makes one sweeps
    assert list((home / "nooks").iterdir()) == []
