"""What a build finds in its checkout."""

import shutil

import pytest

from turbo_hipster.exceptions import FetchFailed, RefusedInput
from turbo_hipster.git.checkout import further
from turbo_hipster.git.independent import make_independent

pytestmark = pytest.mark.functional

REF = "refs/zuul/master/Z1"
ZEROS = "0" * 40


def test_a_change_is_an_ordinary_repository(worker, project, git):
    commit = project.change(REF, code="two\n", new__file="x\n")

    made = worker.build(ZUUL_REF=REF, ZUUL_BRANCH="master")

    assert made.commit == commit
    assert made.path.name == "project"
    assert (made.path / "code").read_text() == "two\n"
    assert (made.path / "new" / "file").read_text() == "x\n"
    assert git(made.path, "rev-parse", "HEAD") == commit
    assert git(made.path, "symbolic-ref", "HEAD") == "refs/heads/working"
    assert git(made.path, "status", "--porcelain") == ""
    assert git(made.path, "remote", "get-url", "origin").endswith(
        "origins/project"
    )
    assert "code" in git(made.path, "diff", "--name-only", "HEAD~1")
    assert git(made.path, "describe").startswith("1.0-2-g")
    assert git(made.path, "rev-parse", "origin/master") == project.git(
        "rev-parse", "master"
    )
    assert git(made.path, "fsck", "--no-dangling") == ""
    git(made.path, "commit", "--allow-empty", "-q", "-m", "a script may")
    git(made.path, "fetch", "-q", "origin")


def test_a_change_is_compared_with_where_it_left_its_branch(worker, project):
    forked = project.git("rev-parse", "master")
    project.change(REF, code="two\n")
    project.change("refs/zuul/master/Z2", on=REF, code="three\n")
    project.commit(other="merged meanwhile\n")

    made = worker.build(ZUUL_REF="refs/zuul/master/Z2", ZUUL_BRANCH="master")

    assert made.base == forked


def test_a_change_that_is_merged_already_is_compared_with_its_parent(
    worker, project
):
    parent = project.git("rev-parse", "master~1")
    project.git("update-ref", REF, "master")
    made = worker.build(ZUUL_REF=REF, ZUUL_BRANCH="master")
    assert made.base == parent


def test_a_change_comes_from_the_client_and_the_rest_from_the_origin(
    worker, project, tmp_path, git
):
    merger = tmp_path / "merger"
    merger.mkdir()
    git(merger, "clone", "-q", project.path.as_uri(), "project")
    git(merger / "project", "checkout", "-q", "--detach")
    git(merger / "project", "commit", "-q", "--allow-empty", "-m", "change")
    git(merger / "project", "update-ref", REF, "HEAD")
    # the client's idea of the branch is not to be trusted
    git(merger / "project", "update-ref", "refs/heads/master", "HEAD")

    made = worker.build(
        ZUUL_URL=merger.as_uri(), ZUUL_REF=REF, ZUUL_BRANCH="master"
    )

    assert made.base == project.git("rev-parse", "master")
    assert git(made.path, "rev-parse", "origin/master") == made.base
    assert "origins/project" in git(made.path, "remote", "-v")
    assert git(made.path, "describe").startswith("1.0-")


def test_without_the_origin_a_change_is_compared_with_its_parent(
    worker, project, tmp_path, caplog
):
    parent = project.git("rev-parse", "master")
    commit = project.change(REF, code="two\n")
    worker.origin = (tmp_path / "nowhere").as_uri()

    made = worker.build(
        ZUUL_URL=project.path.parent.as_uri(),
        ZUUL_REF=REF,
        ZUUL_BRANCH="master",
    )

    assert (made.commit, made.base) == (commit, parent)
    assert "first parent" in caplog.text


def test_a_branch_comes_from_the_origin_as_it_is_now(worker, project):
    worker.build(BRANCH="master")
    newest = project.commit(code="newest\n")
    made = worker.build(BRANCH="master")
    assert made.commit == newest
    assert made.base == project.git("rev-parse", "master~1")


