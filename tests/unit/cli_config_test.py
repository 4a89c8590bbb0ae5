"""The sample and the check tell the truth about each other."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from turbo_hipster.conf import load, sample

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "etc/turbo-hipster/turbo-hipster.conf.sample"


@pytest.fixture
def run(tmp_path):
    def run(*words):
        environment = {
            **{k: v for k, v in os.environ.items() if k[:3] != "OS_"},
            "HOME": str(tmp_path),
            "XDG_CONFIG_HOME": str(tmp_path / "xdg"),
        }
        command = [sys.executable, "-m", "turbo_hipster", *words]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True
        )

    return run


@pytest.fixture
def conf(tmp_path):
    path = tmp_path / "th.conf"

    def write(text):
        path.write_text(text)
        return path

    return write


def without_the_log(text):
    """oslo.log's options differ between its versions."""
    before, _, rest = text.partition(sample.LOG_BEGINS)
    _, _, after = rest.partition(sample.LOG_ENDS)
    return before + after


def test_the_sample_in_the_repository_is_the_generated_one(run):
    done = run("config", "sample", "--core")
    assert done.returncode == 0, done.stderr
    assert without_the_log(done.stdout) == without_the_log(
        SAMPLE.read_text()
    ), f"turbo-hipster config sample --core > {SAMPLE.relative_to(ROOT)}"


def test_the_sample_parses_as_it_is():
    assert load.problems([SAMPLE]) == []


def test_every_default_of_the_sample_is_valid_when_uncommented(conf):
    text = re.sub(
        r"^#(?=[a-z_]+ =|\[)", "", SAMPLE.read_text(), flags=re.MULTILINE
    )
    text = "\n".join(
        line for line in text.split("\n") if not line.endswith(" =")
    )
    path = conf(text.replace("$", "$$"))
    assert load.problems([path]) == []
    assert load.load([path]).jobs["unit"].core.timeout == 3600


def test_the_sample_has_every_option_of_every_plugin(run):
    text = run("config", "sample").stdout
    assert "# With publisher = local:" in text
    assert "# With publisher = swift_formpost:" in text
    assert "# With plugin = shell_script:" in text
    assert "\n#command =" in text


def test_each_option_of_the_core_says_what_it_does():
    from turbo_hipster.conf import job, plain, publish

    options = [*job.OPTIONS, *publish.SECTION_OPTIONS]
    for group in plain.GROUPS.values():
        options += group
    for option in options:
        assert option.help and option.help.endswith("."), option.name


def blocks():
    """Yield each ini block of the documentation with its place."""
    for path in [ROOT / "README.rst", *ROOT.glob("doc/source/**/*.rst")]:
        text = path.read_text()
        pattern = r"^( *)\.\. code-block:: ini\n((?:\1 +\S.*\n|\s*\n)+)"
        for match in re.finditer(pattern, text, re.MULTILINE):
            if ":caption: setup.cfg" in match[2]:  # a package's, not ours
                continue
            line = text.count("\n", 0, match.start()) + 1
            block = re.sub(r"(?m)^ *:\w+:.*\n", "", match[2])
            yield pytest.param(block, id=f"{path.relative_to(ROOT)}:{line}")


@pytest.mark.parametrize("block", [*blocks(), ""])
def test_every_ini_block_of_the_documentation_is_valid(block, conf):
    import textwrap

    text = textwrap.dedent(block).strip("\n") + "\n"
    # a block may show a part of a file, as long as that part is right
    shown = [
        problem
        for problem in load.problems([conf(text)])
        if "has no section" not in problem.message
    ]
    assert shown == []


def test_check_lists_jobs_with_plugin_and_functions(run, conf):
    path = conf(
        "[DEFAULT]\nenabled_jobs = unit\n[job:unit]\ncommand = true\n"
        "labels = a, b\n[job:off]\ncommand = true\n"
    )
    done = run("--config-file", str(path), "config", "check", "-f", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [
        {
            "Job": "unit",
            "Enabled": True,
            "Plugin": "shell_script",
            "Functions": ["build:unit", "build:unit:a", "build:unit:b"],
        },
        {
            "Job": "off",
            "Enabled": False,
            "Plugin": "shell_script",
            "Functions": ["build:off"],
        },
    ]


def test_check_says_that_nothing_was_read_or_no_job_is_there(run, conf):
    done = run("config", "check")
    assert done.returncode == 0
    assert "no configuration file was found" in done.stderr
    path = conf("[DEFAULT]\nslots = 3\n")
    done = run("--config-file", str(path), "config", "check")
    assert done.returncode == 0
    assert "no [job:NAME] section yet" in done.stderr


def test_check_tells_every_mistake_of_the_core(run, conf):
    path = conf("[DEFAULT]\nslots = x\nslotz = 2\n[job:a]\ntimeout = y\n")
    done = run("config", "check", "--config-file", str(path))
    assert done.returncode == 2
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 4
    assert all(line.startswith(f"{path}:") for line in lines[:3])
    assert lines[3] == "turbo-hipster: 3 mistakes in the configuration"


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("plugin = shell_scrip\ncommand = true", "shell_scrip"),
        ("comand = true\ncommand = true", "comand"),
        ("", "command"),
        ("command = true\narguments = some", "arguments"),
    ],
)
def test_check_tells_the_mistakes_that_a_plugin_sees(run, conf, section, said):
    path = conf(f"[job:a]\n{section}\n")
    done = run("config", "check", "--config-file", str(path))
    assert done.returncode == 2
    first = done.stderr.splitlines()[0]
    assert str(path) in first
    assert "[job:a]" in first
    assert said in first


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("path = here", "path"),
        ("pth = /srv", "pth"),
    ],
)
def test_check_asks_publishers_too(run, conf, section, said):
    path = conf(f"[publish:local]\n{section}\n")
    done = run("config", "check", "--config-file", str(path))
    assert done.returncode == 2
    assert "[publish:local]" in done.stderr
    assert said in done.stderr
