"""Each line that a worker logs for a build names the build."""

import json
import re


def built(site, zuul_of, gearmand, default=""):
    worker = site.start(gearmand.address, default=default)
    told = zuul_of(gearmand.address).launch(parameters={"DO": "true"}).wait()
    assert told.conclusion == "SUCCESS"
    worker.logged("SUCCESS")
    assert worker.end() == 0
    return worker


def test_a_line_of_a_build_has_its_id_where_others_have_a_dash(
    site, gearmand, zuul_of
):
    log = built(site, zuul_of, gearmand).log
    pattern = r" [A-Z]+ turbo_hipster\S* \[(\S+)\] (.*)"
    lines = re.findall(pattern, log)
    assert len(lines) == log.count("\n")
    (ended,) = [line for line in lines if "SUCCESS" in line[1]]
    assert ended[0] == build_of(ended[1])
    assert {whose for whose, _ in lines} == {"-", ended[0]}


def build_of(line):
    return re.search(r"build (\S+) of unit", line)[1]


def test_as_json_each_line_is_an_object_that_says_whose_it_is(
    site, gearmand, zuul_of
):
    worker = built(site, zuul_of, gearmand, "use_json = true")
    lines = [json.loads(line) for line in worker.log.splitlines()]
    (ended,) = [one for one in lines if "SUCCESS" in one["message"]]
    assert ended["extra"] == {
        "build": build_of(ended["message"]),
        "job": "unit",
    }
    (ready,) = [one for one in lines if one["message"] == "ready for jobs"]
    assert ready["extra"] == {}


def test_a_journal_that_cannot_be_written_is_said_in_a_sentence(site):
    site.plugin(
        "sitecustomize", 'import sys\nsys.modules["systemd"] = None', ""
    )
    site.write(("127.0.0.1", 1), default="use_journal = true")
    worker = site.run()
    assert worker.ended() == 2
    assert "systemd-python" in worker.log
