import datetime
from pathlib import PurePath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turbo_hipster_databases.history import of_2013
from turbo_hipster_databases.history.of_2013 import OldStep, Place

SECOND = datetime.timedelta(seconds=1)
START = datetime.datetime(2013, 11, 22, 21, 42, 45, 908_000)


def stamped(*texts, every=1.0):
    """Give each text the stamp of a line, ``every`` so many seconds."""
    for number, text in enumerate(texts):
        when = START + number * every * SECOND
        yield f"{when:%Y-%m-%d %H:%M:%S},{when:%f}"[:-3] + f" [output] {text}"


def counters(read, inserted=0, updated=0, deleted=0):
    return [
        f"Innodb_rows_read\t{read}",
        f"Innodb_rows_inserted\t{inserted}",
        f"Innodb_rows_updated\t{updated}",
        f"Innodb_rows_deleted\t{deleted}",
        "Innodb_pages_written\t77",
    ]


def test_a_log_is_read_whole():
    # given two rungs, with counters before the first step and after each
    run = of_2013.read(
        stamped(
            "***** Start DB upgrade to state of stable/havana *****",
            *counters(100, 1, 1, 1),
            "133 -> 134... ",
            "some output of the migration",
            "done",
            *counters(350, 11, 1, 1),
            "***** Start DB upgrade to state of working *****",
            "134 -> 135... done",
            *counters(350, 11, 2, 4),
            "Final schema version is 135",
        )
    )

    # then each step has its rung, its time and its own rows
    assert run.final == "135"
    one, two = run.steps
    assert one == OldStep(
        "133->134", "stable/havana", START + 6 * SECOND, 2.0, 250, 10
    )
    assert (two.step, two.rung, two.seconds) == ("134->135", "working", 0.0)
    assert (two.rows_read, two.rows_changed) == (0, 4)


def test_the_first_step_has_no_rows_without_counters_before_it():
    run = of_2013.read(stamped("1 -> 2...", "done", *counters(7)))
    assert run.steps[0].seconds == 1.0
    assert run.steps[0].rows_read is run.steps[0].rows_changed is None


def test_a_step_that_does_not_end_has_no_time():
    # given one that another overtakes, and one that the log ends in
    run = of_2013.read(
        stamped(*counters(1), "1 -> 2...", "2 -> 3...", "done", "3 -> 4...")
    )
    assert [step.seconds for step in run.steps] == [None, 1.0, None]
    assert run.steps[0].rows_read is None
    assert run.final is None


def test_a_server_that_was_started_anew_counts_from_nothing():
    run = of_2013.read(
        stamped(*counters(1000), "1 -> 2...", "done", *counters(30))
    )
    assert run.steps[0].rows_read == 30


def test_other_lines_are_passed_over():
    lines = [
        "no stamp", "", "2013-11-22 21:42:45,908 [heartbeat]",
        "2013-11-22 21:42:45,908 [slow] 1 -> 2...",
        "2013-99-11 21:42:45,908 [output] 1 -> 2...",
    ]  # fmt: skip
    assert of_2013.read(lines) == of_2013.OldRun((), None)


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.text(max_size=40), max_size=20))
def test_no_text_is_too_odd(texts):
    of_2013.read(stamped(*texts))
    of_2013.read(texts)


@pytest.mark.parametrize(
    "path, found",
    [
        (
            "/logs/42/real-db-upgrade_nova_percona_user_001/abc/x.log",
            Place("nova", "percona", "user_001"),
        ),
        ("/logs/42/other/x.log", None),
    ],
)
def test_the_path_says_whose_log_it_is(path, found):
    assert of_2013.place(PurePath(path)) == found
