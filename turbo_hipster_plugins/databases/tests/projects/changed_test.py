"""Which migrations are the change's: real git, in a real checkout."""

import pytest

from turbo_hipster import exceptions, model, task
from turbo_hipster.testing import Project, run_task
from turbo_hipster_databases.model import History, Migration
from turbo_hipster_databases.projects.changed import Change, above

ONE = Migration("one", files={"m/one.py": ""})
TWO = Migration("two", ("one",), files={"m/two.py": ""})
THREE = Migration("three", ("two",), files={"m/three é.py": ""})
HISTORY = History((ONE, TWO, THREE), ("three",))


@pytest.fixture
def judged():
    """Say what of HISTORY is judged; ``later`` is done in the checkout."""

    def judged(project, base, judge="change", later=None, history=HISTORY):
        seen = []

        class Look(task.Task):
            """Look at the change."""

            def run(self, context):
                if later:
                    later(context.workspace)
                seen.append(Change(context, judge).judged(history))
                return model.Result.success()

        outcome = run_task(Look, project=project.path, base=base)
        return set(seen[0]), [gap.what for gap in outcome.not_checked]

    return judged


@pytest.fixture
def project(tmp_path):
    made = Project(tmp_path / "project")
    made.commit({"m/one.py": "1", "m/two.py": "2", "m/three é.py": "3"})
    return made


def test_a_migration_that_is_edited_is_judged(project, judged):
    base = project.commit({})
    project.commit({"m/two.py": "changed", "README": "too"})

    assert judged(project, base) == ({"two"}, [])


def test_a_migration_that_is_added_is_judged(project, judged):
    base = project.commit({"m/three é.py": None})
    project.commit({"m/three é.py": "3"})

    assert judged(project, base) == ({"three"}, [])


def test_a_name_may_have_quotes_and_lines(project, judged):
    odd = 'm/a"b\\c\nd.py'
    base = project.commit({odd: "1"})
    project.commit({odd: "2"})
    history = History((ONE, Migration("odd", files={odd: ""})), ("odd",))

    assert judged(project, base, history=history)[0] == {"odd"}


def test_a_change_elsewhere_judges_no_migration(project, judged):
    base = project.commit({})
    project.commit({"README": "new"})

    assert judged(project, base) == (set(), [])


def test_what_is_not_committed_counts(project, judged):
    base = project.commit({"m/three é.py": None})

    def later(workspace):
        (workspace / "m/one.py").write_text("edited")
        (workspace / "m/three é.py").write_text("new")

    assert judged(project, base, later=later) == ({"one", "three"}, [])


def test_without_a_base_all_are_judged_and_that_is_said(project, judged):
    revisions, gaps = judged(project, None)

    assert revisions == {"one", "two", "three"}
    assert gaps == ["what the change adds, apart from what was there"]


def test_a_job_may_judge_all(project, judged):
    base = project.commit({})

    assert judged(project, base, "all") == ({"one", "two", "three"}, [])


def test_a_migration_whose_files_are_not_known_is_judged(project, judged):
    base = project.commit({})
    history = History((ONE, Migration("all")), ("all",))

    assert judged(project, base, history=history)[0] == {"all"}


def test_a_migration_outside_the_checkout_is_judged(project, judged):
    base = project.commit({})
    outside = Migration("far", ("one",), files={"/nowhere/far.py": ""})
    history = History((ONE, outside), ("far",))

    assert judged(project, base, history=history)[0] == {"far"}


def test_a_folder_that_git_does_not_know_is_no_judgement(tmp_path, judged):
    project = Project(tmp_path / "project")
    base = project.commit({"m/one.py": "1"})

    def later(workspace):
        (workspace / ".git/HEAD").unlink()

    with pytest.raises(exceptions.FetchFailed):
        judged(project, base, later=later)


@pytest.mark.parametrize(
    ("floor", "expected"),
    [
        ("", {"one", "two", "three"}),
        ("two", {"three"}),
        ("three", set()),
        ("unknown", {"one", "two", "three"}),
    ],
)
def test_what_lies_above_a_floor(floor, expected):
    assert above(HISTORY, floor) == expected


def test_a_merge_lies_above_both_its_parents():
    history = History(
        (
            ONE,
            TWO,
            Migration("side", ("one",)),
            Migration("m", ("two", "side")),
        ),
        ("m",),
    )

    assert above(history, "m") == frozenset()
    assert above(history, "two") == {"side", "m"}
