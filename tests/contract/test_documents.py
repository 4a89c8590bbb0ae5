"""What the documents show is true: every example is run through the code."""

import configparser
import json
import re
import textwrap
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml

from turbo_hipster import exceptions, model
from turbo_hipster.cli import table
from turbo_hipster.conf import job, load, section
from turbo_hipster.reports import document
from turbo_hipster_shell_script import shapes
from turbo_hipster_shell_script.options import OPTIONS as SCRIPT_OPTIONS

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [
        ROOT / "README.rst",
        *ROOT.glob("doc/source/*.rst"),
        *ROOT.glob("turbo_hipster_plugins/*/README.rst"),
    ]
)


def blocks(path, language):
    """Yield the code blocks of a language in a document."""
    pattern = rf"\.\. code-block:: {language}\n\n((?:    .*\n|\n)+)"
    for found in re.findall(pattern, path.read_text() + "\n"):
        yield textwrap.dedent(found).strip() + "\n"


def all_blocks(language):
    return [
        pytest.param(text, id=f"{path.parent.name}-{path.stem}-{number}")
        for path in DOCUMENTS
        for number, text in enumerate(blocks(path, language), 1)
    ]


def block(name, language, number=0):
    return list(blocks(ROOT / "doc" / "source" / name, language))[number]


@pytest.mark.parametrize("text", all_blocks("ini"))
def test_every_ini_block_is_a_configuration_without_mistakes(text, tmp_path):
    file = tmp_path / "th.conf"
    file.write_text(text)

    assert load.problems([file]) == []


@pytest.mark.parametrize("text", all_blocks("ini"))
def test_every_shown_job_has_only_options_that_exist(text):
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(text)

    for name in parser.sections():
        if not name.startswith("job:"):
            continue
        raw = {key: [value] for key, value in parser[name].items()}
        raw = {k: v for k, v in raw.items() if k not in parser.defaults()}
        if raw.get("plugin", ["shell_script"]) == ["shell_script"]:
            known = [*job.OPTIONS, *SCRIPT_OPTIONS]
            assert section.unknown_keys(known, raw) == []


def test_the_shown_report_is_what_we_write():
    shown = json.loads(block("report.rst", "json").replace("…", ""))

    assert list(shown) == list(document.as_json(document.read(shown)))


def test_the_fields_of_a_finding_are_all_explained():
    text = (ROOT / "doc/source/report.rst").read_text()
    finding = model.Finding("TH-X", model.Severity.FAIL, "message")

    missing = [
        name for name in model.plain(finding) if f"``{name}``" not in text
    ]
    assert missing == []


def test_the_shown_result_document_is_understood():
    said = shapes.document(json.loads(block("scripts.rst", "json")))

    assert said.findings[0].id == "TH-DEAD-LINK"
    assert said.tables[0].name == "pages"


def test_the_shown_acceptance_is_toml_with_the_documented_keys():
    accept = tomllib.loads(block("report.rst", "toml"))["accept"]

    assert set(accept[0]) == {"id", "where", "reason", "until"}


def test_the_shown_layout_asks_for_the_shown_jobs():
    layout = yaml.safe_load(block("zuul.rst", "yaml"))
    shown = configparser.RawConfigParser()
    shown.read_string(block("zuul.rst", "ini"))

    wanted = layout["projects"][0]["check"]

    assert [f"job:{name}" for name in wanted] == [
        name for name in shown.sections() if name.startswith("job:")
    ]


def brought():
    """Return the first words of the commands that our plugins bring."""
    found = set()
    for path in ROOT.glob("turbo_hipster_plugins/*/setup.cfg"):
        declared = configparser.ConfigParser()
        declared.read(path)
        lines = declared.get(
            "options.entry_points", "turbo_hipster.cli", fallback=""
        )
        found |= set(re.findall(r"^([a-z]+)_", lines, re.MULTILINE))
    return found


def test_no_command_is_shown_that_does_not_exist():
    known = {name.split()[0] for name in table.COMMANDS} | brought()
    for path in DOCUMENTS:
        for word in re.findall(
            r"turbo-hipster(?: --config-file \S+)? ([a-z]+)\b",
            " ".join(re.findall(r"``([^`]+)``", path.read_text())),
        ):
            assert word in known | {"worker"}, (path.name, word)


def test_every_exit_status_is_in_the_reference():
    text = (ROOT / "doc/source/commands.rst").read_text()
    shown = set(re.findall(r"^(\d+)  ", text, re.M))

    raised = {
        str(kind.exit_status)
        for kind in vars(exceptions).values()
        if isinstance(kind, type)
        and issubclass(kind, exceptions.TurboHipsterError)
    }
    assert raised <= shown


def test_the_change_log_begins_with_this_version():
    version = metadata.version("turbo-hipster")
    numbers = re.findall(
        r"^(\d[\d.]*)\n-+$", (ROOT / "ChangeLog").read_text(), re.M
    )

    assert numbers[0] == version


def test_all_distributions_have_one_version():
    files = [
        ROOT / "setup.cfg",
        *ROOT.glob("turbo_hipster_plugins/*/setup.cfg"),
    ]
    versions = set()
    for file in files:
        parser = configparser.RawConfigParser()
        parser.read(file)
        versions.add(parser["metadata"]["version"])

    assert versions == {metadata.version("turbo-hipster")}


def test_links_of_the_readme_lead_somewhere():
    text = (ROOT / "README.rst").read_text()
    targets = re.findall(r"<([^>:]+)>`__", text)
    targets += re.findall(r"\.\. image:: (\S+)", text)

    assert targets
    assert [one for one in targets if not (ROOT / one).exists()] == []
