"""What is written to a clone stays there, by every technique."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from turbo_hipster_databases.exceptions import SnapshotFailed
from turbo_hipster_databases.model import Body
from turbo_hipster_databases.servers.launching import launched
from turbo_hipster_databases.snapshots import (
    Technique,
    clone,
    names,
    technique,
)
from turbo_hipster_databases.snapshots.copying import best_copy
from turbo_hipster_databases.snapshots.overlay import flatten, loosen, options

pytestmark = pytest.mark.functional

ROOT = os.geteuid() == 0
OVERLAY = names.OVERLAY if ROOT else names.USER_OVERLAY


def change(folder):
    """Do to a plain clone what a server might."""
    (folder / "base" / "1").write_bytes(b"changed")
    (folder / "holes").unlink()
    (folder / "new").write_text("new")


def two_clones(store, room, how, made):
    first, second = (clone(made, room, Technique(how)) for _ in range(2))
    assert first.technique == second.technique
    assert first.path != second.path
    return first, second


@pytest.mark.parametrize(
    ("disk", "how"),
    [
        (None, names.COPY),
        ("xfs", names.REFLINK),
        ("xfs", names.COPY),
        ("btrfs", names.SUBVOLUME),
        ("btrfs", names.REFLINK),
    ],
)
def test_clones_are_like_the_snapshot_and_apart(
    request, tmp_path, places, manifest, fill, content, disk, how
):
    where = request.getfixturevalue(disk) if disk else tmp_path
    store, room = places(where)
    made = store.make(manifest(), fill)
    before = content(made.layers[0])
    first, second = two_clones(store, room, how, made)
    assert first.technique == how
    assert content(first.path) == before
    change(first.path)
    assert content(second.path) == before
    assert content(made.layers[0]) == before


def test_holes_stay_holes(places, manifest, fill):
    store, room = places()
    made = store.make(manifest(), fill)
    body = clone(made, room, Technique(names.COPY))
    assert (body.path / "holes").stat().st_size == 8 * 2**20
    assert (body.path / "holes").stat().st_blocks * 512 < 2**20


def test_shared_blocks_take_no_space(xfs, places, manifest, fill):
    store, room = places(xfs)

    def big(folder):
        fill(folder)
        (folder / "big").write_bytes(os.urandom(64 * 2**20))

    made = store.make(manifest(), big, durable=True)
    free = os.statvfs(xfs).f_bavail
    for _ in range(20):
        clone(made, room, Technique(names.REFLINK))
    taken = (free - os.statvfs(xfs).f_bavail) * os.statvfs(xfs).f_frsize
    assert taken < 64 * 2**20


def in_overlay(body, script):
    """Run a script where a server would: in its own mount namespace."""
    argv = launched(
        [sys.executable, "-I", "-c", script, str(body.path)],
        overlays=[(body.path, options(body))],
    )
    done = subprocess.run(argv, capture_output=True, text=True)
    loosen(body)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def overlays(tmp_path_factory):
    """Skip where no overlay can be mounted; a CI that is root can."""
    lower, upper, scratch, path = (
        tmp_path_factory.mktemp(name) for name in ("l", "u", "s", "p")
    )
    body = Body(path, OVERLAY, (lower,), upper, scratch)
    argv = launched(["true"], overlays=[(path, options(body))])
    done = subprocess.run(argv, capture_output=True, text=True)
    loosen(body)
    if done.returncode:
        assert not (ROOT and os.environ.get("CI")), done.stderr
        pytest.skip(f"no overlay can be mounted here: {done.stderr}")


CHANGES = """
import os, shutil, sys
from pathlib import Path
os.chdir(sys.argv[1])
assert Path("base/1").read_bytes() == b"one" * 10_000
with open("base/1", "r+b") as file:
    file.write(b"new")
