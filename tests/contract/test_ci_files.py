"""The files for other CI systems are what those systems read."""

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCUMENT = ROOT / "doc" / "source" / "ci_systems.rst"


def wrong(schema, *files):
    """Return what is wrong in the words of the schema that is shipped."""
    more = ["--data-transform", "gitlab-ci"] if "gitlab" in schema else []
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema",
         f"vendor.{schema}", *more, *map(str, files)],
        capture_output=True, text=True,
    )  # fmt: skip
    return "" if done.returncode == 0 else done.stdout + done.stderr


def shown():
    """Return the YAML blocks of the page, by what they are of."""
    pattern = r"\.\. code-block:: yaml\n\n((?:    .*\n|\n)+)"
    found = {}
    for text in re.findall(pattern, DOCUMENT.read_text()):
        text = textwrap.dedent(text)
        content = yaml.safe_load(text)
        kind = "zuul" if isinstance(content, list) else "github-workflows"
        if "include" in content:
            kind = "gitlab-ci"
        found.setdefault(kind, []).append((text, content))
    return found


def test_the_action_and_the_template_are_valid_for_their_schemas():
    assert wrong("github-actions", DEPLOY / "github" / "action.yml") == ""
    template = DEPLOY / "gitlab" / "turbo-hipster.gitlab-ci.yml"
    assert wrong("gitlab-ci", template) == ""


def test_a_mistake_in_them_would_be_seen(tmp_path):
    file = tmp_path / "action.yml"
    text = (DEPLOY / "github" / "action.yml").read_text()
    file.write_text(text.replace("using: composite", "using: nothing"))
    assert "using" in wrong("github-actions", file)


@pytest.mark.parametrize("kind", ["github-workflows", "gitlab-ci"])
def test_what_the_page_shows_is_valid_too(kind, tmp_path):
    [(text, _)] = shown()[kind]
    file = tmp_path / "shown.yml"
    file.write_text(text)
    assert wrong(kind, file) == ""


def test_the_page_gives_the_action_inputs_that_it_has():
    action = yaml.safe_load((DEPLOY / "github" / "action.yml").read_text())
    [(text, workflow)] = shown()["github-workflows"]
    [step] = [
        step
        for step in workflow["jobs"]["migrations"]["steps"]
        if step.get("id") == "judge"
    ]
    assert set(step["with"]) <= set(action["inputs"])
    outputs = set(re.findall(r"steps\.judge\.outputs\.(\w+)", text))
    assert outputs <= set(action["outputs"])


def test_the_page_gives_the_template_variables_that_it_has():
    file = DEPLOY / "gitlab" / "turbo-hipster.gitlab-ci.yml"
    [job] = yaml.safe_load(file.read_text()).values()
    [(_, content)] = shown()["gitlab-ci"]
    assert set(content["migrations"]["variables"]) <= set(job["variables"])


def test_the_page_gives_the_role_variables_that_it_has():
    role = DEPLOY / "zuul" / "roles" / "turbo-hipster"
    options = yaml.safe_load((role / "meta/argument_specs.yml").read_text())
    known = options["argument_specs"]["main"]["options"]
    defaults = yaml.safe_load((role / "defaults" / "main.yml").read_text())
    for _, jobs in shown()["zuul"]:
        assert set(jobs[0]["job"]["vars"]) <= set(known)
    assert {*defaults, "turbo_hipster_job"} == set(known)


def test_every_yaml_of_ours_can_be_read():
    files = [
        file
        for folder in ("github", "gitlab", "zuul")
        for file in (DEPLOY / folder).rglob("*.y*ml")
    ]
    assert len(files) >= 7
    for file in files:
        assert yaml.safe_load(file.read_text()), file
