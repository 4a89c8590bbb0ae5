"""Real Alembic and Django: faults that the base had are not the change's."""

import pytest

from turbo_hipster import model
from turbo_hipster.exceptions import CannotJudge

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]


@pytest.fixture
def broken(step):
    """Return steps that make a history broken, by the kind of the fault."""

    def broken(kind):
        steps = {
            "missing parent": [step("two", "nobody")],
            "cycle": [step("two", "three"), step("three", "two")],
            "import": [step("two", "one")],
        }[kind]
        if kind == "import":
            path, text = steps[0]
            steps = [(path, f"import nothing_like_it\n{text}")]
        return steps

    return broken


@pytest.mark.parametrize("kind", ["missing parent", "cycle", "import"])
def test_a_history_that_could_not_be_read_before_is_a_note(
    change, step, ids, gap, broken, kind
):
    change.before(*broken(kind))

    outcome = change.judge(step("new", "one"))

    assert ids(outcome) == []
    assert ids(outcome, "note") == ["TH-M102"]
    (note,) = outcome.findings
    assert note.measured == kind
    assert "it could not before this change, either" in note.message
    assert outcome.verdict is model.Verdict.SUCCESS
    assert outcome.sentences == ("No migration could be judged",)
    assert gap(outcome, "TH-M201") == ["there is no history to walk"]


def test_one_that_the_change_breaks_in_another_way_fails(
    change, step, ids, broken
):
    change.before(*broken("import"))

    path, text = broken("import")[0]
    outcome = change.judge((path, text.replace("nothing_like", "just_like")))

    assert ids(outcome) == ["TH-M102"]
    assert "nothing_like_it" in outcome.findings[0].detail


def test_of_one_that_the_change_repairs_nothing_is_said(
    change, ids, sound_step, broken
):
    change.before(*broken("missing parent"))

    outcome = change.judge(sound_step)

    assert ids(outcome) == []
    assert outcome.findings == ()
    assert outcome.sentences == ("1 migration judged on SQLite",)


def test_requirements_that_could_not_be_had_before_are_a_note(
    change, step, ids
):
    files = {"requirements.txt": "-r missing.txt\n"}
    change.before(files=files)

    outcome = change.judge(step("two", "one"), files=files)

    assert ids(outcome) == []
    assert ids(outcome, "note") == ["TH-M102"]
    assert outcome.verdict is model.Verdict.SUCCESS
    assert "could be judged, as before this change" in outcome.sentences[0]


APPS = {
    "settings.py": """
SECRET_KEY = "of no account"
INSTALLED_APPS = ["left", "right"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3"}}
""",
    **{
        f"{app}/{name}": ""
        for app in ("left", "right")
        for name in ("__init__.py", "migrations/__init__.py")
    },
}
DJANGO = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [{}]
    operations = []
"""


def test_apps_of_django_that_wait_for_each_other_did_so_before(
    change, ids, step
):
    change.before(
        ("left/migrations/0001_a.py", DJANGO.format('("right", "0001_a")')),
        ("right/migrations/0001_a.py", DJANGO.format('("left", "0001_a")')),
        files=APPS,
    )

    outcome = change.judge(
        ("left/migrations/0002_b.py", DJANGO.format('("left", "0001_a")')),
        files=APPS,
        requirements="Django>=5,<6",
        tool="django",
        tool_options="settings:settings",
    )

    assert ids(outcome) == []
    assert ids(outcome, "note") == ["TH-M102"]
    assert outcome.findings[0].measured == "cycle"


COMMANDS = """
import os
import sqlite3
import sys

verb, revision = sys.argv[1], sys.argv[-1]
database = sqlite3.connect(os.environ["DATABASE_URL"].split("sqlite:///")[1])
if verb == "list":
    print(open("revisions").read())
elif verb == "version":
    print(open("stands_at").read())
else:
    database.execute(f"CREATE TABLE IF NOT EXISTS t_{revision} (i)")
"""
TOLD = (
    "list:python db.py list, version:python db.py version, "
    "up:python db.py up {revision}"
)
LISTED = {"db.py": COMMANDS, "revisions": "one", "stands_at": "one"}


@pytest.mark.parametrize(
    ("stood", "severity"), [("nothing", "note"), ("one", "fail")]
)
def test_an_end_at_another_revision_is_known_if_it_was_so_before(
    change, stood, severity
):
    change.before(files={**LISTED, "stands_at": stood})

    outcome = change.judge(
        files={**LISTED, "revisions": "one\ntwo", "stands_at": "nothing"},
        tool="command",
        tool_options=TOLD,
        checks="undo",
    )

    found = {one.id: one.severity.value for one in outcome.findings}
    # without a command that goes down there is no downgrade
    assert found == {"TH-M103": severity, "TH-M201": "note"}


def test_a_list_of_the_base_tells_what_the_change_adds(change, gap):
    change.before(files=LISTED)

    outcome = change.judge(
        files={**LISTED, "revisions": "one\ntwo", "stands_at": "two"},
        tool="command",
        tool_options=TOLD,
        checks="undo",
    )

    rows = outcome.tables["migrations"].rows
    assert [row["revision"] for row in rows] == ["two"]
    (why,) = gap(outcome, "whether the change edits")
    assert "names no files" in why


def test_phases_are_judged_as_a_whole_and_that_is_said(change, gap):
    change.before(files=LISTED)

    outcome = change.judge(
        files=LISTED,
        tool="oslo",
        tool_options="expand:python db.py up one, contract:true",
        checks="undo",
    )

    rows = outcome.tables["migrations"].rows
    assert [row["revision"] for row in rows] == ["expand", "contract"]
    (why,) = gap(outcome, "what the change adds")
    assert "the tool oslo runs migrations without naming them" in why


FAILS_THERE = 'case "$DATABASE_URL" in postgres*) echo sorry; exit 3;; esac'


def test_an_engine_that_cannot_go_on_ends_one_that_hangs(change, step):
    # it would wait for its time-out otherwise: for hours
    hangs = step("two", "one", "time.sleep(100000)")

    with pytest.raises(CannotJudge, match="prepare failed .*: sorry"):
        change.judge(
            hangs,
            engines="sqlite, postgresql",
            prepare=FAILS_THERE,
            step_timeout="100000",
        )
