"""Accepting a finding is the project's: read from the base of a change."""

import datetime
import json
import os
import shutil
import subprocess

import pytest

pytestmark = pytest.mark.functional

SOON = datetime.date.today() + datetime.timedelta(days=30)
PAST = datetime.date.today() - datetime.timedelta(days=30)
FAR = datetime.date.today() + datetime.timedelta(days=400)
FILE = ".turbo-hipster.toml"


def entry(until=SOON, id="TH-SLOW"):
    return f'[[accept]]\nid = "{id}"\nreason = "we know"\nuntil = {until}\n'


class Project:
    """A repository whose base and change may each have a file of their own."""

    def __init__(self, place, uid, base, change):
        self.tree = place / "project"
        self.tree.mkdir(parents=True)
        self.git("init", "-q", "-b", "master")
        self.commit("base", base)
        self.git("checkout", "-q", "-b", "change")
        self.commit("change", change)
        self.git("update-ref", "refs/changes/1", "HEAD")
        for path in (place, *place.rglob("*")):
            os.chown(path, uid, uid, follow_symlinks=False)
        self.asked = {
            "origin": f"file://{place}",
            "params": {
                "ZUUL_URL": f"file://{place}",
                "ZUUL_PROJECT": "project",
                "ZUUL_BRANCH": "master",
                "ZUUL_REF": "refs/changes/1",
                "FINDINGS": json.dumps(
                    [{"id": "TH-SLOW", "where": {"place": "here"}}]
                ),
            },
        }

    def git(self, *words):
        subprocess.run(
            ["git", "-c", "user.name=T", "-c", "user.email=t@t", *words],
            cwd=self.tree,
            check=True,
            capture_output=True,
        )

    def commit(self, message, text):
        (self.tree / "what").write_text(message)
        (self.tree / FILE).unlink(missing_ok=True)
        if text is not None:
            (self.tree / FILE).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)


@pytest.fixture
def project(one):
    places = []

    def make(base, change):
        places.append(one.base / f"origin{len(places)}")
        return Project(places[-1], one.uid, base, change)

    yield make
    for place in places:
        shutil.rmtree(place)
    shutil.rmtree(one.state / "git", ignore_errors=True)


def judge(one, made, **options):
    build = one.build(
        "FindsWhatIsAsked", options={"checkout": "change", **options},
        **made.asked,
    )  # fmt: skip
    build.wait()
    (found,) = build.report["findings"] or [{}]
    said = [f"{x['what']}: {x['why']}" for x in build.report["not_checked"]]
    return build.judgement[0], found, " ".join(said)


def test_what_the_base_accepts_does_not_fail_the_change(one, project):
    verdict, found, said = judge(one, project(entry(), entry()))
    assert (verdict, found["accepted"]) == ("SUCCESS", "we know")
    assert said == ""


def test_what_the_change_adds_is_shown_as_proposed_only(one, project):
    made = project(None, entry())
    verdict, found, _ = judge(one, made)
    assert (verdict, found["accepted"]) == ("FAILURE", None)
    assert found.get("proposed") == "we know"

    # unless the job trusts the change
    verdict, found, _ = judge(one, made, accept_from="change")
    assert (verdict, found["accepted"]) == ("SUCCESS", "we know")


def test_what_the_change_takes_away_counts_still(one, project):
    verdict, found, _ = judge(one, project(entry(), None))
    assert (verdict, found["accepted"]) == ("SUCCESS", "we know")


def test_what_has_expired_is_a_finding_again_and_says_since_when(one, project):
    verdict, found, _ = judge(one, project(entry(PAST), entry(PAST)))
    assert verdict == "FAILURE"
    assert f"accepted until {PAST}" in found["advice"]


@pytest.mark.parametrize(
    ("text", "why"),
    [(entry(FAR), "a year ahead"), ("[[accept", "cannot be read")],
)
def test_what_is_broken_accepts_nothing_and_is_said(one, project, text, why):
    verdict, _, said = judge(one, project(text, text))
    assert verdict == "FAILURE"
    assert why in said


def test_at_a_desk_the_working_tree_counts(one, project):
    # given a tree with an entry that is not even committed
    made = project(None, None)
    (made.tree / FILE).write_text(entry())
    made.asked.pop("origin")

    # then
    build = one.build(
        "FindsWhatIsAsked", tree=str(made.tree), base_ref="master",
        **made.asked,
    )  # fmt: skip
    assert build.judgement[0] == "SUCCESS"
    assert build.report["findings"][0]["accepted"] == "we know"


def test_findings_may_be_turned_off_or_down(one, project):
    made = project(None, None)
    verdict, found, said = judge(one, made, off="TH-SLOW")
    assert (verdict, found) == ("SUCCESS", {})
    assert "the job turned it off" in said
    verdict, found, _ = judge(one, made, warn="TH-SLOW")
    assert (verdict, found["severity"]) == ("SUCCESS", "warn")
