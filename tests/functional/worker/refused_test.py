"""Hostile requests: refused in plain words, nothing run, the slot free."""

import json
import socket
import struct

import pytest

REFUSED = {
    "no JSON": (b"DO=true", "no JSON"),
    "nothing that ends": (b'{"DO": "true"', "no JSON"),
    "a list": (b'["DO"]', "must be a JSON object, not list"),
    "a word": (b'"DO"', "must be a JSON object, not str"),
    "null": (b"null", "must be a JSON object"),
    "no UTF-8": (b'{"DO": "\xff"}', "not UTF-8"),
    "very deep": (b"[" * 200_000, "no JSON"),
    "half a character": (b'{"DO": "\\ud800"}', "no valid text"),
    "NUL": (b'{"DO": "true", "A": "x\\u0000y"}', "NUL"),
    "a value of 128 KiB": (
        json.dumps({"DO": "true", "BIG": "x" * 2**17}).encode(),
        "'BIG' has 131072 bytes",
    ),
    "a way out": (b'{"DO": "true", "LOG_PATH": "a/../../b"}', "LOG_PATH"),
    "a way up": (b'{"DO": "true", "LOG_PATH": ".."}', "LOG_PATH"),
    "from the root": (b'{"DO": "true", "LOG_PATH": "/etc/x"}', "LOG_PATH"),
    "a line in a path": (b'{"DO": "true", "LOG_PATH": "a\\nb"}', "LOG_PATH"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused_for_good(house, what):
    arguments, reason = REFUSED[what]
    before = set(house.site.published.rglob("*"))

    told = house.zuul.launch(parameters=arguments).wait()

    assert told.terminal == ["WORK_FAIL"]
    assert told.result.startswith("ERROR - ")
    assert reason in told.result
    assert told.conclusion == "ERROR"
    assert "url" not in told.facts[-1]
    assert told.facts[0]["number"]
    assert set(house.site.published.rglob("*")) == before
    assert house.site.builds() == []


@pytest.mark.parametrize("unique", ["../../x", "x" * 300, "ü", "a b", "-"])
def test_a_unique_id_that_is_none_is_replaced(house, unique, script):
    told = house.zuul.launch(parameters=script.waiting(), unique=unique)
    number = told.begun()["number"]
    script.begun()

    assert number and len(number) <= 64
    assert number.isascii() and "/" not in number
    assert house.zuul.cancel(told)
    assert told.wait().conclusion == "IGNORED"


def test_forty_megabytes_are_refused(site, gearmand, zuul_of):
    """By hand, since no client of others gets as much through."""
    site.start(gearmand.address, slots=1)
    arguments = json.dumps({"DO": "true", "BIG": "x" * 40 * 2**20}).encode()
    body = b"build:unit\0big\0" + arguments

    with socket.create_connection(gearmand.address, 60) as made:
        made.sendall(b"\0REQ" + struct.pack("!II", 7, len(body)) + body)
        heard = b""
        while b"\0RES" + struct.pack("!I", 14) not in heard:  # WORK_FAIL
            more = made.recv(65536)
            assert more, heard
            heard += more

    assert b'"result": "ERROR - the arguments have 4194' in heard
    assert not site.builds()
    told = zuul_of(gearmand.address).launch(parameters={"DO": "true"})
    assert told.wait().conclusion == "SUCCESS"


def test_a_second_live_build_of_one_number_is_refused(
    house, script, new_script
):
    """gear's server runs both; gearmand would run one for both."""
    first = house.zuul.launch(parameters=script.waiting(), unique="twin")
    script.begun()
    other = new_script()

    second = house.zuul.launch(parameters=other.waiting(), unique="twin")

    assert second.wait().conclusion == "ERROR"
    assert "unique id twin is running here already" in second.result
    assert other.runs == 0
    assert not first.terminal
    script.go()
    assert first.wait().conclusion == "SUCCESS"


def test_a_function_of_ours_that_is_no_job_is_not_offered(house, queues):
    offered = {
        name
        for name, (_, _, workers) in queues(house.server.address).items()
        if workers
    }

    assert offered == {
        *(f"build:{name}" for name in house.jobs),
        *(
            f"{what}:{house.worker.status()['manager']}"
            for what in ("stop", "set_description")
        ),
    }
