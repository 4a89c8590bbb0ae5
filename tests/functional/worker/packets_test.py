"""What a client is told of a build, by every way a build may end."""

import json
import subprocess

import pytest

SAY = 'printf "%s" "$MESSAGE" > "$TH_RESULT_FILE"; exit 1'


def test_a_good_build_is_told_in_order(site, job_server, proxy_to, zuul_of):
    proxy = proxy_to(job_server.address)
    site.start(proxy.address, slots=1, awaited=[job_server.address])
    zuul = zuul_of(job_server.address)

    told = zuul.launch(parameters={"DO": "echo hello"}).wait()

    names = [name for name, _ in proxy.of_handle(told.job.handle)]
    assert names[:2] == ["WORK_DATA", "WORK_STATUS"]
    assert names[-2:] == ["WORK_DATA", "WORK_COMPLETE"]
    assert set(names) == {"WORK_DATA", "WORK_STATUS", "WORK_COMPLETE"}
    assert told.payloads("WORK_STATUS")[0] == b"0\x001"
    assert told.payloads("WORK_STATUS")[-1] == b"1\x001"
    first, last = told.facts[0], told.facts[-1]
    assert first["name"] == "unit"
    assert first["number"] == told.job.unique.decode()
    assert first["url"].startswith("https://logs.example.org/unit/")
    assert first["worker_name"] == "th01"
    assert first["worker_program"] == "turbo-hipster"
    assert last == json.loads(told.payloads("WORK_COMPLETE")[0])
    assert last["result"] == "SUCCESS"
    assert last["url"] == first["url"]
    assert all("result" not in facts for facts in told.facts[:-1])
    assert told.conclusion == "SUCCESS"
    steps = [facts["worker_extra"].get("step") for facts in told.facts]
    assert steps[1] == "run the command"
    # never what other servers do not understand (wire contract, 4)
    assert {"CAN_DO_TIMEOUT", "ECHO_REQ", "OPTION_REQ"}.isdisjoint(
        proxy.names_up()
    )


def test_the_first_data_comes_before_any_git_work(house, tarpit):
    told = house.zuul.launch(
        "build:change",
        {
            "ZUUL_PROJECT": "p",
            "ZUUL_URL": tarpit.url,
            "ZUUL_REF": "refs/zuul/main/Z1",
        },
    )
    tarpit.reached()

    first = told.begun()
    assert "result" not in first
    assert first["url"]
    # the server of the change stays silent until we have no more patience
    assert told.wait().conclusion == "RETRY"


ENDS = {
    "passed": ("unit", {"DO": "true"}, "SUCCESS", True),
    "failed": (
        "unit",
        {"DO": SAY, "MESSAGE": "Seven tests failed\nmore"},
        "FAILURE - Seven tests failed",
        True,
    ),
    "failed without a word": (
        "unit",
        {"DO": "exit 3"},
        "FAILURE - Return code from test script was non-zero (3)",
        True,
    ),
    "too long": (
        "hasty",
        {"DO": "sleep 60"},
        "TIMED_OUT - The task ran more than 0.4 s",
        True,
    ),
    "too silent": (
        "mute",
        {"DO": "sleep 60"},
        "TIMED_OUT - The task was silent for more than 0.4 s",
        True,
    ),
    "passed, not published": (
        "unit",
        {"DO": "true", "LOG_PATH": "file/x"},
        "POST_FAILURE - [publish:local]: the results could not be put at ",
        False,
    ),
    "failed, not published": (
        "unit",
        {"DO": SAY, "MESSAGE": "no", "LOG_PATH": "file/x"},
        "FAILURE - no",
        False,
    ),
    "too long, not published": (
        "hasty",
        {"DO": "sleep 60", "LOG_PATH": "file/x"},
        "TIMED_OUT - The task ran more than 0.4 s",
        False,
    ),
    "could not judge": ("unit", {"DO": "exit 75"}, None, True),
    "could not judge, not published": (
        "unit",
        {"DO": "exit 75", "LOG_PATH": "file/x"},
        None,
        False,
    ),
    "no such repository": (
        "change",
        {
            "DO": "true",
            "ZUUL_PROJECT": "p",
            "ZUUL_URL": "file:///nowhere",
            "ZUUL_REF": "refs/zuul/main/Z1",
        },
        None,
        True,
    ),
    "refused in the build": (
        "change",
        {
            "DO": "true",
            "ZUUL_PROJECT": "p",
            "ZUUL_URL": "ext::sh -c id",
            "ZUUL_REF": "refs/zuul/main/Z1",
        },
        "ERROR - ",
        True,
    ),
}


