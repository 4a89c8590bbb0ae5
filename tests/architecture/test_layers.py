"""The house is built as the plan says, and the one who checks can see.

The plan (floors, neighbours, doors, contract) stands in ``conftest.py``.
"""

import pytest


def kindly(complaints):
    return "\n\n" + "\n\n".join(complaints) + "\n"


# -- this house -------------------------------------------------------------


def test_imports_fall_and_neighbours_are_strangers(house):
    complaints = list(house.climbing())
    assert not complaints, kindly(complaints)


def test_each_stranger_comes_in_by_its_own_door(house):
    complaints = list(house.doors())
    assert not complaints, kindly(complaints)


def test_extensions_import_what_a_third_party_could(house):
    complaints = list(house.extensions())
    assert not complaints, kindly(complaints)


def test_rooms_are_small_and_named_by_what_is_in_them(house):
    complaints = list(house.sizes_and_names())
    assert not complaints, kindly(complaints)


def test_everything_is_caught_in_three_listed_places_at_most(house, plan):
    found = house.broad()
    assert len(found) <= 3, found
    assert sorted(place for place, _line in found) == sorted(plan["broad"]), (
        "list each broad except with its reason in tests/architecture/"
        f"conftest.py, and no other: {found}"
    )


def test_every_door_on_the_plan_is_there_and_used(house, plan):
    core = house.root / "turbo_hipster"
    for stranger, doors in plan["doors"].items():
        for door in doors:
            files = [core / door] if (core / door).is_file() else []
            files = files or list(core.glob(f"{door.rstrip('/')}*/**/*.py"))
            files = files or list(core.glob(f"{door}*.py"))
            assert any(stranger in file.read_text() for file in files), (
                f"{door} is on the plan as a door of {stranger}, but does not "
                "speak to it; take it off"
            )


# -- houses with a fault ----------------------------------------------------


def only(complaints):
    (complaint,) = complaints
    return complaint


@pytest.mark.parametrize(
    "text",
    [
        "import turbo_hipster.cli\n",
        "from turbo_hipster import cli\n",
        "from turbo_hipster.cli import main\n",
        "from ..cli import main\n",
        "from .. import cli\n",
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from turbo_hipster.cli import main\n",
        "def late():\n    from turbo_hipster.cli import main\n",
    ],
)
def test_an_import_that_climbs_is_seen_however_it_is_written(specimen, text):
    walk = specimen(turbo_hipster__worker__slot=text)
    told = only(walk.climbing())
    assert "turbo_hipster/worker/slot.py" in told
    assert "above it (floor 7)" in told
    assert "Imports fall" in told


def test_a_neighbour_is_seen(specimen):
    walk = specimen(turbo_hipster__git__door="import turbo_hipster.gearman\n")
    assert "strangers" in only(walk.climbing())


def test_a_publisher_may_keep_its_contract_but_not_a_renderers(specimen):
    walk = specimen(
        turbo_hipster__publishers__one="from turbo_hipster import publisher\n",
        turbo_hipster__publishers__two="from turbo_hipster import report\n",
    )
    assert "publishers/two.py" in only(walk.climbing())


def test_within_a_room_and_downwards_all_is_well(specimen):
    walk = specimen(
        turbo_hipster__worker__slot="from turbo_hipster.worker import x\n"
        "from turbo_hipster import builds, model\nfrom . import y\n"
        "from turbo_hipster.plugins import load\nimport os\n"
    )
    assert list(walk.climbing()) == []


def test_the_ground_imports_nothing(specimen):
    walk = specimen(
        turbo_hipster____init__="from turbo_hipster import model\n"
    )
    assert "model" in only(walk.climbing())


def test_a_room_that_is_not_on_the_plan_is_seen(specimen):
    walk = specimen(turbo_hipster__attic="")
    assert "'attic' is not on the plan" in only(walk.climbing())


@pytest.mark.parametrize(
    ("room", "text"),
    [
        ("worker__a", "import gear\n"),
        ("cli__a", "from stevedore import named\n"),
        ("builds__a", "import cliff.command\n"),
        ("gearman__a", "from jinja2 import Template\n"),
        ("model", "from subprocess import run\n"),
        ("builds__b", "def f():\n    import sqlalchemy.orm\n"),
    ],
)
def test_a_stranger_at_another_door_is_seen(specimen, room, text):
    walk = specimen(**{f"turbo_hipster__{room}": text})
    assert "whose door is" in only(walk.doors())


def test_a_stranger_at_its_own_door_is_welcome(specimen):
    walk = specimen(
        turbo_hipster__gearman__a="import gear\n",
        turbo_hipster__command="import cliff.command\n",
        turbo_hipster__gearmandering="",
    )
    assert list(walk.doors()) == []


def test_an_extension_that_goes_behind_the_contract_is_seen(specimen):
    place = "turbo_hipster_plugins__shell__shell__task"
    walk = specimen(
        **{
            place: "from turbo_hipster import exceptions, model, task\n"
            "from turbo_hipster.builds import context\n"
        }
    )
    told = only(walk.extensions())
    assert "turbo_hipster.builds.context" in told
    assert "testing" in told


def test_an_extension_may_import_itself_and_others(specimen):
    place = "turbo_hipster_plugins__shell__turbo_hipster_shell__task"
    walk = specimen(
        **{place: "from turbo_hipster_shell import words\nfrom . import x\n"}
    )
    assert list(walk.extensions()) == []


def test_a_room_that_is_too_large_is_seen(specimen):
    walk = specimen(turbo_hipster__model="\n" * 301)
    assert "301 lines" in only(walk.sizes_and_names())


@pytest.mark.parametrize("name", ["utils", "common__x", "cli__helpers"])
def test_a_name_that_says_nothing_is_seen(specimen, name):
    walk = specimen(**{f"turbo_hipster__{name}": ""})
    assert "names no subject" in only(walk.sizes_and_names())


@pytest.mark.parametrize(
    "how",
    [
        "try:\n    f()\nexcept:\n    pass\n",
        "try:\n    f()\nexcept Exception:\n    pass\n",
        "try:\n    f()\nexcept (OSError, BaseException) as e:\n    pass\n",
        "import builtins\n"
        "try:\n    f()\nexcept builtins.Exception:\n    pass\n",
        "import contextlib\nwith contextlib.suppress(Exception):\n    f()\n",
        "from contextlib import suppress\n"
        "with suppress(OSError, Exception):\n    f()\n",
    ],
)
def test_whatever_catches_everything_is_seen(specimen, how):
    walk = specimen(turbo_hipster__worker__slot=how)
    assert len(walk.broad()) == 1


def test_what_catches_something_is_not_counted(specimen):
    walk = specimen(
        turbo_hipster__model="try:\n    f()\nexcept (OSError, ValueError):\n"
        "    pass\n"
    )
    assert walk.broad() == []
