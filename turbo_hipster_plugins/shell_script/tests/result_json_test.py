"""A command may say more than a number, and may not say nonsense."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turbo_hipster import model
from turbo_hipster.exceptions import CannotJudge
from turbo_hipster.testing import run_task
from turbo_hipster_shell_script import shapes, values
from turbo_hipster_shell_script.document import parse
from turbo_hipster_shell_script.task import ShellScript

FULL = {
    "sentences": ["All is\n well"],
    "findings": [
        {
            "id": "TH-SLOW",
            "severity": "warn",
            "message": "It was slow",
            "where": {"file": "a.py"},
            "measured": 3.5,
            "limit": 2,
            "limit_source": "the team's rule",
            "advice": "Make it fast.",
            "detail": "+ one\n- \x1b[31mtwo",
        }
    ],
    "tables": [
        {"name": "times", "title": "Times", "rows": [{"a": 1, "b": None}]}
    ],
    "charts": [
        {
            "name": "load",
            "kind": "line",
            "unit": "s",
            "series": [{"name": "one", "points": [[1, 2], ["x", None]]}],
        }
    ],
    "not_checked": [{"what": "the rest", "why": "no time"}],
    "verdict": None,
}


def run(text, status=0, **rules):
    """Let a command leave ``text`` in TH_RESULT_JSON."""
    return run_task(
        ShellScript,
        {"command": f'printf %s "$TEXT" >$TH_RESULT_JSON; exit {status}'},
        {"TEXT": text if isinstance(text, str) else json.dumps(text)},
        **rules,
    )


def complaint(outcome):
    """What the report says about the document that was not taken."""
    [gap] = outcome.not_checked
    assert gap.what == "what the command wrote to TH_RESULT_JSON"
    text, _, rest = gap.why.rpartition(";")
    assert rest == " only its exit status counts"
    return text


def test_everything_it_says_is_in_the_report():
    outcome = run(FULL)
    assert outcome.sentences == ("All is well",)
    assert outcome.findings == (
        model.Finding(
            id="TH-SLOW",
            severity=model.Severity.WARN,
            message="It was slow",
            where={"file": "a.py"},
            measured=3.5,
            limit=2,
            limit_source="the team's rule",
            advice="Make it fast.",
            detail="+ one\n- [31mtwo",
        ),
    )
    assert outcome.tables["times"].rows == ({"a": 1, "b": None},)
    assert outcome.charts[0].series[0].points == ((1, 2), ("x", None))
    assert outcome.not_checked == (model.NotChecked("the rest", "no time"),)


def test_the_verdict_error_says_that_it_could_not_judge():
    with pytest.raises(CannotJudge, match="^the mirror is away$"):
        run({"verdict": "ERROR", "sentences": ["the mirror is away"]})


def test_a_failing_finding_fails_a_change_that_exits_0():
    outcome = run({"findings": [{"id": "TH-X", "message": "It is bad"}]})
    assert outcome.verdict is model.Verdict.FAILURE
    assert outcome.sentences == ("It is bad",)


def test_the_job_can_turn_a_finding_into_a_warning():
    text = {"findings": [{"id": "TH-X", "message": "It is bad"}]}
    assert run(text, warn=["TH-X"]).verdict is model.Verdict.SUCCESS
    assert run(text, off=["TH-X"]).verdict is model.Verdict.SUCCESS


def test_its_sentences_come_before_the_return_code():
    outcome = run({"sentences": ["Two tests failed"]}, status=1)
    assert outcome.sentences == (
        "Two tests failed",
        "Return code from test script was non-zero (1)",
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is no JSON"),
        ("{", "it is no JSON"),
        ("[" * 100_000, "it is nested too deeply"),
        ('{"sentences": [NaN]}', "NaN is no number"),
        ('{"tables": ' + "9" * 5000 + "}", "it is no JSON"),
        ("[]", "the document is no object"),
        ({"sentence": []}, "the document has an unknown key 'sentence'"),
        ({"sentences": "one"}, "sentences is no list"),
        ({"sentences": [1]}, "sentences[0] is no text"),
        ({"sentences": ["x" * 10_001]}, "more than 10000 characters"),
        ({"verdict": "SUCCESS"}, 'verdict: only "ERROR" may stand here'),
        ({"findings": [{"id": "X"}]}, "findings[0] has no 'message'"),
        (
            {"findings": [{"id": "a b", "message": "m"}]},
            "findings[0].id is no name",
        ),
        (
            {"findings": [{"id": None, "message": "m"}]},
            "findings[0].id is no name",
        ),
        (
            {"findings": [{"id": "X", "message": "m", "severity": "bad"}]},
            "findings[0].severity is none of fail, warn, note",
        ),
        (
            {"findings": [{"id": "X", "message": "m", "where": {"a": 1}}]},
            "findings[0].where.a is no text",
        ),
        (
            {"findings": [{"id": "X", "message": "m", "measured": []}]},
            "findings[0].measured is neither a number nor a text",
        ),
        ({"tables": [{"name": "t"}]}, "tables[0] has no 'rows'"),
        (
            {"tables": [{"name": "t", "rows": [{"a": {}}]}]},
            "tables[0].rows[0].a is neither a number nor a text",
        ),
        (
            '{"tables": [{"name": "t", "rows": [{"a": 1e999}]}]}',
            "tables[0].rows[0].a is too large a number",
        ),
        (
            {"findings": [{"id": "X", "message": "m", "limit": -(10**400)}]},
            "findings[0].limit is too large a number",
        ),
        (
            {"charts": [{"name": "c", "kind": "pie", "series": []}]},
            'charts[0].kind is neither "line" nor "bar"',
        ),
        (
            {
                "charts": [
                    {
                        "name": "c",
                        "kind": "bar",
                        "series": [{"name": "s", "points": [[1]]}],
                    }
                ]
            },
            "charts[0].series[0].points[0] is no pair [x, y]",
        ),
        ({"not_checked": [{}]}, "not_checked[0] has no 'what'"),
    ],
)
def test_what_is_wrong_is_said_and_the_exit_status_decides(text, words):
    passed = run(text)
    assert words in complaint(passed)
    assert passed.verdict is model.Verdict.SUCCESS
    assert run(text, status=1).verdict is model.Verdict.FAILURE


@pytest.mark.parametrize(
    ("leave", "words"),
    [
        ("ln -s /etc/passwd $TH_RESULT_JSON", "it is a symbolic link"),
        ("mkfifo $TH_RESULT_JSON", "it is no regular file"),
        ("mkdir $TH_RESULT_JSON", "it is no regular file"),
        ("truncate -s 100G $TH_RESULT_JSON", "more than 4194304 bytes"),
        ("printf '\\377' >$TH_RESULT_JSON", "it is no JSON"),
    ],
)
def test_a_hostile_file_is_not_read(leave, words):
    outcome = run_task(ShellScript, {"command": leave})
    assert words in complaint(outcome)
    assert outcome.verdict is model.Verdict.SUCCESS


KEYS = ["id", "message", "where", "name", "rows", "points", "kind", "limit"]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(), inner)
    ),
)


@settings(database=None, deadline=None)
@given(st.dictionaries(st.sampled_from(list(FULL)), ANYTHING))
def test_no_document_breaks_the_build(document):
    try:
        said = shapes.document(parse(json.dumps(document).encode()))
    except values.Misshapen as error:
        assert str(error)
    else:
        json.dumps(model.plain(said), allow_nan=False).encode()


def test_texts_are_made_printable_for_every_reader():
    outcome = run('{"sentences": ["a\\u0000b\\ud800\\u001b[31m"]}')
    assert outcome.sentences == ("a b [31m",)
    outcome.sentences[0].encode()


def test_a_script_that_says_nothing_is_not_complained_about():
    assert run_task(ShellScript, {"command": "true"}).not_checked == ()