def test_without_any_ref_the_default_branch_is_taken(worker, project):
    project.git("branch", "-m", "trunk")
    assert worker.build().commit == project.git("rev-parse", "trunk")


def test_a_tag_is_the_commit_it_names(worker, project, git):
    made = worker.build(ZUUL_REF="refs/tags/1.0")
    assert made.commit == project.git("rev-parse", "master~1")
    assert made.base is None
    assert git(made.path, "describe") == "1.0"


def test_a_merged_commit_is_compared_with_what_was_there_before(
    worker, project
):
    old = project.git("rev-parse", "master~1")
    new = project.commit(code="two\n")
    parameters = {"ZUUL_REF": "master", "ZUUL_NEWREV": new}
    assert worker.build(ZUUL_OLDREV=old, **parameters).base == old
    parent = project.git("rev-parse", "master~1")
    assert worker.build(ZUUL_OLDREV=ZEROS, **parameters).base == parent
    assert worker.build(ZUUL_OLDREV="a" * 40, **parameters).base == parent


def test_a_merged_tag_is_its_commit(worker, project):
    tag = project.git("rev-parse", "1.0")
    made = worker.build(ZUUL_REF="refs/tags/1.0", ZUUL_NEWREV=tag)
    assert made.commit == project.git("rev-parse", "1.0^{commit}")


def test_a_merged_commit_is_found_where_ids_are_not_handed_out(
    worker, project
):
    new = project.commit(code="two\n")
    project.commit(code="three\n")
    settings = worker.home / ".gitconfig"
    settings.write_text("[protocol]\n\tversion = 0\n")
    made = worker.build(ZUUL_REF="master", ZUUL_NEWREV=new)
    assert made.commit == new
    assert worker.execute.count("fetch") > 1


def test_a_commit_that_is_here_needs_no_network(worker, project):
    commit = project.change(REF, code="two\n")
    parameters = {
        "ZUUL_REF": REF,
        "ZUUL_BRANCH": "master",
        "ZUUL_COMMIT": commit,
    }
    first = worker.build(**parameters)
    shutil.rmtree(project.path)
    fetched = worker.execute.count("fetch")

    second = worker.build(**parameters)

    assert (second.commit, second.base) == (first.commit, first.base)
    assert worker.execute.count("fetch") == fetched


def test_a_ref_that_holds_another_commit_than_promised_is_said(
    worker, project
):
    project.change(REF, code="two\n")
    with pytest.raises(FetchFailed, match="replaced meanwhile"):
        worker.build(ZUUL_REF=REF, ZUUL_COMMIT="a" * 40)


def test_a_ref_that_moved_on_still_gives_the_promised_commit(worker, project):
    first = project.change(REF, code="two\n")
    project.change(REF, on=first, code="three\n")
    assert worker.build(ZUUL_REF=REF, ZUUL_COMMIT=first).commit == first


@pytest.mark.parametrize(
    "parameters",
    [
        {"ZUUL_REF": "refs/zuul/master/none"},
        {"BRANCH": "none"},
        {"ZUUL_NEWREV": "a" * 40},
        {"ZUUL_PROJECT": "none", "BRANCH": "master"},
    ],
)
def test_what_is_not_there_is_said_with_the_next_move(
    worker, project, parameters
):
    with pytest.raises(FetchFailed) as caught:
        worker.build(**parameters)
    name = parameters.get("ZUUL_PROJECT", "project")
    assert name in str(caught.value)
    assert "origins" in str(caught.value)
    # asked for once more and no more, for each way to ask
    assert len(worker.pauses) <= 2


def test_a_branch_may_become_a_folder_of_branches(worker, project):
    project.git("branch", "a")
    worker.build(BRANCH="a")
    project.git("branch", "-m", "a", "a/b")
    made = worker.build(BRANCH="a/b")
    assert made.commit == project.git("rev-parse", "a/b")
    project.git("branch", "-m", "a/b", "a")
    assert worker.build(BRANCH="a").commit == made.commit


