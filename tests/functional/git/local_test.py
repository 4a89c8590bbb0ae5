"""A checkout at somebody's desk."""

import pytest

from turbo_hipster.exceptions import FetchFailed, RefusedInput
from turbo_hipster.git.local import another, as_it_is

pytestmark = pytest.mark.functional


@pytest.fixture
def desk(project, tmp_path, git):
    git(tmp_path, "clone", "-q", project.path.as_uri(), "desk")
    path = tmp_path / "desk"
    git(path, "commit", "-q", "--allow-empty", "-m", "mine")
    (path / "new").write_text("not committed\n")
    return path


def test_it_is_taken_as_it_is(desk, execute, project, git):
    before = git(desk, "status", "--porcelain")
    made = as_it_is(desk, execute=execute)
    assert made.path == desk
    assert made.commit == git(desk, "rev-parse", "HEAD")
    # the default branch of origin is what it is compared with
    assert made.base == project.git("rev-parse", "master")
    assert git(desk, "status", "--porcelain") == before


def test_upstream_comes_before_origin(desk, execute, git):
    first = git(desk, "rev-parse", "HEAD~2")
    git(desk, "update-ref", "refs/remotes/upstream/main", first)
    assert as_it_is(desk, execute=execute).base == first


def test_the_base_may_be_named(desk, execute, git):
    made = as_it_is(desk, execute=execute, base="1.0")
    assert made.base == git(desk, "rev-parse", "1.0^{commit}")


def test_without_a_remote_there_is_no_base(project, execute):
    assert as_it_is(project.path, execute=execute).base is None


def test_histories_that_never_met_have_no_base(desk, execute, git):
    git(desk, "checkout", "-q", "--orphan", "alone")
    git(desk, "commit", "-q", "-m", "alone")
    assert as_it_is(desk, execute=execute).base is None


@pytest.mark.parametrize("base", ["none", "--all", "", "-x", "a..b"])
def test_a_base_that_is_none_is_refused(desk, execute, base):
    with pytest.raises(RefusedInput):
        as_it_is(desk, execute=execute, base=base)


def test_what_is_no_checkout_is_refused(tmp_path, execute):
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / ".git").write_text("gitdir: /nowhere\n")
    for path in (tmp_path / "plain", tmp_path / "none"):
        with pytest.raises(RefusedInput, match=path.name):
            as_it_is(path, execute=execute)


@pytest.mark.parametrize("ref", ["master", "1.0", None])
def test_another_commit_of_it_is_laid_out(
    desk, execute, project, git, tmp_path, ref
):
    # given a branch of origin, a tag, or the id of a commit
    wanted = "1.0" if ref == "1.0" else "refs/remotes/origin/master"
    commit = git(desk, "rev-parse", f"{wanted}^{{commit}}")
    before = git(desk, "status", "--porcelain"), git(desk, "show-ref")

    # when it is laid out beside the checkout
    made = another(
        desk, ref or commit, execute=execute, into=tmp_path / "there" / "1"
    )

    # then it is that commit, and the checkout is as it was
    assert made.commit == commit
    assert git(made.path, "rev-parse", "HEAD") == commit
    assert git(made.path, "status", "--porcelain") == ""
    assert not (made.path / "new").exists()
    assert (git(desk, "status", "--porcelain"), git(desk, "show-ref")) == (
        before
    )


def test_another_commit_that_is_none_is_said(desk, execute, tmp_path):
    for ref in ("gone", "--all", "-x"):
        with pytest.raises(FetchFailed, match="nothing called"):
            another(desk, ref, execute=execute, into=tmp_path / "there")
    assert not (tmp_path / "there").exists()
