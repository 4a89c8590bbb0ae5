"""A build of the house, killed with -9 while its servers run."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from theatre.waiting import LIMIT
from turbo_hipster_databases import plugins
from turbo_hipster_databases.servers.nooks import Nook

pytestmark = pytest.mark.functional

PLUGIN = """
import json, os, socket, threading
from pathlib import Path
from oslo_config import cfg
from turbo_hipster.task import Task
from turbo_hipster_databases import plugins
from turbo_hipster_databases.servers.fleet import Servers

class Held(Task):
    options = [cfg.StrOpt("place"), cfg.ListOpt("engines")]

    def run(self, context):
        place = Path(self.settings.place)
        with Servers(context) as servers, socket.socket(socket.AF_UNIX) as me:
            me.bind(str(place / "s"))
            me.listen()
            told = []
            for name in self.settings.engines:
                server = servers.empty(plugins.engine(name))
                told.append([str(server.room.sockets), str(server.data())])
            draft = place / "draft"
            draft.write_text(json.dumps(told))
            draft.rename(place / "told")
            threading.Event().wait()
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Return the state directory of all builds here."""
    return tmp_path_factory.mktemp("house")


@pytest.fixture
def build(house, tmp_path, until):
    """Return a build that holds servers, and the folders of their sockets."""
    names = [
        name
        for name in ("postgresql", "mariadb")
        if plugins.engine(name).releases()
    ]
    if not names:
        assert not os.environ.get("CI")
        pytest.skip("there is no server")
    site, place = tmp_path / "site", tmp_path / "place"
    described = site / "held-1.dist-info"
    described.mkdir(parents=True)
    place.mkdir()
    (site / "held.py").write_text(PLUGIN)
    (described / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: held\nVersion: 1\n"
    )
    (described / "entry_points.txt").write_text(
        "[turbo_hipster.task]\nheld = held:Held\n"
    )
    config = tmp_path / "held.conf"
    config.write_text(
        "[DEFAULT]\nenabled_jobs = held\n"
        f"state_dir = {house}\n"
        "[publish]\npublishers = local\n"
        f"[publish:local]\npath = {tmp_path / 'published'}\n"
        "[job:held]\nplugin = held\ncheckout = none\nkill_grace = 1\n"
        f"place = {place}\nengines = {', '.join(names)}\n"
    )
    said = (tmp_path / "said").open("w")
    process = subprocess.Popen(
        [
            *(sys.executable, "-P", "-m", "turbo_hipster"),
            *("--config-file", config, "run", "held"),
            *("--results", tmp_path / "results"),
        ],
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=said,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(site)},
        start_new_session=True,
    )

    def is_told():
        assert process.poll() is None, (tmp_path / "said").read_text()
        return (place / "told").exists()

    try:
        until(is_told, what=lambda: (tmp_path / "said").read_text())
        yield process, place, json.loads((place / "told").read_text())
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(LIMIT)
        finally:
            process.kill()
            process.wait()
            said.close()


def parent_of(pid):
    text = Path(f"/proc/{pid}/stat").read_text()
    return int(text.rpartition(")")[2].split()[1])


@pytest.mark.parametrize("who", ["the command", "the keeper", "the build"])
def test_a_killed_build_leaves_no_server(
    build, house, who, listener, witness, gone
):
    process, place, told = build
    nooks = house / "plugins" / "databases" / "nooks"
    me = listener(place)
    victim = {
        "the command": process.pid,
        "the keeper": parent_of(me),
        "the build": me,
    }[who]
    held = [(witness(listener(folder)), folder) for folder, _data in told]

    os.kill(victim, signal.SIGKILL)

    for server, folder in held:
        gone(server, folder)
    assert str(house) not in Path("/proc/self/mountinfo").read_text()
    # a short way to a socket may be left, for the next build to sweep
    Nook(nooks, "").remove()
    assert not list(nooks.iterdir())
