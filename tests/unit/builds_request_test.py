"""Bad input: refused with a clear message, and what is left out of a build."""

import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turbo_hipster.builds import request
from turbo_hipster.exceptions import RefusedInput


def accept(parameters, *, raw=None, unique="u-1", **core):
    given_core = SimpleNamespace(pass_swift=False, redact=[])
    vars(given_core).update(core)
    return request.accept(
        json.dumps(parameters).encode() if raw is None else raw,
        job="unit",
        function="build:unit",
        label="",
        unique=unique,
        core=given_core,
    )


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"{", "no JSON"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b"[]", "must be a JSON object, not list"),
        (b'"x"', "must be a JSON object, not str"),
        (b"null", "must be a JSON object, not NoneType"),
        (b"[" * 100_000, "no JSON"),
        (b'{"x": ' + b"9" * 5000 + b"}", "no JSON"),
        (b" " * (32 * 2**20 + 1), "bytes; 33554432 are the most"),
    ],
    ids=range(8),
)
def test_arguments_that_are_no_object_of_json_are_refused(raw, said):
    with pytest.raises(RefusedInput, match=said):
        accept({}, raw=raw)


def test_no_arguments_are_no_parameters():
    assert accept({}, raw=b"").parameters == {}


@pytest.mark.parametrize(
    "path",
    [
        "/etc",
        "..",
        "a/../b",
        "a/./b",
        "a//b",
        "/",
        "//",
        "a/\0b",
        "a\nb",
        "x" * 201,
        "a/\x7f",
    ],
)
def test_a_log_path_that_leads_elsewhere_is_refused(path):
    if "\0" not in path:
        with pytest.raises(RefusedInput, match="LOG_PATH"):
            accept({"LOG_PATH": path})
    with pytest.raises(RefusedInput):
        request.log_path(path, "unit", "id")


def test_a_log_path_is_kept_or_made():
    assert accept({"LOG_PATH": "12/1/unit/abc/"}).build.log_path == (
        "12/1/unit/abc"
    )
    for nothing in ({}, {"LOG_PATH": ""}):
        build = accept(nothing).build
        assert build.log_path == f"unit/{build.id}"


@pytest.mark.parametrize(
    "unique", ["", "a" * 65, "a/b", "..\0", "a b", "é", "x\n", "-;rm"]
)
def test_a_unique_id_that_is_none_is_replaced(unique):
    build = accept({}, unique=unique).build
    assert build.unique == build.id


def test_a_unique_id_is_the_clients_and_the_id_is_ours():
    first, second = (accept({}, unique="a.B_c-9").build for _ in range(2))
    assert first.unique == second.unique == "a.B_c-9"
    assert first.id != second.id
    assert first.id.isalnum()


def test_a_value_that_no_process_can_be_given_is_refused_by_name():
    largest = request.LONGEST_VALUE
    assert accept({"BIG": "x" * largest}).build.parameters["BIG"]
    for value in ("x" * (128 * 2**10), "é" * (64 * 2**10), ["x" * 2**17]):
        with pytest.raises(RefusedInput, match="'BIG'"):
            accept({"BIG": value})


def test_a_nul_is_refused_by_name():
    with pytest.raises(RefusedInput, match="'BAD' has a NUL"):
        accept({"BAD": "a\0b"})


def test_half_a_character_is_refused():
    for raw in (b'{"a": "\\ud800"}', b'{"\\ud800": "a"}'):
        with pytest.raises(RefusedInput, match="no valid text"):
            accept({}, raw=raw)


STEERING = [
    "LD_PRELOAD", "LD_LIBRARY_PATH", "PATH", "IFS", "ENV", "BASH_ENV",
    "BASH_FUNC_x", "SHELLOPTS", "PS4", "CDPATH", "PYTHONPATH",
    "PYTHONSTARTUP", "GIT_DIR", "GIT_SSH_COMMAND", "GIT_EXEC_PATH",
    "PERL5LIB", "RUBYOPT", "NODE_OPTIONS", "HOME", "TMPDIR", "TH_RESULT_FILE",
    "OS_DEFAULT__STATE_DIR", "TURBO_HIPSTER_BUILD", "http_proxy",
    "HTTPS_PROXY", "LC_ALL", "LANG", "TZ", "GCONV_PATH", "MALLOC_CHECK_",
]  # fmt: skip


@pytest.mark.parametrize("name", STEERING)
def test_names_that_steer_the_system_are_not_passed_on(name):
    got = accept({name: "x", "FINE": "y"})
    assert got.build.parameters == {"FINE": "y"}
    assert got.dropped == (f"{name} would steer the system the job runs on",)
    # the publisher may still have a use for it
    assert got.parameters[name] == "x"


@pytest.mark.parametrize("name", ["", "1A", "a-b", "a b", "A=B", "ä", "A\n"])
def test_names_of_no_variable_are_not_passed_on(name):
    got = accept({name: "x"})
    assert got.build.parameters == {}
    assert "is no name of a variable" in got.dropped[0]


def test_upload_rights_are_passed_on_only_when_asked_for():
    sent = {"SWIFT_a_URL": "1", "ZUUL_EXTRA_SWIFT_b": "2", "SWIFTER": "3"}
    got = accept(sent)
    assert got.build.parameters == {"SWIFTER": "3"}
    assert len(got.dropped) == 2
    assert accept(sent, pass_swift=True).build.parameters == sent
    assert got.parameters == sent


def test_parameters_of_any_kind_become_text():
    sent = {"a": 1, "b": True, "c": [1], "d": {"x": 1.5}, "e": None, "f": ""}
    assert accept(sent).build.parameters == {
        "a": "1",
        "b": "true",
        "c": "[1]",
        "d": '{"x": 1.5}',
        "f": "",
    }


def test_secrets_are_those_that_are_named_and_sent():
    got = accept({"A": "one", "B": "", "D": "two"}, redact=["A", "B", "C"])
    assert got.secrets == ("one",)
    assert "one" not in repr(got.build)


def test_two_requests_share_nothing():
    first = accept({"A": "one"})
    second = accept({"B": "two"})
    assert first.build.parameters == {"A": "one"}
    assert second.build.parameters == {"B": "two"}


def test_the_change_is_what_the_client_says():
    change = accept(
        {
            "ZUUL_PROJECT": "g/p",
            "ZUUL_CHANGE": "7",
            "ZUUL_PATCHSET": "2",
            "ZUUL_BRANCH": "m",
            "ZUUL_REF": "refs/zuul/m/Z",
            "ZUUL_PIPELINE": "check",
        }
    ).build.change
    assert (change.project, change.number, change.pipeline) == (
        "g/p",
        "7,2",
        "check",
    )


@given(st.binary(max_size=200))
def test_any_bytes_are_accepted_or_refused(raw):
    try:
        got = accept({}, raw=raw)
    except RefusedInput as refused:
        assert str(refused)
    else:
        assert all(isinstance(x, str) for x in got.parameters.values())


@given(
    st.dictionaries(
        st.text(max_size=20),
        st.none() | st.text(max_size=50) | st.integers() | st.booleans(),
        max_size=5,
    )
)
def test_any_parameters_are_accepted_or_refused(parameters):
    try:
        got = accept(parameters)
    except RefusedInput as refused:
        assert str(refused)
    else:
        for name in got.build.parameters:
            assert name.isidentifier()
