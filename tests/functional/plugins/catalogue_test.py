"""What is installed is known from metadata; a name has one owner."""

import shutil

import pytest

from turbo_hipster import exceptions, plugins

pytestmark = pytest.mark.functional
CLAIMED = (
    "claimed by 2 distributions, turbo-hipster-broken-plugins and "
    "turbo-hipster-rival-plugins"
)


def listed():
    return {
        (plugin.name, plugin.distribution): plugin
        for plugin in plugins.installed(plugins.TASKS)
    }


def test_a_plugin_that_cannot_be_imported_is_listed(broken):
    found = listed()["segfaults", "turbo-hipster-broken-plugins"]
    assert found.entry == "broken_plugins.segfaults:Sound"
    assert found.version == "0.1"
    assert found.rivals == ()


@pytest.mark.parametrize("order", [1, -1])
def test_a_name_with_two_owners_is_refused_and_both_are_named(
    on_path, broken_folder, rival_folder, order
):
    # between the two lie all other plugins: they are not adjacent
    on_path(*[broken_folder, rival_folder][::order])
    for owner, rival in [("broken", "rival"), ("rival", "broken")]:
        plugin = listed()["sound", f"turbo-hipster-{owner}-plugins"]
        assert plugin.rivals == (f"turbo-hipster-{rival}-plugins",)
    with pytest.raises(exceptions.PluginError, match=CLAIMED):
        plugins.find(plugins.TASKS, "sound")
    with pytest.raises(exceptions.PluginError, match=CLAIMED):
        plugins.probe(plugins.TASKS, "sound")


def test_the_neighbours_of_a_claimed_name_are_not_disturbed(
    on_path, broken_folder, rival_folder
):
    on_path(broken_folder, rival_folder)
    assert plugins.find(plugins.TASKS, "unrivalled").version == "0.2"


def test_one_distribution_seen_twice_is_one(on_path, rival_folder, tmp_path):
    twin = tmp_path / "twin"
    shutil.copytree(rival_folder, twin)
    on_path(rival_folder, twin)
    assert plugins.find(plugins.TASKS, "sound").rivals == ()


def test_a_folder_that_an_uninstall_left_behind_is_passed_over(
    on_path, rival_folder, tmp_path
):
    (tmp_path / "gone-1.0.dist-info").mkdir()
    on_path(rival_folder, tmp_path)
    assert plugins.find(plugins.TASKS, "sound").version == "0.2"


def test_a_plugin_nobody_has_is_refused_with_what_there_is(
    on_path, rival_folder
):
    on_path(rival_folder)
    with pytest.raises(exceptions.PluginError, match="unrivalled"):
        plugins.find(plugins.TASKS, "zzz")
