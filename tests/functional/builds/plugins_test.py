"""Plugins that hurt: one build is lost, and the house stands."""

import json
import os
import signal

import pytest

from turbo_hipster.builds.containment import proc

pytestmark = pytest.mark.functional

FINE = ("SUCCESS", "all is well")


def test_a_sound_task_succeeds_and_is_published_whole(one):
    # when
    build = one.build("Sound")

    # then
    assert build.judgement == FINE
    found = {
        str(path.relative_to(build.published))
        for path in build.published.rglob("*")
    }
    assert found == {
        "index.html",
        "report.json",
        "junit.xml",
        "summary.md",
        "task_output.log",
        "shell_output.log",
        "files",
        "files/kept.txt",
    }
    assert build.wait()["published"] == "published"
    assert build.wait()["problems"] == []
    assert [step["name"] for step in build.report["steps"]] == ["one", "two"]
    shown = [
        (news["step"], news["done"], news["total"])
        for news in build.news
        if "total" in news
    ]
    assert shown[0] == (None, 0, 2)
    assert shown[-1] == ("two", 2, 2)


def test_a_failure_is_the_tasks_word_or_its_findings(one):
    assert one.judge("Fails") == ("FAILURE", "the change is bad")
    assert one.judge("FailsByFinding") == (
        "FAILURE",
        "it is too slow",
        "all is well",
    )


UNJUDGED = {
    "Exits": "The task called sys.exit(3); a task returns a Result or raises",
    "Vanishes": "The build process ended with status 0 before it had a result",
    "Segfaults": "The build process was ended by signal 11 before it had a "
    "result",
    "Asserts": "AssertionError: I doubt it",
    "RaisesBase": "BaseException: of the lowest kind",
    "Interrupts": "KeyboardInterrupt:",
    "RaisesUnprintable": "Unprintable: <exception str() failed>",
    "ReturnsText": "The task returned 'SUCCESS'; it must return a Result that "
    "is SUCCESS or FAILURE, or raise",
    "ReturnsNothing": "The task returned None; it must return a Result that "
    "is SUCCESS or FAILURE, or raise",
    "ForksAndDies": "The build process was ended by signal 11 before it had a "
    "result",
    "ClosesEverything": "the build lost its keeper: ",
    "LeavesAPipeForAResult": "The build process left a result that is none: "
    "[Errno 22] it is no regular file: ",
    "DeletesItsFolder": "The build process could not write its result down",
}


@pytest.mark.parametrize("task", UNJUDGED)
def test_who_cannot_judge_is_an_error_that_says_why(one, task):
    # when
    build = one.build(task)

    # then
    verdict, sentence = build.judgement
    assert verdict == "ERROR"
    assert sentence.startswith(UNJUDGED[task])
    assert not build.wait()["final"]
    # and what there is of it is published
    assert build.report["verdict"] == "ERROR"
    assert (build.published / "index.html").exists()
    assert not build.lost
    assert one.judge("Sound") == FINE


def test_a_verdict_that_is_not_the_tasks_is_no_verdict(one):
    verdict, sentence = one.judge("ReturnsAborted")
    assert verdict == "ERROR"
    assert "must return a Result" in sentence


@pytest.mark.parametrize(
    ("module", "sentence"),
    [
        ("exits_at_import", "The task called sys.exit(0)"),
        ("asserts_at_import", "AssertionError: not on my watch"),
        ("raises_at_import", "KeyError: 'no such luck'"),
        ("is_not_there", "ModuleNotFoundError: No module named"),
    ],
)
def test_what_falls_at_import_costs_itself_alone(one, module, sentence):
    build = one.build("", entry=f"{module}:Task")
    assert build.judgement[0] == "ERROR"
    assert build.judgement[1].startswith(sentence)
    assert one.judge("Sound") == FINE


UNHARMED = [
    "ClosesAndPasses",
    "WritesGarbage",
    "SendsStrangeDescriptors",
    "LeaksThreads",
    "MovesHouse",
    "DeletesItsReport",
    "LogsIntoAPipe",
    "LeavesOddThings",
    "LeavesHostileRecord",
    "LeavesAPipeForARecord",
    "ShowsOddThings",
    "DigsDeep",
    "ShutsItsFolders",
]


@pytest.mark.parametrize("task", UNHARMED)
def test_bad_manners_do_not_change_a_verdict(one, task):
    # when
    build = one.build(task)

    # then
    assert build.judgement == FINE
    assert build.wait()["url"]
    assert (build.published / "index.html").exists()
    assert not build.lost
    assert one.judge("Sound") == FINE


def test_a_loop_is_ended_by_its_time_limit(each):
    for task in ("LoopsSilently", "LoopsLoudly"):
        build = each.build(
            task,
            options={"timeout": 0.7, "kill_grace": 0.2, "log_limit": 9999},
        )
        assert build.judgement == (
            "TIMED_OUT",
            "The task ran more than 0.7 s",
        )
        assert (build.published / "index.html").exists()
    assert each.judge("Sound") == FINE


def test_the_clock_cannot_be_set_back(one):
    build = one.build("SaysItBegins", options={"timeout": 1, "kill_grace": 0})
    assert build.judgement == ("TIMED_OUT", "The task ran more than 1 s")


