"""The base is laid out by real git, as a checkout would be."""

import subprocess
from pathlib import Path

import pytest

from turbo_hipster.exceptions import FetchFailed
from turbo_hipster_db_migration.before import Before

pytestmark = [pytest.mark.functional, pytest.mark.timeout(120)]


def test_all_files_of_the_base_are_laid_out_and_ours_stay(project, look):
    base = project.commit(
        {
            "steps": "one",
            ".gitattributes": "tests export-ignore\n",
            "tests/a": "not in an archive",
        }
    )
    (project.path / "link").symlink_to("/nowhere")
    base = project.commit({})
    project.commit({"steps": "one two", "tests/a": None, "link": None})

    def see(stage):
        was = stage.was()
        assert (was.checkout / "tests/a").read_text() == "not in an archive"
        assert (was.checkout / "link").readlink() == Path("/nowhere")
        ours = stage.context.workspace
        assert (ours / "steps").read_text() == "one two"
        told = subprocess.run(
            ["git", "status", "--porcelain"], cwd=ours, capture_output=True,
            check=True,
        )  # fmt: skip
        assert told.stdout == b""

    look(see, base)


def test_a_folder_of_a_repository_is_laid_out_alone(project, look, revisions):
    base = project.commit({"app/steps": "one", "other": ""})
    project.commit({"app/steps": "one two"})

    def see(stage):
        # a desk may judge a folder of a larger repository
        stage.context.workspace /= "app"
        was = stage.was()
        assert revisions(was.walk) == ["one"]
        assert not (was.checkout / "other").exists()

    look(see, base)


def test_a_folder_that_the_change_adds_was_no_history(project, look):
    base = project.commit({"other": ""})
    project.commit({"app/steps": "one"})

    def see(stage):
        stage.context.workspace /= "app"
        assert stage.was().broken.kind == "no_history"
        assert stage.before.history(stage.grounds[0]) is None

    look(see, base)


def test_a_base_that_git_does_not_know_is_not_swallowed(change, look):
    base = change()

    def see(stage):
        stage.before = Before(stage.context, stage.surrounding, "f" * 40)
        with pytest.raises(FetchFailed, match="cannot be laid out"):
            stage.was()

    look(see, base)
