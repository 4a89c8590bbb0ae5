"""A history that is none is told with its place, and nothing is left."""

import pytest

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]

VERSIONS = "migrations/versions/"


@pytest.fixture
def judge(change):
    """Judge a change of history; nothing of it is left."""

    def judge(*steps, files=None):
        outcome = change.judge(*steps, files=files, checks="undo")
        assert outcome.left == 0
        home = change.state_dir.with_name("databases")
        assert not list(home.glob("snapshots/.making-*"))
        return outcome

    return judge


def the_one(outcome):
    (finding,) = outcome.findings
    assert outcome.verdict.value == "FAILURE"
    assert finding.severity.value == "fail"
    return finding


def test_a_cycle_is_told(judge, step):
    finding = the_one(judge(step("one", "two"), step("two", "one")))

    assert finding.id == "TH-M102"
    assert finding.measured == "cycle"
    assert "these revisions follow one another: one, two" in finding.message


def test_a_missing_parent_is_told(judge, step):
    finding = the_one(judge(step("two", "nobody")))

    assert finding.id == "TH-M102"
    assert "two.py follows revision nobody" in finding.message


def test_a_revision_that_is_there_twice_is_told(judge, step):
    text = step("two", "one")[1]

    finding = the_one(
        judge(files={VERSIONS + "a.py": text, VERSIONS + "b.py": text})
    )

    assert finding.id == "TH-M102"
    assert "revision two is in two files" in finding.message


def test_two_heads_are_told(judge, step):
    finding = the_one(judge(step("left", "one"), step("right", "one")))

    assert finding.id == "TH-M101"
    assert "2 heads: left, right" in finding.message


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        ("import nothing_like_this\n", "import", "No module named 'nothing"),
        ("def upgrade(:\n", "syntax", "two.py:1: SyntaxError"),
        ("raise SystemExit('no')\n", "other", "SystemExit: no"),
        ("import os\nos._exit(7)\n", "exit", "ended (exit status 7)"),
        ("import os\nos.kill(os.getpid(), 9)\n", "exit", "killed its own"),
        ("input('Sure? ')\n", "other", "EOFError"),
    ],
)
def test_a_file_that_cannot_be_loaded_is_told(judge, text, kind, says):
    finding = the_one(judge(files={VERSIONS + "two.py": text}))

    assert finding.id == "TH-M102"
    assert finding.measured == kind
    assert says in finding.message


def test_a_sound_history_is_not(judge, sound_step):
    assert judge(sound_step).findings == ()
