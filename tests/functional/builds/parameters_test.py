"""Parameters stay with their build, and secrets stay secret."""

import json

import pytest

pytestmark = pytest.mark.functional

FINE = ("SUCCESS", "all is well")
SECRET = "correct horse battery"


def world_of(build):
    assert build.judgement == FINE
    return json.loads((build.published / "files" / "seen.json").read_text())


def test_parameters_of_one_build_are_never_seen_by_another(one):
    # given a build with parameters of its own
    seen = world_of(one.build("ShowsItsWorld", params={"OF_THE_FIRST": "æ 1"}))
    assert seen["parameters"]["OF_THE_FIRST"] == "æ 1"

    # when others run on the same launcher
    for _ in range(2):
        seen = world_of(one.build("ShowsItsWorld"))
        assert "OF_THE_FIRST" not in json.dumps(seen)


def test_a_build_sees_no_parameter_in_its_own_environment(one):
    # they are handed to the task, which decides what a command gets
    seen = world_of(one.build("ShowsItsWorld", params={"SITE": "x"}))
    assert "SITE" not in seen["environment"]
    assert "SITE=" not in seen["command"]
    assert seen["environment"]["HOME"].endswith("/home")
    assert seen["environment"]["TMPDIR"].endswith("/tmp")
    assert not {"PYTHONPATH", "LD_LIBRARY_PATH"} & set(seen["environment"])


def test_upload_rights_are_passed_on_only_when_asked_for(one):
    params = {"SWIFT_logs_URL": "u", "ZUUL_EXTRA_SWIFT_logs_URL": "u"}
    for options, there in (({}, set()), ({"pass_swift": "true"}, set(params))):
        build = one.build("ShowsItsWorld", params=params, options=options)
        seen = world_of(build)["parameters"]
        assert {name for name in seen if "SWIFT" in name} == there
        said = "SWIFT_logs_URL is an upload right" in build.log()
        assert said == (not there)


def test_names_that_steer_are_left_out_and_the_log_says_so(one):
    steering = ("LD_PRELOAD", "PATH", "BASH_ENV", "PYTHONPATH", "GIT_DIR")
    params = dict.fromkeys((*steering, "IFS", "a-b", ""), "evil")
    build = one.build("ShowsItsWorld", params=params)
    assert "evil" not in json.dumps(world_of(build))
    for name in (*steering, "IFS"):
        assert f"[worker] not passed on: {name} would steer" in build.log()
    assert "'a-b' is no name of a variable" in build.log()


def everything_shown(stage, build):
    """Return all that leaves the house: files, answer, news, our log."""
    yield json.dumps([build.wait(), build.news])
    yield stage.said()
    for path in build.published.rglob("*"):
        yield str(path)
        if path.is_file():
            yield path.read_text(errors="replace")


@pytest.mark.parametrize(
    ("task", "params"),
    [("TellsSecrets", {}), ("Script", {"KIND": "split_secret"})],
)
def test_a_secret_appears_nowhere(one, task, params):
    # given a task that shows its secret wherever it can, also byte by byte
    build = one.build(
        task,
        params={"PASSWORD": SECRET, **params},
        options={"redact": "PASSWORD"},
        publishers={"leaky": "publishers:Raises"},
    )
    build.wait()

    # then
    assert build.wait()["problems"]
    for text in everything_shown(one, build):
        assert SECRET not in text
    assert "[redacted]" in (build.published / "shell_output.log").read_text()


def test_without_redact_the_same_is_shown(one):
    # so that the test above can fail
    build = one.build("TellsSecrets", params={"PASSWORD": SECRET})
    shown = list(everything_shown(one, build))
    assert SECRET in shown[0]
    assert sum(SECRET in text for text in shown) > 5


def test_what_is_refused_never_becomes_a_build(one):
    build = one.build("Sound", params={"LOG_PATH": "../../etc"})
    assert build.begun["event"] == "refused"
    assert "LOG_PATH" in build.begun["text"]
    assert one.folders() == []
    assert one.judge("Sound") == FINE


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({}, "ZUUL_PROJECT"),
        ({"ZUUL_PROJECT": "../x", "ZUUL_BRANCH": "m"}, "'../x' is refused"),
        ({"ZUUL_PROJECT": "/x", "ZUUL_BRANCH": "m"}, "it is absolute"),
        ({"ZUUL_PROJECT": "x", "ZUUL_BRANCH": "--upload-pack=x"}, "-"),
        (
            {
                "ZUUL_PROJECT": "x",
                "ZUUL_REF": "refs/x",
                "ZUUL_URL": "ext::sh -c 'touch /tmp/x'",
                "ZUUL_BRANCH": "m",
            },
            "ext",
        ),
    ],
)
def test_a_change_that_is_none_is_refused_for_good(one, params, said):
    build = one.build("Sound", options={"checkout": "change"}, params=params)
    verdict, sentence = build.judgement
    assert verdict == "ERROR"
    assert build.wait()["final"]
    assert said in sentence


def test_ends_meet_after_two_hundred_builds(new_stage, users):
    # given a stage that has done a build
    stage = new_stage("auto", uid=users[-1])
    assert stage.judge("Fails")[0] == "FAILURE"
    stage.await_quiet()
    before = stage.facts()

    # when
    for _ in range(100):
        pair = [stage.build("Fails"), stage.build("Fails")]
        for build in pair:
            assert build.judgement[0] == "FAILURE"
    stage.await_quiet()

    # then there are as many descriptors, threads and processes
    assert stage.facts() == before


def test_a_secret_is_not_in_the_answer_when_publishing_dies(one):
    # given an exception with a secret, and nobody who cleans the report
    build = one.build(
        "TellsSecrets",
        params={"PASSWORD": SECRET},
        options={"redact": "PASSWORD"},
        publishers={"dies": "publishers:Dies"},
    )
    assert build.judgement == ("ERROR", "ValueError: it was [redacted]")
    assert SECRET not in json.dumps([build.wait(), build.news])