@pytest.mark.parametrize("name", ["group/a b", "größe", "~x/.github", "a%20b"])
def test_an_odd_name_is_just_a_name(worker, make_project, name):
    commit = make_project(name).commit(file="x")
    made = worker.build(ZUUL_PROJECT=name, BRANCH="master")
    assert made.commit == commit
    assert str(made.path).endswith(f"git/{name}")


def test_the_machines_settings_do_not_change_the_files(
    worker, project, monkeypatch
):
    (worker.home / ".gitconfig").write_text(
        "[core]\n\tautocrlf = true\n\teol = crlf\n"
        '[filter "x"]\n\tsmudge = rev\n\trequired = true\n'
    )
    project.commit(text="a\nb\n", **{".gitattributes": "text filter=x\n"})
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    made = worker.build(BRANCH="master")
    assert (made.path / "text").read_bytes() == b"a\nb\n"


def test_the_operators_settings_count_for_fetching(worker, project):
    origin, worker.origin = worker.origin, "https://example.invalid"
    (worker.home / ".gitconfig").write_text(
        f'[url "{origin}/"]\n\tinsteadOf = https://example.invalid/\n'
    )
    made = worker.build(BRANCH="master")
    assert made.commit == project.git("rev-parse", "master")


def test_no_hook_of_the_machine_runs(worker, project, tmp_path):
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in (
        "post-checkout",
        "reference-transaction",
        "post-index-change",
    ):
        hook = hooks / name
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        hook.chmod(0o755)
    (worker.home / ".gitconfig").write_text(f"[core]\n\thooksPath = {hooks}\n")
    worker.build(BRANCH="master")
    assert not (tmp_path / "ran").exists()


def test_a_further_tree_comes_from_the_same_mirror(worker, project, tmp_path):
    project.change(REF, code="two\n")
    made = worker.build(ZUUL_REF=REF, ZUUL_BRANCH="master")
    source = worker.source(ZUUL_REF=REF)
    options = {
        "mirrors": worker.mirrors,
        "execute": worker.execute,
        "log": __import__("logging").getLogger("author"),
    }
    fetched = worker.execute.count("fetch")
    base = further(source, made.base, into=tmp_path / "1", **options)
    assert (base.path / "code").read_text() == "one\n"
    assert worker.execute.count("fetch") == fetched
    tag = further(source, "refs/tags/1.0", into=tmp_path / "2", **options)
    assert not (tag.path / "code").exists()
    branch = further(source, "master", into=tmp_path / "3", **options)
    assert branch.commit == made.base
    assert len(worker.stores()) == 1
    for tree in (base, tag, branch):
        tree.close()
    with pytest.raises(RefusedInput):
        further(source, "--all", into=tmp_path / "4", **options)


def test_a_kept_checkout_needs_no_mirror(worker, project, git):
    project.change(REF, code="two\n")
    made = worker.build(ZUUL_REF=REF, ZUUL_BRANCH="master")
    (made.path / "staged").write_text("x\n")
    git(made.path, "add", "staged")

    make_independent(made.path, worker.execute)

    shutil.rmtree(worker.mirrors)
    shutil.rmtree(project.path)
    assert git(made.path, "fsck", "--no-dangling") == ""
    assert git(made.path, "log", "--format=%s").count("\n") == 2
    assert git(made.path, "show", ":staged") == "x"
    make_independent(made.path, worker.execute)


def test_a_checkout_that_cannot_be_made_independent_stays_as_it_was(
    worker, project
):
    made = worker.build(BRANCH="master")
    borrowed = made.path / ".git/objects/info/alternates"
    before = borrowed.read_text()
    shutil.rmtree(worker.mirrors)
    with pytest.raises(FetchFailed, match="independent"):
        make_independent(made.path, worker.execute)
    assert borrowed.read_text() == before


def test_a_place_that_is_taken_is_an_error(worker, project):
    (worker.state / "builds" / "1" / "git" / "project").mkdir(parents=True)
    with pytest.raises(FetchFailed, match="File exists"):
        worker.build(BRANCH="master")
