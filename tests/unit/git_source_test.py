"""Which parameters decide what is checked out."""

import pytest

from turbo_hipster.exceptions import RefusedInput
from turbo_hipster.git.source import Kind, Source

ORIGIN = "https://opendev.org"
NEW, OLD = "a" * 40, "b" * 40


def read(**parameters):
    return Source.from_parameters(
        {"ZUUL_PROJECT": "g/p", **parameters}, ORIGIN
    )


def test_a_change_is_fetched_from_the_clients_url():
    source = read(
        ZUUL_URL="http://zm01/p",
        ZUUL_REF="refs/zuul/master/Z1",
        ZUUL_BRANCH="master",
        ZUUL_COMMIT=NEW,
    )
    assert source.kind is Kind.CHANGE
    assert source.url == "http://zm01/p/g/p"
    assert source.origin.url == "https://opendev.org/g/p"
    assert (source.ref, source.branch, source.commit) == (
        "refs/zuul/master/Z1",
        "master",
        NEW,
    )


def test_a_change_without_a_url_is_fetched_from_the_origin():
    assert read(ZUUL_REF="refs/changes/1/1/1").url == f"{ORIGIN}/g/p"


def test_a_new_revision_comes_before_the_ref_and_from_the_origin():
    source = read(
        ZUUL_URL="http://zm01/p",
        ZUUL_REF="master",
        ZUUL_NEWREV=NEW,
        ZUUL_OLDREV=OLD,
    )
    assert source.kind is Kind.COMMIT
    assert source.url == f"{ORIGIN}/g/p"
    assert (source.commit, source.old, source.branch) == (NEW, OLD, "master")


def test_an_old_revision_of_zeros_is_none():
    assert read(ZUUL_NEWREV=NEW, ZUUL_OLDREV="0" * 40).old == ""


def test_a_deleted_ref_is_refused():
    with pytest.raises(RefusedInput, match="refs/heads/x .*deleted"):
        read(ZUUL_REF="x", ZUUL_NEWREV="0" * 40, ZUUL_OLDREV=OLD)


@pytest.mark.parametrize(
    ("ref", "kind", "full"),
    [
        ("stable/a", Kind.BRANCH, "refs/heads/stable/a"),
        ("refs/heads/a", Kind.BRANCH, "refs/heads/a"),
        ("refs/tags/1.0", Kind.TAG, "refs/tags/1.0"),
    ],
)
def test_post_merge_refs_are_branches_and_tags(ref, kind, full):
    source = read(ZUUL_REF=ref)
    assert (source.kind, source.ref) == (kind, full)


def test_a_branch_comes_from_the_origin():
    source = read(BRANCH="stable/a", ZUUL_URL="http://zm01")
    assert (source.kind, source.branch) == (Kind.BRANCH, "stable/a")
    assert source.url == f"{ORIGIN}/g/p"


def test_without_any_ref_it_is_the_default_branch():
    assert (read().kind, read().ref) == (Kind.DEFAULT, "HEAD")


def test_a_missing_project_is_refused_with_the_next_move():
    with pytest.raises(RefusedInput, match="checkout = none"):
        Source.from_parameters({}, ORIGIN)


@pytest.mark.parametrize(
    "hostile",
    [
        {"ZUUL_PROJECT": "../../etc"},
        {"ZUUL_PROJECT": "-p"},
        {"ZUUL_REF": "--upload-pack=x"},
        {"ZUUL_REF": "a:b"},
        {"ZUUL_REF": "x", "ZUUL_URL": "ext::sh -c x"},
        {"ZUUL_REF": "x", "ZUUL_URL": "-x"},
        {"ZUUL_REF": "x", "ZUUL_BRANCH": "-x"},
        {"ZUUL_REF": "x", "ZUUL_COMMIT": "--all"},
        {"BRANCH": "-x"},
        {"ZUUL_NEWREV": "HEAD"},
        {"ZUUL_NEWREV": NEW, "ZUUL_OLDREV": "-x"},
        {"ZUUL_NEWREV": NEW, "ZUUL_REF": "-x"},
    ],
)
def test_hostile_parameters_are_refused(hostile):
    with pytest.raises(RefusedInput):
        read(**hostile)


def test_a_source_names_itself_without_secrets():
    source = Source.from_parameters(
        {
            "ZUUL_PROJECT": "p",
            "ZUUL_REF": "refs/changes/1/1/1",
            "ZUUL_URL": "https://me:s3cret@host",
        },
        "https://me:0ther@home",
    )
    for text in (str(source), repr(source), source.url):
        assert "s3cret" not in text
        assert "0ther" not in text
