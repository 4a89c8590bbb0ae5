"""How it was before the change, asked of real git."""

import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from turbo_hipster import model, task
from turbo_hipster.exceptions import CannotJudge, FetchFailed
from turbo_hipster.testing import Project, run_task
from turbo_hipster_databases.exceptions import (
    EnvironmentFailed,
    HistoryBroken,
    RequirementsRefused,
    ServerFailed,
)
from turbo_hipster_databases.migration_tool import Project as Checkout
from turbo_hipster_db_migration.before import Before
from turbo_hipster_db_migration.board import Board
from turbo_hipster_db_migration.ending import Over
from turbo_hipster_db_migration.ground import Ground

pytestmark = [pytest.mark.functional, pytest.mark.timeout(120)]

DEADLINE = 60.0


class FakeSurrounding:
    """Makes a project without an environment, or fails to."""

    def __init__(self, fails):
        self.fails = fails
        self.asked = []

    def project(self, checkout):
        self.asked.append(checkout)
        if self.fails:
            raise self.fails
        return Checkout(checkout, Path("/python"))


class Stage:
    """A build with grounds of fake engines, and a Before on real git."""

    def __init__(self, context, fakes, base, *, fails=None, engines, **how):
        self.context = context
        self.opened = []
        self.meeting = how.pop("meeting", None)
        stage = self

        class Tool(fakes.Tool):
            @contextmanager
            def open(self, context, project, server):
                stage.opened.append(project.checkout)
                if stage.meeting:
                    stage.meeting.wait(DEADLINE)
                tool = stage.tool_of(fakes, project.checkout)
                with tool.open(context, project, server) as stepper:
                    yield stepper

        self.surrounding = FakeSurrounding(fails)
        self.before = Before(context, self.surrounding, base)
        board = Board(context)
        settings = SimpleNamespace(
            prepare=how.pop("prepare", ""), step_timeout=60.0
        )
        self.grounds = []
        for name in engines:
            engine = fakes.Engine(name, True, ())
            servers = fakes.Servers(engine)
            for method, does in how.items():
                setattr(servers, method, does)
            self.grounds.append(
                Ground(
                    context, settings, engine, engine.releases()[0], servers,
                    servers, Tool([]), Checkout(context.workspace, Path("/")),
                    board, Over(),
                )
            )  # fmt: skip

    def tool_of(self, fakes, checkout):
        """Return the history that a tree has in its file ``steps``."""
        names = (checkout / "steps").read_text().split()
        if names[0] == "broken":
            return fakes.Tool([], broken=HistoryBroken("cycle", names[1]))
        return fakes.Tool([fakes.Step(name) for name in names])

    def was(self, number=0):
        return self.before.was(self.grounds[number])


@pytest.fixture
def project(tmp_path):
    """A repository whose last commit adds a step."""
    return Project(tmp_path / "project")


@pytest.fixture
def look(project, fakes):
    """Let a function look at a stage in a build; returns its outcome."""

    def look(function, base, engines=("fakesql",), **how):
        class Look(task.Task):
            """Look."""

            def run(self, context):
                stage = Stage(context, fakes, base, engines=engines, **how)
                function(stage)
                return model.Result.success()

        return run_task(Look, project=project.path, base=base)

    return look


def change(project, old="one", new="one two", **files):
    """Commit a base and a change; return the base."""
    base = project.commit({"steps": old, **files})
    project.commit({"steps": new})
    return base


def revisions(walk):
    return [one.revision for one in walk.history.migrations]


def test_the_base_is_walked_and_not_the_change(project, look):
    def see(stage):
        was = stage.was()
        assert revisions(was.walk) == ["one"]
        assert was.broken is None
        assert was.checkout != stage.context.workspace

    look(see, change(project))


def test_it_is_walked_once_however_often_it_is_asked(project, look):
    def see(stage):
        history = stage.before.history(stage.grounds[0])
        assert [one.revision for one in history.migrations] == ["one"]
        first, second = stage.was(), stage.was()
        assert first is second
        assert stage.before.history(stage.grounds[0]) is first.walk.history
        assert len(stage.opened) == 2  # to read, and to walk
        assert len(stage.surrounding.asked) == 1

    look(see, change(project))


def test_engines_are_walked_beside_each_other(project, look):
    def see(stage):
        threads = [
            threading.Thread(target=stage.was, args=(number,))
            for number in (0, 1)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(DEADLINE)
        assert not stage.meeting.broken
        assert [revisions(stage.was(one).walk) for one in (0, 1)] == [
            ["one"], ["one"]
        ]  # fmt: skip

    look(
        see,
        change(project),
        engines=("fakesql", "other"),
        meeting=threading.Barrier(2),
    )


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


def test_a_folder_of_a_repository_is_laid_out_alone(project, look):
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


def test_a_history_that_was_broken_is_knowledge(project, look):
    def see(stage):
        assert stage.was().broken.kind == "cycle"
        assert stage.was().walk is None
        assert stage.before.history(stage.grounds[0]) is None

    outcome = look(see, change(project, old="broken a-and-b"))

    assert outcome.not_checked == ()


def test_without_a_base_nothing_is_known_and_nothing_done(project, look):
    def see(stage):
        assert stage.was().walk is stage.was().broken is None
        assert stage.before.history(stage.grounds[0]) is None
        assert stage.opened == []

    change(project)
    look(see, None)


def lost(*arguments):
    raise ServerFailed("no space left on device")


@pytest.mark.parametrize(
    "how",
    [
        {"fails": EnvironmentFailed("the index cannot be reached")},
        {"empty": lost},
    ],
)
def test_what_is_no_fault_of_the_base_is_not_swallowed(project, look, how):
    def see(stage):
        for _ in "twice":
            with pytest.raises(CannotJudge, match="cannot be reached|space"):
                stage.was()
        with pytest.raises(CannotJudge, match="cannot be reached|space"):
            stage.before.history(stage.grounds[0])

    look(see, change(project), **how)


def test_a_base_that_git_does_not_know_is_not_swallowed(project, look):
    base = change(project)

    def see(stage):
        stage.before = Before(stage.context, stage.surrounding, "f" * 40)
        with pytest.raises(FetchFailed, match="cannot be laid out"):
            stage.was()

    look(see, base)


def test_requirements_that_could_not_be_had_then_are_said(project, look):
    def see(stage):
        for number in (0, 1):
            was = stage.was(number)
            assert was.walk is was.broken is None
            assert stage.before.history(stage.grounds[number]) is None
        assert str(stage.before.refused()) == "there is no foo==0"

    outcome = look(
        see,
        change(project),
        engines=("fakesql", "other"),
        fails=RequirementsRefused("there is no foo==0"),
    )

    assert [one.what for one in outcome.not_checked] == [
        "fakesql: how it was before the change",
        "other: how it was before the change",
    ]
    assert "there is no foo==0" in outcome.not_checked[0].why


def test_a_prepare_that_failed_then_is_said(project, look):
    # the change brings the file along that prepare runs
    def see(stage):
        assert stage.was().walk is stage.was().broken is None

    outcome = look(see, change(project), prepare="echo sorry; exit 3")

    (gap,) = outcome.not_checked
    assert gap.what == "fakesql: how it was before the change"
    assert "with status 3: sorry" in gap.why
