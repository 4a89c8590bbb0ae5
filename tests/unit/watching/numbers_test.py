"""Numbers are right, and the libraries of those who read them agree."""

import socket
import threading
import time

import pytest
from prometheus_client.parser import text_string_to_metric_families

from turbo_hipster import exceptions
from turbo_hipster.conf.settings import StatsdSettings
from turbo_hipster.watching import exposition, metrics
from turbo_hipster.watching.numbers import Numbers
from turbo_hipster.watching.statsd import Statsd
from turbo_hipster.watching.tally import Tally

DONE = {"verdict": "SUCCESS", "url": "http://x/", "left": [], "bytes": 7}


@pytest.fixture
def numbers():
    return Numbers()


@pytest.fixture
def tally(numbers):
    return Tally(numbers, "unit", "build:unit")


def read(numbers):
    """Return what Prometheus's own library reads, by name and labels."""
    text = exposition.render(numbers.samples())
    return {
        (sample.name.removeprefix("turbo_hipster_"), *sample.labels.values()):
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }  # fmt: skip


def test_a_build_is_counted_with_its_phases(numbers, tally):
    tally.started()
    tally.phase("setup", 10.0)
    tally.phase("run", 10.5)
    tally.phase("publish", 40.5)
    tally.phase("", 41.0)
    tally.ended(DONE, 99.0)

    seen = read(numbers)
    whose = ("unit", "build:unit")
    assert seen["builds_started_total", *whose] == 1
    assert seen["builds_total", *whose, "SUCCESS"] == 1
    assert seen["published_bytes_total", *whose] == 7
    for phase, seconds in (("setup", 0.5), ("run", 30), ("publish", 0.5)):
        assert seen["build_phase_seconds_sum", *whose, phase] == seconds
        assert seen["build_phase_seconds_count", *whose, phase] == 1
    # a bound belongs to what is below it
    name = "build_phase_seconds_bucket"
    assert seen[name, *whose, "run", "10"] == 0
    assert seen[name, *whose, "run", "30"] == 1
    assert seen[name, *whose, "run", "+Inf"] == 1


def test_a_build_that_was_lost_in_a_phase_ends_it(numbers, tally):
    tally.started()
    tally.phase("setup", 10.0)
    tally.lost_keeper()
    tally.ended(None, 12.0)

    seen = read(numbers)
    whose = ("unit", "build:unit")
    assert seen["build_phase_seconds_sum", *whose, "setup"] == 2
    assert seen["builds_total", *whose, "ERROR"] == 1
    assert seen["unpublished_total", *whose] == 1
    assert seen["kills_total", *whose, "keeper"] == 1


def test_what_is_left_is_counted(numbers, tally):
    tally.left("folder")
    tally.ended({**DONE, "left": ["process 7", "process 8"]}, 1.0)

    seen = read(numbers)
    assert seen["leftovers_total", "unit", "build:unit", "folder"] == 1
    assert seen["leftovers_total", "unit", "build:unit", "process"] == 2


def test_zeros_are_shown_before_anything_happens(numbers, tally):
    tally.known()

    seen = read(numbers)
    assert set(seen.values()) == {0}
    tally.ended({**DONE, "verdict": "ABORTED"}, 1.0)
    tally.lost_keeper()
    tally.left("folder")
    tally.left("process")
    tally.refused()
    after = {key for key in read(numbers) if "_seconds" not in key[0]}
    assert after == set(seen)


@pytest.mark.parametrize("ago", [0, 30, 3600])
def test_the_queue_time_is_taken_where_the_client_tells(numbers, tally, ago):
    tally.started(str(time.time() - ago))

    seen = read(numbers)
    assert seen["queue_seconds_count", "unit", "build:unit"] == 1
    assert seen["queue_seconds_sum", "unit", "build:unit"] >= ago


@pytest.mark.parametrize(
    "told",
    [None, "", "soon", "nan", "inf", "-inf", "0", "1e300", "9" * 400],
)
def test_a_queue_time_without_sense_is_left_out(numbers, tally, told):
    tally.started(told)

    assert list(read(numbers)) == [
        ("builds_started_total", "unit", "build:unit")
    ]


@pytest.mark.parametrize("text", ['a"b', "a\\b", "a\nb", "ä ☃", "a}b,c"])
def test_any_text_survives_in_a_label(numbers, text):
    numbers.add(metrics.REFUSED, text, "f")

    assert read(numbers) == {("refused_total", text, "f"): 1}


def test_threads_lose_no_count(numbers):
    def count():
        for _ in range(2000):
            numbers.add(metrics.STARTED, "a", "b")
            numbers.observe(metrics.QUEUED, "a", "b", seconds=1)

    threads = [
        threading.Thread(target=count, name=f"count-{number}")
        for number in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    seen = read(numbers)
    assert seen["builds_started_total", "a", "b"] == 8000
    assert seen["queue_seconds_sum", "a", "b"] == 8000


def test_no_two_numbers_have_one_name():
    names = [metric.name for metric in metrics.ALL]

    assert len(set(names)) == len(names)
    assert all(
        metric.name.endswith("_total") == (metric.kind == "counter")
        for metric in metrics.ALL
    )


# -- statsd -------------------------------------------------------------------


@pytest.fixture
def daemon():
    with socket.socket(type=socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        made.settimeout(60)
        yield made


def test_statsd_gets_each_count_and_time(daemon, numbers):
    sender = Statsd(StatsdSettings(*daemon.getsockname(), "ci.th"))
    numbers.sinks.append(sender.send)
    tally = Tally(numbers, "unit", "build:unit:a.b|c")
    tally.known()
    tally.started()
    tally.phase("setup", 1.0)
    tally.ended(DONE, 1.25)
    sender.close()

    told = [daemon.recv(2000).decode() for _ in range(4)]

    function = "build_unit_a_b_c"
    assert told == [
        f"ci.th.builds_started.unit.{function}:1|c",
        f"ci.th.build_phase_seconds.unit.{function}.setup:250.000|ms",
        f"ci.th.published_bytes.unit.{function}:7|c",
        f"ci.th.builds.unit.{function}.SUCCESS:1|c",
    ]


def test_a_statsd_that_is_away_costs_nothing(daemon, numbers):
    sender = Statsd(StatsdSettings(*daemon.getsockname(), "ci"))
    daemon.close()
    numbers.sinks.append(sender.send)
    for _ in range(10):
        Tally(numbers, "unit", "build:unit").started()
    sender.close()

    assert read(numbers)["builds_started_total", "unit", "build:unit"] == 10


def test_a_statsd_without_an_address_is_an_error_that_says_so():
    with pytest.raises(exceptions.ConfigurationError, match=r"\[statsd\]"):
        Statsd(StatsdSettings("no such host.invalid"))