Path("holes").unlink()
shutil.rmtree("empty")
Path("empty").mkdir()
Path("empty/new").write_text("new")
shutil.rmtree("replaced")
Path("replaced").mkdir()
Path("replaced/new").write_text("new")
Path("link").unlink()
Path("link").symlink_to("PG_VERSION")
Path("one").mkdir()
Path("one/two").write_text("three")
Path("PG_VERSION").unlink()
Path("PG_VERSION").mkdir(0o750)
"""

DESCRIBE = """
import os, sys
from pathlib import Path
os.chdir(sys.argv[1])
told = {}
for path in sorted(Path().rglob("*")):
    status = path.lstat()
    what = ""
    if path.is_symlink():
        what = os.readlink(path)
    elif path.is_file():
        what = path.read_bytes()
    told[str(path)] = (status.st_mode, status.st_uid, status.st_gid, what)
print(repr(told))
"""


def test_an_overlays_changes_go_to_the_clone_alone(
    overlays, places, manifest, fill, content
):
    store, room = places()
    made = store.make(manifest(), fill)
    before = content(made.layers[0])
    first, second = two_clones(store, room, OVERLAY, made)
    in_overlay(first, CHANGES)
    assert content(made.layers[0]) == before
    seen = eval(in_overlay(second, DESCRIBE))
    assert seen == {k: v for k, v in before.items() if k != "."}
    upper = {path.name for path in first.upper.iterdir()}
    assert {"base", "holes", "empty"} <= upper
    assert list(first.path.iterdir()) == []


def test_paths_with_odd_signs_can_be_mounted(
    overlays, places, manifest, fill, tmp_path
):
    odd = tmp_path / "a:b,c\\d lowerdir=x"
    odd.mkdir()
    store, room = places(odd)
    body = clone(store.make(manifest(), fill), room, Technique(OVERLAY))
    assert "base" in in_overlay(body, DESCRIBE)


def test_layers_are_mounted_and_merged_alike(
    overlays, places, manifest, fill, content, tmp_path
):
    store, room = places()
    made = store.make(manifest("whole"), fill)
    body = clone(made, room, Technique(OVERLAY))
    in_overlay(body, CHANGES)
    layer = store.keep(manifest("layer"), body)
    assert len(layer.layers) == 2
    second = clone(layer, room, Technique(OVERLAY))
    third = clone(layer, room, Technique(names.COPY))
    seen = eval(in_overlay(second, DESCRIBE))
    assert "holes" not in seen
    assert seen["empty/new"][3] == b"new"
    assert "replaced/new" in seen
    assert "replaced/old" not in seen
    told = content(third.path)
    top = told.pop(".")
    assert told == seen
    assert top == content(made.layers[0])["."]

    # and once more, with a layer upon the layer
    fourth = clone(layer, room, Technique(OVERLAY))
    in_overlay(
        fourth,
        "import os, sys; os.chdir(sys.argv[1]);"
        "os.rmdir('PG_VERSION'); open('PG_VERSION', 'w').close()",
    )
    flat = tmp_path / "flat"
    flat.mkdir()
    flatten((fourth.upper, *fourth.lower), flat, best_copy)
    assert (flat / "PG_VERSION").is_file()
    assert (flat / "one" / "two").read_text() == "three"


def test_a_kill_leaves_no_mount(overlays, places, manifest, fill):
    store, room = places()
    body = clone(store.make(manifest(), fill), room, Technique(OVERLAY))
    before = Path("/proc/mounts").read_text()
    script = "import sys; print('here', flush=True); sys.stdin.readline()"
    with subprocess.Popen(
        launched(
            [sys.executable, "-I", "-c", script],
            overlays=[(body.path, options(body))],
        ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as server:
        assert server.stdout.readline() == b"here\n"
        inside = Path(f"/proc/{server.pid}/mounts").read_text()
        assert str(room) in inside, "the witness can see"
        server.kill()
    assert str(room) not in Path("/proc/mounts").read_text()
    assert str(room) not in before
    loosen(body)


def test_an_overlay_is_copied_where_there_is_no_server(
    places, manifest, fill, content
):
    store, room = places()
    made = store.make(manifest(), fill)
    body = clone(made, room, Technique(OVERLAY), mount=False)
    assert body.technique == names.COPY
    assert not body.lower
    assert content(body.path) == content(made.layers[0])


def test_a_link_that_leads_out_is_refused(places, manifest, fill, tmp_path):
    store, room = places()

    def filled(folder):
        (folder / "pg_tblspc").symlink_to(tmp_path)

    made = store.make(manifest(), filled)
    with pytest.raises(SnapshotFailed, match="a copy would share"):
        clone(made, room, Technique(names.COPY))
    assert list(room.iterdir()) == []


def test_a_clone_that_fails_leaves_nothing(places, manifest, fill):
    store, room = places()
    made = store.make(manifest(), fill)
    with pytest.raises(SnapshotFailed, match="by btrfs snapshot|by reflink"):
        clone(made, room, Technique(names.REFLINK))
    assert list(room.iterdir()) == []


@pytest.mark.parametrize(
    ("disk", "best", "better"),
    [
        ("xfs", names.REFLINK, {names.SUBVOLUME}),
        ("btrfs", names.SUBVOLUME, set()),
        ("on_overlay", names.COPY, set(names.ORDER) - {names.COPY}),
    ],
)
def test_the_best_technique_of_a_disk_is_found(
    request, places, in_build, disk, best, better
):
    store, room = places(request.getfixturevalue(disk))
    store.folder.mkdir()
    found = in_build(lambda context: technique(context, store.folder, room))
    assert found.name == best
    assert set(found.reasons) == better
    assert all(found.reasons.values())
    assert list(room.iterdir()) == []
    record = json.loads((store.folder / "technique.json").read_text())
    (row,) = record.values()
    assert row == {"technique": best, "reasons": dict(found.reasons)}
    left = {path.name for path in store.folder.iterdir()}
    assert left == {"technique.json", ".technique"}


def test_a_plain_disk_takes_an_overlay(overlays, places, in_build):
    # a plain disk is one that shares no blocks; the system's own may
    store, room = places()
    store.folder.mkdir()
    found = in_build(lambda context: technique(context, store.folder, room))
    assert found.name in (names.SUBVOLUME, names.REFLINK, OVERLAY)


class Untried:
    """A context for which nothing may be tried any more."""

    def __getattr__(self, name):
        raise AssertionError(f"{name} is used, so something is tried again")


def test_a_technique_is_tried_once(places, in_build):
    store, room = places()
    store.folder.mkdir()
    found = in_build(lambda context: technique(context, store.folder, room))
    assert technique(Untried(), store.folder, room) == found


def test_builds_that_ask_at_once_try_once(places, in_build):
    store, room = places()
    store.folder.mkdir()

    def ask(context):
        with ThreadPoolExecutor(4, "ask") as pool:
            return list(
                pool.map(
                    lambda _: technique(context, store.folder, room), range(4)
                )
            )

    first, *others = in_build(ask)
    assert others == [first] * 3


@pytest.mark.parametrize("text", ["", "[]", '{"x": {"technique": "magic"}}'])
def test_a_damaged_record_is_written_anew(places, in_build, text):
    store, room = places()
    store.folder.mkdir()
    record = store.folder / "technique.json"
    record.write_text(text)
    in_build(lambda context: technique(context, store.folder, room))
    (row,) = json.loads(record.read_text()).values()
    assert row["technique"] in names.ORDER


def test_another_disk_for_the_room_is_another_trial(
    xfs, places, in_build, tmp_path
):
    store, room = places(xfs)
    store.folder.mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    near = in_build(lambda context: technique(context, store.folder, room))
    far = in_build(lambda context: technique(context, store.folder, elsewhere))
    assert near.name == names.REFLINK
    assert far.name != names.REFLINK
    assert len(json.loads((store.folder / "technique.json").read_text())) == 2
