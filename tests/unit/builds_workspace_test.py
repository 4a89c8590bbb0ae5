"""A build's folder goes away, and nothing else does."""

import os

import pytest

from turbo_hipster.builds import tidying
from turbo_hipster.builds.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    made = Workspace(tmp_path / "state", "b1")
    made.create()
    made.furnish()
    return made


@pytest.fixture
def precious(tmp_path):
    folder = tmp_path / "precious"
    folder.mkdir()
    (folder / "file").write_text("precious")
    yield folder
    assert (folder / "file").read_text() == "precious"


def test_a_folder_is_made_once_and_is_ours_alone(workspace):
    assert workspace.root.stat().st_mode & 0o777 == 0o700
    with pytest.raises(FileExistsError):
        workspace.create()


def test_removing_follows_no_link(workspace, precious):
    (workspace.work / "link").symlink_to(precious)
    (workspace.home / "file").symlink_to(precious / "file")
    os.link(precious / "file", workspace.work / "hard")
    assert workspace.remove() is None
    assert not workspace.root.exists()


def test_a_link_in_the_place_of_the_folder_is_not_followed(
    workspace, precious
):
    workspace.root.rename(workspace.root.with_name("elsewhere"))
    workspace.root.symlink_to(precious)
    workspace.remove()
    assert not workspace.root.is_symlink()


def test_what_is_gone_already_is_no_problem(workspace):
    workspace.remove()
    assert workspace.remove() is None


def test_room_is_made_of_what_is_not_published(workspace):
    for folder in (workspace.work, workspace.results, workspace.report):
        (folder / "file").touch()
    workspace.make_room()
    assert not workspace.work.exists()
    assert (workspace.results / "file").exists()
    assert (workspace.report / "file").exists()


def test_results_are_set_aside_or_it_is_said(workspace):
    (workspace.report / "a.log").touch()
    said = workspace.set_aside()
    place = workspace.state_dir / "unpublished" / "b1"
    assert said == f"the results are kept in {place}"
    assert (place / "a.log").exists()
    assert workspace.set_aside().startswith("the results could not be kept")


def test_tidying_leaves_our_logs_alone(workspace):
    (workspace.report / "task_output.log").write_text("mine")
    assert tidying.tidy(workspace, again=False) == []
    assert (workspace.report / "task_output.log").read_text() == "mine"


def test_tidying_after_a_crash_takes_the_results_back(workspace):
    # given a publication that was killed half way
    (workspace.results / "kept.txt").touch()
    workspace.results.rename(workspace.report / "files")
    (workspace.report / "index.html").write_text("half")

    # when a new keeper comes
    workspace.furnish()
    said = tidying.tidy(workspace, again=True)

    # then
    assert said == []
    assert (workspace.results / "kept.txt").exists()
    assert [path.name for path in workspace.report.iterdir()] == []


def test_tidying_names_what_it_takes_away(workspace, precious):
    (workspace.report / "index.html").symlink_to(precious / "file")
    (workspace.report / "folder").mkdir()
    os.mkfifo(workspace.report / "pipe.log")
    workspace.results.rmdir()
    workspace.results.symlink_to(precious)
    said = tidying.tidy(workspace, again=False)
    assert len(said) == 4
    assert not any(workspace.report.iterdir())
    assert workspace.results.is_dir()
    assert not workspace.results.is_symlink()
