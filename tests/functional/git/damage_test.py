"""Broken mirrors: noticed, set aside, replaced; the build goes on."""

import logging
import shutil

import pytest

from turbo_hipster.exceptions import FetchFailed
from turbo_hipster.git.door import Git
from turbo_hipster.git.mirror import Mirror

pytestmark = pytest.mark.functional


def ref(number):
    return f"refs/zuul/master/Z{number}"


@pytest.fixture
def worn(worker, project, make_project):
    """A mirror that served a build, and a sound twin of another project."""
    twin = make_project("twin")
    twin.commit(file="x")
    worker.build(ZUUL_PROJECT="twin", BRANCH="master")
    (worker.twin,) = worker.stores()
    project.change(ref(1), code="two\n")
    worker.build(ZUUL_REF=ref(1), ZUUL_BRANCH="master")
    (worker.worn,) = set(worker.stores()) - {worker.twin}
    return worker


def packs(store, suffix="pack"):
    found = list((store / "objects" / "pack").glob(f"*.{suffix}"))
    assert found
    for path in found:
        path.chmod(0o600)
    return found


def truncate_packs(store):
    for path in packs(store):
        path.write_bytes(path.read_bytes()[:40])


def garble_packs(store):
    for path in packs(store):
        content = bytearray(path.read_bytes())
        content[12:-20] = b"\xff" * (len(content) - 32)
        path.write_bytes(content)


def empty_packs(store):
    for path in packs(store):
        path.write_bytes(b"")


def remove_packs(store):
    for path in packs(store):
        path.unlink()


def remove_indexes(store):
    for path in packs(store, "idx"):
        path.unlink()


def empty_indexes(store):
    for path in packs(store, "idx"):
        path.write_bytes(b"")


def remove_head(store):
    (store / "HEAD").unlink()


def garble_config(store):
    (store / "config").write_bytes(b"\0\0[[[")


def garble_packed_refs(store):
    (store / "packed-refs").write_text("no such line\n")


def remove_objects(store):
    shutil.rmtree(store / "objects")


def remove_it_all(store):
    shutil.rmtree(store)


DAMAGES = [
    truncate_packs,
    garble_packs,
    empty_packs,
    remove_packs,
    remove_indexes,
    empty_indexes,
    remove_head,
    garble_config,
    garble_packed_refs,
    remove_objects,
    remove_it_all,
]


@pytest.mark.parametrize("known", [False, True], ids=["new", "known"])
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda d: d.__name__)
def test_a_broken_mirror_is_replaced_and_the_build_goes_on(
    worn, project, git, caplog, damage, known
):
    if known:
        commit = project.git("rev-parse", ref(1))
        wanted = {"ZUUL_REF": ref(1), "ZUUL_COMMIT": commit}
        worn.build(**wanted)
    else:
        commit = project.change(ref(2), code="three\n")
        wanted = {"ZUUL_REF": ref(2)}
    damage(worn.worn)

    made = worn.build(**wanted, ZUUL_BRANCH="master")

    assert made.commit == commit
    assert made.base == project.git("rev-parse", "master")
    assert git(made.path, "fsck", "--no-dangling") == ""
    assert git(made.path, "status", "--porcelain") == ""
    assert worn.twin in worn.stores()
    assert len([s for s in worn.stores() if s.parent == worn.twin.parent]) == 1
    if damage is remove_it_all:
        assert set(worn.stores()) == {worn.twin, worn.worn}
    else:
        (new,) = set(worn.stores()) - {worn.twin, worn.worn}
        assert new == worn.worn.with_name("2.git")
        assert f"{worn.worn} is set aside" in caplog.text
        assert (worn.worn / "SET-ASIDE").exists()


@pytest.mark.parametrize(
    "name",
    [
        "packed-refs.lock",
        "config.lock",
        "shallow.lock",
        "refs/remotes/origin/master.lock",
        "refs/turbo-hipster/refs/x.lock",
        "objects/pack/tmp_pack_abc",
        "objects/pack/multi-pack-index.lock",
    ],
)
def test_what_a_killed_git_left_is_cleaned_and_the_mirror_stays(
    worn, project, name
):
    left = worn.worn / name
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"")
    project.commit(code="four\n")
    commit = project.change(ref(2), code="three\n")

    made = worn.build(ZUUL_REF=ref(2), ZUUL_BRANCH="master")

    assert made.commit == commit
    assert set(worn.stores()) == {worn.twin, worn.worn}
    assert made.base == project.git("rev-parse", "master")


