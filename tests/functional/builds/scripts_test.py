"""Scripts that try to get away, and the ways a build is ended."""

import re

import pytest

pytestmark = pytest.mark.functional

FINE = ("SUCCESS", "all is well")
CANCELLED = ("ABORTED", "The build was cancelled: it is enough")

#: kind of script -> how many processes of it tell that they live, besides
#: the build process
HOSTILE = {
    "setsid": 8,
    "double_fork": 3,
    "clear_environment": 2,
    "ignore_term": 2,
}


def script(stage, kind, **told):
    params = {"KIND": kind, **told.pop("params", {})}
    return stage.build("Script", params=params, **told)


@pytest.mark.parametrize("kind", HOSTILE)
def test_nothing_of_a_hostile_script_survives_a_cancel(each, kind):
    # given
    build = script(each, kind, options={"kill_grace": 0.2})
    each.witnesses.await_number(1 + HOSTILE[kind])

    # when
    build.cancel("it is enough")

    # then the answer comes after the end of all
    assert build.judgement == CANCELLED
    assert each.witnesses.pipe_is_at_end()
    assert each.witnesses.living() == []
    assert build.wait()["left"] == []
    assert build.report["verdict"] == "ABORTED"


@pytest.mark.parametrize("kind", HOSTILE)
def test_nothing_of_a_hostile_script_survives_its_time(one, kind):
    build = script(one, kind, options={"timeout": 2, "kill_grace": 0.2})
    one.witnesses.await_number(1 + HOSTILE[kind])
    assert build.judgement == ("TIMED_OUT", "The task ran more than 2 s")
    assert one.witnesses.pipe_is_at_end()
    assert one.witnesses.living() == []


def test_who_holds_the_output_does_not_hold_the_build(each):
    # given a script that ends at once and leaves a daemon with its output;
    # a build that waited for it would wait for ever
    build = script(each, "hold_stdout", options={"timeout": 50})

    # then
    assert build.judgement == FINE
    assert each.witnesses.pipe_is_at_end()
    assert "[script exit code = 0]" in build.log("shell_output.log")


def test_a_script_is_given_the_time_to_say_its_last_words(each):
    # given a script that tidies up when it is told to end
    build = script(each, "last_words", options={"kill_grace": 50})
    build.await_live("I shall tidy up", "shell_output.log")

    # when
    build.cancel("it is enough")

    # then
    assert build.judgement == CANCELLED
    assert "[output] my last words\n" in build.log("shell_output.log")


def test_no_byte_of_the_output_is_lost_or_altered(one):
    build = script(one, "odd_bytes")
    assert build.judgement == FINE
    raw = (build.published / "shell_output.log").read_bytes()
    lines = [
        re.sub(rb"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \[output\] ?", b"", x)
        for x in raw.split(b"\n")
        if b" [output]" in x
    ]
    said = b"\x00nul\rcr\n\n\xff\xfe no text\n\x1b[31mred\n"
    said += "æøå €\n".encode() + b"x" * 200_000 + b"\nno newline"
    assert lines == said.split(b"\n")


def test_a_build_is_cancelled_while_it_checks_out(one, slow_git):
    # given a git server that does not answer
    build = one.build(
        "Sound", options={"checkout": "change"}, **slow_git.asked
    )
    slow_git.await_call()

    # when
    build.cancel("it is enough")

    # then
    assert build.judgement == CANCELLED
    assert build.report["steps"][0]["name"] == "checkout"
    assert build.report["steps"][0]["verdict"] == "ABORTED"


def test_a_checkout_that_takes_too_long_is_no_verdict(one, slow_git):
    build = one.build(
        "Sound",
        options={"checkout": "change", "setup_timeout": 1.5, "kill_grace": 1},
        **slow_git.asked,
    )
    verdict, sentence = build.judgement
    assert verdict == "ERROR"
    assert "1.5 s (setup_timeout)" in sentence or "fetch" in sentence
    assert not build.wait()["final"]


def test_publishing_has_a_limit_and_loses_nothing(one):
    # given a publisher that hangs and leaves a child
    build = one.build(
        "Sound",
        publishers={"slow": "publishers:Hangs"},
        options={"publish_timeout": 2},
    )

    # then the verdict stands, and the results are kept aside
    assert build.judgement == FINE
    answer = build.wait()
    assert (answer["published"], answer["url"]) == ("not", "")
    assert "took more than 2 s (publish_timeout)" in answer["problems"][0]
    place = one.state / "unpublished" / build.begun["build"]
    assert str(place) in answer["problems"][1]
    assert (place / "index.html").exists()
    assert (place / "files" / "kept.txt").exists()


def test_nothing_of_a_build_lives_while_it_is_published(each, wait_until):
    # given a task that is deaf like its orphan, and a publisher that waits
    build = each.build(
        "IsDeaf",
        options={"kill_grace": 0.2},
        publishers={"wait": "publishers:WaitsForWord"},
    )
    each.witnesses.await_number(2)

    # when the build is over
    build.cancel("it is enough")
    wait_until((each.base / "publishing").exists, "the publisher")

    # then the publisher is alone
    assert each.witnesses.pipe_is_at_end()
    assert each.witnesses.living() == []
    (each.base / "go").touch()
    assert build.judgement == CANCELLED
    (each.base / "go").unlink()
    (each.base / "publishing").unlink()


def test_a_cancel_while_it_publishes_changes_nothing(one):
    # given
    build = one.build("Sound", publishers={"wait": "publishers:WaitsForWord"})
    one.wait_until((one.base / "publishing").exists, "the publisher")

    # when
    build.cancel("too late")
    (one.base / "go").touch()

    # then
    assert build.judgement == FINE
    assert build.wait()["published"] == "published"
    (one.base / "go").unlink()
    (one.base / "publishing").unlink()


@pytest.mark.parametrize("publisher", ["Exits", "Raises", "Dies"])
def test_a_publisher_that_falls_costs_itself_alone(one, publisher):
    build = one.build("Sound", publishers={"bad": f"publishers:{publisher}"})
    assert build.judgement == FINE
    answer = build.wait()
    if publisher == "Dies":  # the next one cannot be asked any more
        assert answer["problems"][0] == "publishing was killed"
        assert (
            one.state / "unpublished" / build.begun["build"] / "index.html"
        ).exists()
    else:
        assert answer["published"] == "published"
        assert answer["problems"][0].startswith("[publish:bad]: ")


def test_what_nobody_publishes_is_kept(one):
    build = one.build(
        "Sound", local=False, publishers={"not": "publishers:NotMine"}
    )
    assert build.judgement == FINE
    assert build.wait()["published"] == "not"
    place = one.state / "unpublished" / build.begun["build"]
    assert build.wait()["problems"] == [f"the results are kept in {place}"]
    assert (place / "report.json").exists()


def test_a_renderer_that_falls_costs_its_own_page_only(one):
    build = one.build("Sound", renderers=["publishers:Broken"])
    assert build.judgement == FINE
    assert build.wait()["published"] == "partly"
    assert build.wait()["problems"] == [
        "publishers:Broken could not render: SystemExit(4)"
    ]
    assert (build.published / "index.html").exists()