def test_silence_is_ended_by_its_limit(one):
    build = one.build("Lurks", options={"silence_timeout": 0.5})
    assert build.judgement == (
        "TIMED_OUT",
        "The task was silent for more than 0.5 s",
    )


def test_a_bomb_is_stopped_and_is_the_changes_fault(each):
    # given a build that forks without end (it stops itself at 2,000)
    build = each.build("Multiplies", process_limit=100)

    # then
    verdict, sentence = build.judgement
    assert verdict == "FAILURE"
    assert "more than 100 processes" in sentence
    assert "process_limit" in sentence
    assert each.judge("Sound") == FINE


def test_who_asks_without_end_is_cancelled_all_the_same(one):
    # given a task that sends a request a byte at a time
    build = one.build("Dribbles")
    build.await_live("dribbling")

    # when
    build.cancel("it is enough")

    # then
    assert build.judgement == (
        "ABORTED",
        "The build was cancelled: it is enough",
    )


def test_what_is_printed_beyond_the_limit_is_counted(one):
    build = one.build("Prints", options={"log_limit": "1MiB"})
    assert build.judgement == FINE
    log = build.log()
    assert len(log) < 1.2 * 2**20
    assert "[output] the first line\n" in log
    assert log.endswith("[output] the last line\n")
    assert "bytes were left out here" in log


def test_links_in_the_place_of_folders_are_not_followed(one):
    # when a task has put links to foreign folders there
    build = one.build("LinksItsFolders")

    # then nothing of those is touched or shown
    assert build.judgement == FINE
    for name in ("report", "results"):
        elsewhere = one.base / f"elsewhere-{name}"
        assert [path.name for path in elsewhere.iterdir()] == ["precious"]
    assert not (build.published / "files").exists()
    assert len(build.wait()["problems"]) == 2


def test_links_in_the_place_of_the_report_are_not_written_through(one):
    build = one.build("LinksItsIndex")
    assert build.judgement == FINE
    assert (one.base / "precious").read_text() == "precious"
    assert (build.published / "index.html").is_file()
    assert not (build.published / "index.html").is_symlink()
    assert (build.published / "files" / "kept.txt").read_text() == "kept"
    assert any("'index.html'" in text for text in build.wait()["problems"])


def test_only_files_are_published(one):
    build = one.build("LeavesOddThings")
    build.wait()
    for path in build.published.rglob("*"):
        assert not path.is_symlink()
        assert path.is_file() or path.is_dir()
    assert (build.published / "files" / "kept.txt").exists()
    assert (
        build.published / "files/closed/inside.txt"
    ).read_text() == "inside"
    assert [found["path"] for found in build.report["artefacts"]] == [
        "files/closed/inside.txt",
        "files/kept.txt",
        "files/\udcff name",
    ]


def test_damage_in_the_record_is_said_aloud(one):
    said = one.build("LeavesHostileRecord").report["not_checked"]
    assert "they were damaged and are left out" in said[-1]["why"]
    said = one.build("LeavesAPipeForARecord").report["not_checked"]
    assert said[-1]["what"].startswith("1 entries")


@pytest.mark.parametrize(
    "result",
    [
        "",
        "[]",
        "null",
        "{",
        "[" * 100_000,
        json.dumps({"kind": "judged", "verdict": "ABORTED", "sentences": []}),
        json.dumps(
            {"kind": "judged", "verdict": "TIMED_OUT", "sentences": []}
        ),
        json.dumps({"kind": "judged", "verdict": 1, "sentences": []}),
        json.dumps({"kind": "judged", "verdict": "SUCCESS"}),
        json.dumps({"kind": "judged", "verdict": "SUCCESS", "sentences": 1}),
        json.dumps({"kind": "praise", "sentences": []}),
    ],
    ids=range(11),
)
def test_a_result_that_is_none_is_an_error(one, result):
    build = one.build("LeavesItsOwnResult", params={"RESULT": result})
    assert build.judgement[0] == "ERROR"
    assert build.judgement[1].startswith("The build process left a result")


def test_what_was_asked_for_and_not_heard_is_not_started(one, wait_until):
    # given a keeper that does not look, while its build asks and ends
    build = one.build(
        "AsksAndEnds", publishers={"wait": "publishers:WaitsForWord"}
    )
    one.witnesses.await_number(1)
    (process,) = one.witnesses.seen
    os.kill(build.keeper, signal.SIGSTOP)
    (one.base / "ask").touch()
    wait_until(lambda: proc.state(process) == "Z", "the build process's end")

    # when it looks again
    os.kill(build.keeper, signal.SIGCONT)

    # then nothing is started once the build is proven to be gone
    wait_until((one.base / "publishing").exists, "the publisher")
    ran = one.base / "ran"
    before = ran.read_text() if ran.exists() else ""
    assert len(before.split()) < 10
    assert one.judge("Sound") == FINE
    assert (ran.read_text() if ran.exists() else "") == before
    (one.base / "go").touch()
    assert build.judgement[0] == "ERROR"
    for name in ("go", "ask", "publishing"):
        (one.base / name).unlink()


def test_a_child_that_comes_back_leaves_no_result(one):
    assert one.judge("ForksAndPauses") == FINE


def test_a_result_of_one_that_died_does_not_count(one):
    verdict, sentence = one.judge("LeavesAResultAndDies")
    assert verdict == "ERROR"
    assert "signal 9" in sentence