@pytest.mark.parametrize("way", ENDS)
def test_each_end_has_its_packets(house, way):
    job, parameters, result, url = ENDS[way]

    told = house.zuul.launch(f"build:{job}", parameters).wait()

    good = result == "SUCCESS"
    assert told.terminal == ["WORK_COMPLETE" if good else "WORK_FAIL"]
    last = told.facts[-1]
    if result is None:
        assert "result" not in last
        assert told.conclusion == "RETRY"
    else:
        assert last["result"].startswith(result)
        assert told.conclusion == result.split()[0]
    assert ("url" in last) == url
    assert all("result" not in facts for facts in told.facts[:-1])


@pytest.mark.parametrize(
    "message",
    [
        "x" * 5000,
        "a|b|c",
        "tab\tbell\a escape \x1b[31m",
        "schön 😀 " * 60,
        "\u202eright to left\u2028",
        "",
    ],
)
def test_a_result_fits_where_the_client_puts_it(house, message):
    told = house.zuul.launch(parameters={"DO": SAY, "MESSAGE": message})

    assert told.wait().conclusion == "FAILURE"
    told.check()


def test_a_killed_build_process_is_no_judgement(house, script, children):
    told = house.zuul.launch(parameters=script.waiting())
    script.begun()
    keeper = house.site.keeper()
    assert children(keeper)

    subprocess.run(["kill", "-9", *map(str, children(keeper))], check=True)

    assert told.wait().conclusion == "RETRY"
    assert script.gone()


def test_word_and_labels(site, geard, zuul_of, until, queues):
    """Zuul's failure-pattern needs the exact word."""
    site.start(
        geard.address,
        jobs={"unit": 'checkout = none\nlabels = a, b\ncommand = eval "$DO"'},
        gearman="result_text = word",
    )
    assert {"build:unit", "build:unit:a", "build:unit:b"} <= set(
        queues(geard.address)
    )
    zuul = zuul_of(geard.address)

    for function in ("build:unit", "build:unit:a", "build:unit:b"):
        told = zuul.launch(function, {"DO": 'echo "$TH_JOB_NAME"; exit 1'})
        assert told.wait().result == "FAILURE"
        assert told.facts[0]["name"] == "unit"
    logs = list(site.published.glob("unit/*/shell_output.log"))
    assert len(logs) == 3
    assert all(" unit\n" in path.read_text() for path in logs)


@pytest.mark.parametrize(
    "do, status, result", [("true", 0, "SUCCESS"), ("exit 1", 1, "FAILURE")]
)
def test_the_gearman_command_can_be_the_client(
    site, job_server, do, status, result
):
    site.start(job_server.address, slots=1)
    host, port = job_server.address

    said = subprocess.run(
        ["gearman", "-h", host, "-p", str(port), "-f", "build:unit",
         json.dumps({"DO": do})],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert (said.returncode != 0) == bool(status), said
    assert f'"result": "{result}' in said.stdout


STEPS = """
from turbo_hipster import model, task


class Steps(task.Task):
    steps = [f"step {number}" for number in range(20)]

    def run(self, context):
        for name in self.steps:
            with context.step(name):
                pass
        return model.Result.success()
"""


def test_every_step_is_counted_to_the_last(site, geard, zuul_of):
    """Also those that end just before the build does."""
    site.plugin("steps", STEPS, "[turbo_hipster.task]\nsteps = steps:Steps\n")
    site.start(
        geard.address, jobs={"unit": "plugin = steps\ncheckout = none\n"}
    )

    told = zuul_of(geard.address).launch().wait()

    assert told.conclusion == "SUCCESS"
    counted = [
        tuple(map(int, data.split(b"\0")))
        for data in told.payloads("WORK_STATUS")
    ]
    assert counted[0] == (0, 20)
    assert [done for done, _ in counted] == sorted(done for done, _ in counted)
    assert {done for done, _ in counted} == set(range(21))
    assert {total for _, total in counted} == {20}
    shown = [
        facts["worker_extra"]["step"]
        for facts in told.facts
        if "step" in facts["worker_extra"]
    ]
    assert list(dict.fromkeys(shown)) == [f"step {n}" for n in range(20)]
