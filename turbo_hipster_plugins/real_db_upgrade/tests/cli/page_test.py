"""What the page for operators shows is true."""

import re
import shlex
import textwrap
from pathlib import Path

import yaml

from turbo_hipster_real_db_upgrade.datasets import of_today

PAGE = Path(__file__).parents[4] / "doc" / "source" / "datasets.rst"


def blocks(language):
    pattern = rf"\.\. code-block:: {language}\n\n((?:    .*\n|\n)+)"
    for found in re.findall(pattern, PAGE.read_text()):
        yield textwrap.dedent(found).strip() + "\n"


def test_each_command_that_is_shown_is_understood(desk):
    shown = [
        shlex.split(line)
        for text in blocks("console")
        for line in text.splitlines()
    ]
    names = set()
    for dollar, program, word, name, *words in shown:
        assert [dollar, program, word] == ["$", "turbo-hipster", "dataset"]
        desk.parser(name).parse_args(words)  # ends the test if it cannot
        names.add(name)
    assert names == {"list", "check", "show", "add", "make", "scale"}


def test_the_description_that_is_shown_is_read(tmp_path):
    # given the files that it names
    [text] = blocks("yaml")
    told = yaml.safe_load(text)
    for name in [told["seed"], *told["overlays"], told["workload"]]:
        (tmp_path / name).write_text("SELECT 1;\n")
    path = tmp_path / of_today.FILE
    path.write_text(text)
    # then all of it is read
    dataset = of_today.read(path)
    assert set(told) == {
        "project", "engine", "seed", "taken_at", "revision",
        "production_rows", "overlays", "ladder", "limits", "invariants",
        "workload", "manifest",
    }  # fmt: skip
    assert dataset.invariants[1].value == 2
    assert dataset.manifest["mariadb"].bytes == 182932
