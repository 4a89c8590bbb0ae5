import subprocess
import sys

import alembic.command
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from turbo_hipster_databases.exceptions import HistoryUnusable
from turbo_hipster_databases.history import migrating
from turbo_hipster_databases.history.store import MOST, History
from turbo_hipster_databases.history.tables import METADATA
from turbo_hipster_databases.history.words import (
    Quantity,
    RunRecord,
    StepRecord,
    Subject,
)

NOVA = Subject("openstack/nova", "user_001", "mariadb", "vm-2")


def run(build, seconds, subject=NOVA, started=None, step="151->152", **how):
    """One build whose one step took ``seconds``."""
    record = StepRecord(step, {Quantity.SECONDS: seconds}, **how)
    return RunRecord(
        build,
        subject,
        1000.0 + seconds if started is None else started,
        (record,),
        "10.11.6",
        0.25,
    )


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/history.sqlite"


@pytest.fixture
def history(url):
    with History(url) as opened:
        yield opened


def seconds(history, subject=NOVA, step="151->152", **how):
    found = history.figures(subject, step, Quantity.SECONDS, **how)
    return [figure.value for figure in found]


def test_what_went_in_comes_out_newest_first(history):
    history.add(run("b1", 1.0))
    history.add(run("b3", 3.0))
    history.add(run("b2", 2.0))
    assert seconds(history) == [3.0, 2.0, 1.0]
    figure = history.figures(NOVA, "151->152", Quantity.SECONDS)[0]
    assert (figure.started, figure.calibration) == (1003.0, 0.25)


def test_figures_of_other_subjects_and_steps_do_not_count(history):
    history.add(run("b1", 1.0))
    for number, other in enumerate(
        [
            Subject("openstack/cinder", "user_001", "mariadb", "vm-2"),
            Subject("openstack/nova", "user_002", "mariadb", "vm-2"),
            Subject("openstack/nova", "user_001", "postgresql", "vm-2"),
            Subject("openstack/nova", "user_001", "mariadb", "metal"),
        ]
    ):
        history.add(run(f"o{number}", 9.0, other))
    history.add(run("b2", 9.0, step="152->153"))
    history.add(run("b3", 9.0, direction="down"))
    assert seconds(history) == [1.0]
    assert seconds(history, direction="down") == [9.0]


def test_what_was_not_measured_is_no_figure(history):
    history.add(run("b1", 1.0))
    assert history.figures(NOVA, "151->152", Quantity.ROWS_READ) == []


def test_a_run_does_not_count_for_itself(history):
    history.add(run("b1", 1.0, started=1000.0))
    history.add(run("b2", 2.0, started=2000.0))
    assert seconds(history, before=2000.0) == [1.0]


def test_only_the_newest_are_looked_at(history):
    for number in range(MOST + 3):
        history.add(run(f"b{number}", float(number)))
    found = seconds(history)
    assert len(found) == MOST and found[0] == MOST + 2


def test_a_build_is_remembered_once(history):
    assert history.add(run("b1", 1.0))
    assert not history.add(run("b1", 7.0))
    assert history.add(
        run("b1", 9.0, Subject("openstack/nova", "user_002", "mariadb"))
    )
    assert seconds(history) == [1.0]


def test_names_longer_than_a_column_are_kept_apart(history):
    # given merges of many branches, that differ only in their ends
    parents = "+".join(f"{n:012x}" for n in range(30))
    other = Subject("p" * 300, "d" * 300, "mariadb", "m" * 300)
    history.add(run("b1", 1.0, other, step=f"{parents}->one"))
    history.add(run("b2", 2.0, other, step=f"{parents}->two"))

    # then each has its own figures, and every column holds its text
    assert seconds(history, other, f"{parents}->one") == [1.0]
    assert seconds(history, other, f"{parents}->two") == [2.0]
    for step, _ in history.steps(other):
        assert len(step) == 200
    [(known, count)] = history.subjects()
    assert count == 2 and len(known.dataset) == len(known.machine) == 100
    assert history.steps(known) == history.steps(other)


def test_it_says_what_it_knows(history):
    history.add(run("b1", 1.0))
    history.add(run("b2", 1.0))
    history.add(run("b3", 1.0, step="152->153"))
    assert history.subjects() == [(NOVA, 3)]
    assert history.steps(NOVA) == [("151->152", 2), ("152->153", 1)]


def test_it_is_still_there_when_it_is_opened_again(url):
    with History(url) as first:
        first.add(run("b1", 1.0))
    with History(url) as again:
        assert seconds(again) == [1.0]


def test_several_builds_may_open_and_fill_it_at_once(url):
    # given six processes that open a history which is not there yet
    program = (
        "import sys\n"
        "from turbo_hipster_databases.history.store import History\n"
        "from turbo_hipster_databases.history.words import *\n"
        "url, name = sys.argv[1:]\n"
        "subject = Subject('p', 'd', 'sqlite')\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "with History(url) as history:\n"
        "    for number in range(20):\n"
        "        step = StepRecord('1->2', {Quantity.SECONDS: 1.0})\n"
        "        history.add(RunRecord(f'{name}-{number}', subject, 1.0,\n"
        "                              (step,)))\n"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, url, str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for number in range(6)
    ]
    for process in started:
        assert process.stdout.readline() == b"ready\n"

    # when all begin together
    for process in started:
        process.stdin.write(b"\n")
        process.stdin.flush()
    for process in started:
        process.communicate()
        assert process.returncode == 0

    # then nothing is lost
    with History(url) as history:
        assert history.subjects() == [(Subject("p", "d", "sqlite"), 120)]


def test_a_schema_that_is_newer_is_refused(url):
    with History(url):
        pass
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE alembic_version SET version_num = '9999'")
        )
    engine.dispose()
    with pytest.raises(HistoryUnusable, match="at 9999, which this release"):
        History(url)


@pytest.mark.parametrize(
    "url, said",
    [
        ("nonsense", "the history at its URL cannot be used"),
        ("sqlite:////no/such/folder/h.sqlite", "/no/such/folder"),
        ("nodb://u:secret@h/d", "nodb://u:***@h/d"),
    ],
)
def test_a_url_that_does_not_work_is_named_without_its_password(url, said):
    with pytest.raises(HistoryUnusable) as refused:
        History(url)
    assert said in str(refused.value)
    assert "secret" not in str(refused.value)


def test_the_tables_are_those_that_the_migrations_make(url):
    with History(url):
        pass
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_a_migration_that_is_killed_half_way_can_be_run_again(url):
    # given a process that ends while our first migration makes its tables
    program = (
        "import os, sys, sqlalchemy as sa\n"
        "from turbo_hipster_databases.history.store import History\n"
        "@sa.event.listens_for(sa.Engine, 'before_cursor_execute')\n"
        "def die(connection, cursor, statement, *rest):\n"
        "    if 'CREATE INDEX' in statement:\n"
        "        os._exit(9)\n"
        "History(sys.argv[1])\n"
    )
    killed = subprocess.run([sys.executable, "-c", program, url])
    assert killed.returncode == 9

    # when the history is opened then, it is as new
    with History(url) as history:
        assert history.add(run("b1", 1.0))


def test_the_migrations_go_down_again(url):
    with History(url):
        pass
    engine = sa.create_engine(url)
    config = migrating.configuration()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        alembic.command.downgrade(config, "base")
        connection.commit()
        left = sa.inspect(connection).get_table_names()
    engine.dispose()
    assert left == ["alembic_version"]
    with History(url) as history:
        assert history.subjects() == []
