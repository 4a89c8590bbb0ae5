"""What an author's test sees of her task is what a build would do."""

import os
import signal
import threading
from pathlib import Path

import pytest

from turbo_hipster import exceptions, model, task
from turbo_hipster.testing import Project, run_task

pytestmark = [
    pytest.mark.functional,
    pytest.mark.usefixtures("leaves_nothing"),
]


def doing(work, **attributes):
    """Return a task whose run is ``work``."""

    class Doing(task.Task):
        def run(self, context):
            return work(context) or model.Result.success()

    for name, value in attributes.items():
        setattr(Doing, name, value)
    return Doing


def sh(context, script, **how):
    return context.execute(["/bin/sh", "-c", script], **how)


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path / "project")


def test_a_command_is_captured_to_the_last_byte():
    ended = []
    outcome = run_task(
        doing(
            lambda context: ended.append(
                sh(context, "echo one; echo; echo no >&2; printf end; exit 3")
            )
        )
    )
    assert (
        outcome.log == "[output] one\n[output] \n[output] no\n[output] end\n"
    )
    assert ended[0].status == 3
    assert ended[0].tail == "one\n\nno\nend"


def test_what_the_task_logs_is_in_the_log():
    outcome = run_task(doing(lambda context: context.log.info("a %s", "b")))
    assert outcome.log == "[task] a b\n"


def test_a_command_that_takes_too_long_is_ended_with_its_tree(witness):
    script = (
        "import os, sys\n"
        "os.write(os.open(os.environ['TH_WITNESS'], os.O_WRONLY),"
        " b'%d ' % os.getpid())\n"
        "os.setsid() if os.fork() == 0 else None\n"
        "print('ready', flush=True)\n"
        "while True: pass\n"
    )
    ended = []
    outcome = run_task(
        doing(
            lambda context: ended.append(
                context.execute(["python3", "-c", script], timeout=5)
            )
        )
    )
    assert ended[0].timed_out
    assert ended[0].status == -signal.SIGTERM or ended[0].status == -9
    assert "[timeout] after 5 seconds" in outcome.log
    assert witness.gone()
    assert witness.pids()


def test_a_command_that_cannot_be_started_is_no_verdict():
    with pytest.raises(exceptions.CommandFailed, match="cannot run 'nothing'"):
        run_task(doing(lambda context: context.execute(["nothing"]) and None))


def test_a_started_command_lives_until_it_is_stopped():
    def work(context):
        server = context.start(
            [
                "/bin/sh",
                "-c",
                "trap 'exit 5' TERM; echo up; >up;"
                "while :; do sleep 0.01; done",
            ]
        )
        assert server.wait(0) is None
        assert Path(f"/proc/{server.pid}").exists()
        while not (context.workspace / "up").exists():
            assert server.wait(0.01) is None
        assert server.stop(grace=30).status == 5
        assert not Path(f"/proc/{server.pid}").exists()
        assert server.wait().status == 5

    assert "[output] up" in run_task(doing(work)).log


def test_what_was_started_ends_with_the_build_also_when_it_fails():
    pids = []

    def work(context):
        pids.append(context.start(["sleep", "60"]).pid)
        raise exceptions.CannotJudge("no")

    with pytest.raises(exceptions.CannotJudge):
        run_task(doing(work))
    assert not Path(f"/proc/{pids[0]}").exists()


def test_commands_may_run_side_by_side():
    def work(context):
        threads = [
            threading.Thread(target=sh, args=(context, f"echo {number}"))
            for number in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    lines = run_task(doing(work)).log.splitlines()
    assert sorted(lines) == [f"[output] {number}" for number in range(4)]


def test_the_change_is_checked_out_and_its_base_is_known(project):
    base = project.commit({"a": "1"})
    project.commit({"a": "2"})
    seen = []
    run_task(
        doing(
            lambda context: seen.extend(
                [(context.workspace / "a").read_text(), context.base]
            )
        ),
        project=project.path,
        base="HEAD~1",
    )
    assert seen == ["2", base]


def test_a_further_tree_is_another_state_and_read_only(project):
    base = project.commit({"a": "1"})
    project.commit({"a": "2"})
    modes = []

    def work(context):
        tree = context.checkout(base)
        assert (tree / "a").read_text() == "1"
        assert context.checkout("HEAD") != tree
        modes.extend((tree / name).stat().st_mode & 0o222 for name in "a.")

    run_task(doing(work), project=project.path)
    assert modes == [0, 0]


def test_a_ref_that_is_none_is_a_failed_fetch(project):
    project.commit({"a": "1"})
    with pytest.raises(exceptions.FetchFailed, match="git rev-parse failed"):
        run_task(
            doing(lambda context: context.checkout("--all") and None),
            project=project.path,
        )


def test_steps_tell_how_they_ended():
    def work(context):
        context.plan(["one", "two"])
        with context.step("one"):
            pass
        try:
            with context.step("two"):
                raise ValueError
        except ValueError:
            pass

    outcome = run_task(doing(work))
    assert outcome.planned == ("one", "two")
    assert [(step.name, step.verdict.value) for step in outcome.steps] == [
        ("one", "SUCCESS"),
        ("two", "ERROR"),
    ]


def test_a_build_can_be_cancelled_at_a_step():
    def work(context):
        with context.step("one"):
            context.log.info("not reached")

    with pytest.raises(exceptions.Cancelled):
        run_task(doing(work), cancel_at="one")


def test_the_report_has_what_was_shown():
    def work(context):
        file = context.results_dir / "a" / "b.txt"
        file.parent.mkdir()
        file.write_text("content")
        context.artefact(file, "A file")
        context.table("t", [{"x": 1}], "Title")
        context.table("t", [{"x": 2}])
        context.not_checked("what", "why")

    outcome = run_task(doing(work))
    assert outcome.files == {"a/b.txt": b"content"}
    assert outcome.artefacts == (model.Artefact("a/b.txt", "A file"),)
    assert outcome.tables["t"] == model.Table(
        "t", ({"x": 1}, {"x": 2}), "Title"
    )
    assert outcome.not_checked == (model.NotChecked("what", "why"),)


def test_the_surroundings_are_a_builds_and_are_put_back(tmp_path):
    seen = []
    before = Path.cwd(), dict(os.environ)
    run_task(
        doing(
            lambda context: seen.extend(
                [Path.cwd() == context.workspace, os.environ["HOME"]]
            )
        )
    )
    assert seen[0]
    assert not Path(seen[1]).exists()
    assert (Path.cwd(), dict(os.environ)) == before


def test_a_state_dir_outlives_its_build(tmp_path):
    def count(context):
        file = context.state_dir / "count"
        before = int(file.read_text()) if file.exists() else 0
        file.write_text(str(before + 1))
        return model.Result.success(str(before))

    runs = [
        run_task(doing(count), state_dir=tmp_path / "state").sentences
        for _ in range(2)
    ]
    assert runs == [("0",), ("1",)]


def test_an_option_nobody_has_is_refused():
    with pytest.raises(
        exceptions.ConfigurationError, match="no option colour"
    ):
        run_task(doing(lambda context: None), {"colour": "red"})


@pytest.mark.parametrize(
    "result",
    [None, "SUCCESS", model.Result(model.Verdict.ABORTED)],
)
def test_what_is_no_judgement_is_refused(result):
    class Odd(task.Task):
        def run(self, context):
            return result

    with pytest.raises(exceptions.CannotJudge, match="must return"):
        run_task(Odd)
