"""A build that is killed with -9 at work leaves nothing behind."""

import os
import socket
from pathlib import Path

import pytest

from theatre.killed import MEET, VICTIMS, held_build_fixture
from turbo_hipster import model
from turbo_hipster.task import Task
from turbo_hipster.testing import run_task
from turbo_hipster_databases import plugins
from turbo_hipster_databases.environments import environment
from turbo_hipster_databases.seeds.seeded import seeded
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_databases.servers.nooks import Nook

__all__ = ["held_build_fixture"]

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

PLUGIN = (
    f"""
MEET = {MEET!r}
exec(MEET)
"""
    + """
import os
from pathlib import Path
from oslo_config import cfg
from turbo_hipster.task import Task
from turbo_hipster_databases import plugins
from turbo_hipster_databases.environments import environment
from turbo_hipster_databases.seeds.seeded import seeded
from turbo_hipster_databases.servers.fleet import Servers
from turbo_hipster_databases.snapshots import trial

class Held(Task):
    options = [cfg.StrOpt(n) for n in ("place", "engine", "moment", "seed")]

    def run(self, context):
        self.meet()  # so that it is known who the build is
        getattr(self, self.settings.moment)(context)

    def meet(self, *_):
        meet(self.settings.place)

    def snapshot(self, context):
        # its server runs, and the snapshot is half made
        engine = plugins.engine(self.settings.engine)
        type(engine).load = self.meet
        with Servers(context) as servers:
            seeded(context, servers, engine, servers.release(engine),
                   Path(self.settings.seed))

    def trial(self, context):
        # what is tried is mounted, and its process at work
        trial.PROGRAM = Path(os.environ["TMPDIR"], "program.py")
        trial.PROGRAM.write_text(f"{MEET}meet({self.settings.place!r})")
        self.snapshot(context)

    def environment(self, context):
        environment(context, ["not-to-be-had"], checkout=context.workspace)
"""
)

CONFIG = """
[DEFAULT]
enabled_jobs = held
state_dir = {house}
[publish]
publishers = local
[publish:local]
path = {folder}/published
[job:held]
plugin = held
checkout = none
kill_grace = 1
place = {place}
moment = {moment}
engine = {engine}
seed = {seed}
"""


@pytest.fixture
def engine():
    """An engine with a server; it is the quicker one."""
    found = plugins.engine("postgresql")
    if not found.releases():
        assert not os.environ.get("CI"), found.advice()
        pytest.skip(found.advice())
    return found


@pytest.fixture
def seed(tmp_path):
    path = tmp_path / "seed.sql"
    path.write_text("CREATE TABLE people (id INTEGER);\n")
    return path


@pytest.fixture
def house(tmp_path):
    return tmp_path / "house"


@pytest.fixture
def start(held_build, house, engine, seed, tmp_path):
    """Return a function that starts a build which is held at a moment."""
    site = tmp_path / "site"
    described = site / "held-1.dist-info"
    described.mkdir(parents=True)
    (site / "held.py").write_text(PLUGIN)
    (described / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: held\nVersion: 1\n"
    )
    (described / "entry_points.txt").write_text(
        "[turbo_hipster.task]\nheld = held:Held\n"
    )

    def begin(moment, **variables):
        config = CONFIG.format(
            house=house,
            folder=tmp_path,
            place=held_build.place,
            moment=moment,
            engine=engine.name,
            seed=seed,
        )
        held_build.start(config, PYTHONPATH=str(site), **variables)
        return held_build

    return begin


@pytest.fixture
def next_build(house):
    """Return a function that calls another in the next build."""

    def call(function):
        answer = []

        class Calls(Task):
            def run(self, context):
                answer.append(function(context))
                return model.Result.success()

        told = run_task(Calls, state_dir=house / "plugins" / "held")
        assert told.left == 0
        return answer[0]

    return call


def is_clean(house):
    """Nothing is mounted, and nothing half made lies about."""
    assert str(house) not in Path("/proc/self/mountinfo").read_text()
    home = house / "plugins" / "databases"
    left = [
        path
        for pattern in ("snapshots/.making-*", "snapshots/.trial-*",
                        "snapshots/.locks/*")
        for path in home.glob(pattern)
    ]  # fmt: skip
    assert left == []
    Nook(home / "nooks", "").remove()  # whoever makes one sweeps
    assert list((home / "nooks").iterdir()) == []


@pytest.mark.parametrize("who", VICTIMS)
@pytest.mark.parametrize("moment", ["snapshot", "trial"])
def test_a_build_killed_while_it_makes_a_snapshot_leaves_nothing(
    start, next_build, house, engine, seed, who, moment
):
    build = start(moment)
    met = build.met()
    build.go_on()
    build.met()
    snapshots = house / "plugins" / "databases" / "snapshots"
    half = {"snapshot": ".making-*", "trial": ".trial-*"}[moment]
    assert list(snapshots.glob(half))

    build.kill(who, met)

    build.is_gone()

    def again(context):
        with Servers(context) as servers:
            release = servers.release(engine)
            made = seeded(context, servers, engine, release, seed)
            server = servers.clone(made)
            return server.alive()

    assert next_build(again)
    is_clean(house)


@pytest.fixture
def silent_index():
    """An index of packages that hears, and does not answer."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        yield listener, f"http://127.0.0.1:{listener.getsockname()[1]}/simple"


@pytest.mark.parametrize("who", VICTIMS)
def test_a_build_killed_while_it_makes_an_environment_leaves_nothing(
    start, next_build, house, silent_index, who, monkeypatch
):
    listener, url = silent_index
    build = start(
        "environment",
        UV_DEFAULT_INDEX=url,
        UV_INDEX_URL=url,
        PIP_CONFIG_FILE=os.devnull,
    )
    met = build.met()
    build.go_on()
    asked, _address = listener.accept()
    shelf = house / "plugins" / "databases" / "environments"
    assert list(shelf.glob("*/bin/python"))

    build.kill(who, met)

    with asked:
        build.is_gone()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)

    def again(context):
        return environment(context, [], checkout=context.workspace).made

    assert next_build(again)
    is_clean(house)
    halves = [
        path
        for path in shelf.iterdir()
        if path.is_dir() and path.name != "cache"
        and not (path / "environment.json").exists()
    ]  # fmt: skip
    assert halves == []
