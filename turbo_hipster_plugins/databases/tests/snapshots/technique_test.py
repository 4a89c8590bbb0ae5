"""The best way to clone is found by trying, once."""

import json
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from turbo_hipster_databases.snapshots import names, technique

pytestmark = pytest.mark.functional

OVERLAY = names.OVERLAY if os.geteuid() == 0 else names.USER_OVERLAY


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
