"""The machine goes down in the midst of a build; the next one works."""

import json

import pytest

from theatre.waiting import until

pytestmark = [pytest.mark.functional, pytest.mark.timeout(400)]


def test_a_crash_in_any_phase_leaves_nothing_half_made(desk, shop, held):
    # given a change whose step waits in the midst of each pass
    shop.dataset()

    def begun_again():
        count = held.begun() + 1
        desk.begin()
        until(lambda: held.begun() >= count, what=desk.said)

    # when the machine goes down while the dataset climbs ...
    desk.begin().await_step("climb")
    desk.crash()

    # ... while its step is rehearsed ...
    begun_again()
    assert "rehearse" in desk.said()
    desk.crash()

    # ... and, the first having left nothing, while it is measured and later
    begun_again()
    held.go_on()
    for step in ("measure", "data", "undo"):
        desk.await_step(f"user_001/sqlite: {step}")
        desk.crash()
        desk.begin()

    # then the next build is as any other
    assert desk.end() == 0, desk.said()
    report = json.loads(
        (desk.folder / f"results{desk.count}" / "report.json").read_text()
    )
    assert report["verdict"] == "SUCCESS"
    [table] = [one for one in report["tables"] if one["name"] == "datasets"]
    assert table["rows"][0]["started from"].endswith(" at two")

    # and nothing of the others is left
    assert desk.left() == []


def test_a_cancel_in_any_phase_leaves_nothing(desk, shop, held):
    # given a change whose step waits
    shop.dataset()

    # when the build is cancelled while it climbs, and in the midst of a step
    desk.begin().await_step("climb")
    assert desk.cancel() == 130, desk.said()
    assert desk.left() == []
    count = held.begun() + 1
    desk.begin()
    until(lambda: held.begun() >= count, what=desk.said)
    assert desk.cancel() == 130, desk.said()

    # then nothing is left of it
    assert desk.left() == []


def test_two_builds_make_the_same_layers_at_once(desk, shop, held, own_state):
    # given two builds of one change on data that nobody has worked on
    shop.dataset()
    held.go_on()
    first = desk.begin().process
    second = desk.begin().process

    # then both are right
    assert (first.wait(120), second.wait(120)) == (0, 0), desk.said()

    # and each layer was made once
    folder = own_state.with_name("databases")
    notes = [
        json.loads(path.read_text()) for path in (folder / "layers").iterdir()
    ]
    names = sorted(note["name"] for note in notes)
    assert len(set(names)) == len(names), names
    assert desk.left() == []