def test_the_first_build_cleans_up_after_one_that_died_at_its_end(
    worker, project
):
    source = worker.source(BRANCH="master")
    git = Git(worker.execute, logging.getLogger("author"))
    with Mirror(worker.mirrors, "project", source.origin).locked(git) as store:
        (store / "packed-refs.lock").touch()
    worker.build(BRANCH="master")
    assert not list(worker.store.rglob("*.lock"))


def test_a_ref_emptied_by_a_power_cut_is_no_harm(worn, project):
    project.commit(code="four\n")
    (worn.worn / "refs/remotes/origin").mkdir(parents=True, exist_ok=True)
    (worn.worn / "refs/remotes/origin/master").write_bytes(b"")
    commit = project.change(ref(2), code="three\n")
    made = worn.build(ZUUL_REF=ref(2), ZUUL_BRANCH="master")
    assert (made.commit, made.base) == (
        commit,
        project.git("rev-parse", "master"),
    )


def test_a_build_that_borrows_from_a_replaced_mirror_goes_on(
    worn, project, git
):
    project.change(ref(2), code="three\n")
    running = worn.build(ZUUL_REF=ref(2), ZUUL_BRANCH="master")
    (worn.worn / "HEAD").unlink()
    project.change(ref(3), code="four\n")
    worn.build(ZUUL_REF=ref(3), ZUUL_BRANCH="master")
    assert git(running.path, "fsck", "--no-dangling") == ""


def test_a_broken_origin_is_not_taken_for_a_broken_mirror_for_ever(
    worn, project
):
    project.change(ref(2), code="three\n")
    for path in project.path.glob(".git/objects/??/*"):
        path.chmod(0o600)
        path.write_bytes(b"")
    with pytest.raises(FetchFailed):
        worn.build(ZUUL_REF=ref(2), ZUUL_BRANCH="master")
    assert len(worn.stores()) <= 3


@pytest.fixture
def big(make_project):
    """Big enough to be killed in the middle of."""
    made = make_project("big")
    for number in range(400):
        (made.path / f"f{number}").write_text(
            "".join(f"{number * line}\n" for line in range(800))
        )
    made.commit()
    made.change(ref(1), code="x")
    return made


@pytest.mark.parametrize("command", ["fetch", "read-tree", "pack-refs"])
def test_git_may_be_killed_at_any_moment(
    worker, big, git, make_execute, command
):
    died = 0
    for number in range(12):
        shutil.rmtree(worker.mirrors, ignore_errors=True)
        execute = make_execute()
        execute.kill = (command, 0.001 + number * 0.012)
        wanted = {"ZUUL_PROJECT": "big", "ZUUL_REF": ref(1)}
        try:
            worker.build(execute=execute, **wanted).close()
        except FetchFailed:
            died += 1
        made = worker.build(ZUUL_BRANCH="master", **wanted)
        assert git(made.path, "status", "--porcelain") == ""
        assert git(made.path, "fsck", "--no-dangling") == ""
        assert len(worker.stores()) == 1
        assert not list(worker.store.rglob("*.lock"))
        made.close()
    if command != "pack-refs":  # over too soon to be hit for sure
        assert died


def test_a_mirror_of_many_builds_is_kept_quick_and_loses_nothing(
    worker, project, git, monkeypatch
):
    monkeypatch.setattr("turbo_hipster.git.fetching._PACKS", 3)
    monkeypatch.setattr("turbo_hipster.git.fetching._KEEP", 2)
    commits = []
    for number in range(9):
        commits.append(project.change(ref(number), code=f"{number}\n"))
        worker.build(ZUUL_REF=ref(number), ZUUL_COMMIT=commits[-1])
    packs = worker.store / "objects" / "pack"
    assert (packs / "multi-pack-index").exists()
    assert len(list(packs.glob("*.pack"))) == 9
    ours = worker.store / "refs" / "turbo-hipster" / "commits"
    assert len(list(ours.iterdir())) < 5
    for commit in commits:
        git(worker.store, "cat-file", "-e", f"{commit}^{{commit}}")
    for checkout in worker.made:
        assert git(checkout.path, "fsck", "--no-dangling") == ""
