"""Cancel and description: heard while every slot is busy."""

import pytest


def test_a_cancel_ends_the_build_while_all_slots_are_busy(
    house, new_script, until
):
    scripts = [new_script(), new_script()]
    # the second one ignores SIGTERM and starts another session
    builds = [
        house.zuul.launch(parameters=scripts[0].waiting()),
        house.zuul.launch(
            parameters=scripts[1].waiting(
                before="trap '' TERM; setsid sleep 600 & (trap '' TERM; "
                "sleep 600 & sleep 600) &"
            )
        ),
    ]
    for script in scripts:
        script.begun()

    for told in builds:
        assert house.zuul.cancel(told)

    for told, script in zip(builds, scripts, strict=True):
        assert told.wait().terminal == ["WORK_FAIL"]
        assert told.conclusion == "IGNORED"
        assert "result" not in told.facts[-1]
        assert script.gone()
    verdicts = {
        report["build"]: report["verdict"] for report in house.site.reports()
    }
    for told in builds:
        build = told.facts[-1]["url"].rstrip("/").split("/")[-1]
        assert verdicts[build] == "ABORTED"


def test_a_waiting_job_gets_the_slot_of_a_cancelled_one(house, new_script):
    busy = [new_script(), new_script()]
    first = [house.zuul.launch(parameters=one.waiting()) for one in busy]
    for one in busy:
        one.begun()
    queued = house.zuul.launch(parameters={"DO": "true"})

    assert house.zuul.cancel(first[0])

    assert queued.wait().conclusion == "SUCCESS"
    assert house.zuul.cancel(first[1])
    first[1].wait()


@pytest.mark.parametrize(
    "arguments",
    [
        b"",
        b"no JSON",
        b"\xff",
        b"[]",
        b"[" * 100_000,
        b'{"name": "build:unit", "number": "UNIQUE"}',
        b'{"name": "hasty", "number": "UNIQUE"}',
        b'{"name": "unit", "number": "another"}',
        b'{"name": "unit"}',
        b'{"number": "UNIQUE"}',
        b'{"name": ["unit"], "number": {"UNIQUE": 1}}',
        b'{"name": "' + b"x" * 2**20 + b'"}',
    ],
    ids=range(12),
)
def test_what_names_no_build_is_answered_and_ends_none(
    house, script, arguments
):
    told = house.zuul.launch(parameters=script.waiting())
    facts = told.begun()
    script.begun()
    arguments = arguments.replace(b"UNIQUE", facts["number"].encode())

    for what in ("stop", "set_description"):
        assert not house.zuul.call(f"{what}:{facts['manager']}", arguments)

    assert not told.terminal
    script.go()
    assert told.wait().conclusion == "SUCCESS"


def test_an_ended_build_is_described_and_not_stopped(house, script):
    told = house.zuul.launch(parameters=script.waiting())
    facts = told.begun()
    script.begun()
    assert house.zuul.describe(facts, "while it runs")
    script.go()
    told.wait()
    house.quiet()

    assert house.zuul.describe(facts, "<p>afterwards</p>")
    assert house.zuul.describe(facts, "x" * 2**20)
    assert not house.zuul.cancel(told)
    assert not house.zuul.describe({**facts, "number": "never"})
    assert not house.zuul.describe({**facts, "name": "hasty"})


def test_a_second_cancel_changes_nothing(house, script):
    told = house.zuul.launch(parameters=script.waiting(before="trap '' TERM"))
    script.begun()

    assert house.zuul.cancel(told)
    house.zuul.cancel(told)

    told.cancelled = True
    assert told.wait().conclusion == "IGNORED"
    assert script.gone()
