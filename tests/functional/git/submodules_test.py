"""Submodules: there when the script starts, and no way in for strangers."""

import pytest

from turbo_hipster.exceptions import FetchFailed

pytestmark = pytest.mark.functional

FILE = ("-c", "protocol.file.allow=always")


@pytest.fixture
def nested(project, make_project):
    """project has sub, which has inner; both by relative URLs."""
    inner = make_project("inner")
    inner.commit(deep="deep\n")
    sub = make_project("sub")
    add(sub, "../inner", "inner")
    add(project, "../sub", "sub")
    return project


def add(project, url, path):
    # added by an absolute URL, which then is written as the relative one
    target = (project.path.parent / url.split("/")[-1]).as_uri()
    project.git(*FILE, "submodule", "add", "-q", target, path)
    project.git("config", "-f", ".gitmodules", f"submodule.{path}.url", url)
    project.commit()


def test_submodules_are_there_to_the_last(worker, nested, git):
    made = worker.build(BRANCH="master")
    assert (made.path / "sub/inner/deep").read_text() == "deep\n"
    assert git(made.path, "status", "--porcelain") == ""
    # relative to the origin, not to the mirror
    url = git(made.path / "sub", "remote", "get-url", "origin")
    assert url == f"{worker.origin}/sub"


def test_submodules_come_over_http(worker, nested, http_origin):
    worker.origin = http_origin.url
    made = worker.build(BRANCH="master")
    assert (made.path / "sub/inner/deep").read_text() == "deep\n"


def test_a_change_from_the_client_has_the_origins_submodules(
    worker, nested, tmp_path, git
):
    merger = tmp_path / "merger"
    merger.mkdir()
    git(merger, "clone", "-q", "--bare", nested.path.as_uri(), "project")
    git(merger / "project", "update-ref", "refs/zuul/m/Z1", "master")
    made = worker.build(ZUUL_URL=merger.as_uri(), ZUUL_REF="refs/zuul/m/Z1")
    assert (made.path / "sub/inner/deep").read_text() == "deep\n"


def point(project, url):
    project.git("config", "-f", ".gitmodules", "submodule.sub.url", url)
    project.commit()


@pytest.mark.parametrize(
    "url",
    [
        "ext::sh -c 'touch RAN'",
        "-u./RAN",
        "--upload-pack=touch RAN",
        "fd::7",
        "ftp://127.0.0.1/x",
        "ssh://-oProxyCommand=touch${IFS}RAN/x",
    ],
)
def test_a_hostile_submodule_runs_nothing(
    worker, nested, tmp_path, monkeypatch, url
):
    point(nested, url.replace("RAN", str(tmp_path / "RAN")))
    with pytest.raises(FetchFailed, match="submodules"):
        worker.build(seconds=20, BRANCH="master")
    assert not (tmp_path / "RAN").exists()
    assert not list(worker.state.rglob("RAN"))


def test_a_project_from_the_network_reaches_no_file_of_this_machine(
    worker, nested, http_origin
):
    point(nested, (nested.path.parent / "sub").as_uri())
    worker.origin = http_origin.url
    with pytest.raises(FetchFailed, match="not allowed"):
        worker.build(BRANCH="master")


def test_a_password_is_not_shown_to_the_servers_of_submodules(
    worker, nested, http_origin, http_stranger
):
    http_origin.login = "Basic bWU6czNjcmV0"
    point(nested, f"{http_stranger.url}/inner")
    nested.git("rm", "-q", "--cached", "sub")
    inner = nested.path.parent / "inner"
    head = (inner / ".git/refs/heads/master").read_text().strip()
    nested.git("update-index", "--add", "--cacheinfo", f"160000,{head},sub")
    nested.git("commit", "-q", "-m", "sub is inner, from a stranger")
    worker.origin = http_origin.url.replace("://", "://me:s3cret@")

    made = worker.build(BRANCH="master")

    assert (made.path / "sub/deep").exists()
    assert http_origin.login in http_origin.logins
    assert set(http_stranger.logins) == {None}


def test_a_submodule_that_is_gone_is_no_broken_mirror(worker, nested):
    point(nested, "../none")
    with pytest.raises(FetchFailed, match="submodules"):
        worker.build(BRANCH="master")
    assert len(worker.stores()) == 1
    assert len(worker.pauses) <= 3
