"""What is written to a clone stays there, by every technique."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from turbo_hipster_databases.exceptions import SnapshotFailed
from turbo_hipster_databases.servers.launching import launched
from turbo_hipster_databases.snapshots import (
    Technique,
    clone,
    names,
)
from turbo_hipster_databases.snapshots.copying import best_copy
from turbo_hipster_databases.snapshots.overlay import flatten, options
from turbo_hipster_databases.snapshots.removing import loosen

pytestmark = pytest.mark.functional

OVERLAY = names.OVERLAY if os.geteuid() == 0 else names.USER_OVERLAY


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
    loosen(body.scratch)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


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
    loosen(body.scratch)


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
