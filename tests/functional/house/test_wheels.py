"""All wheels are whole, and work in an empty environment."""

import subprocess
import sys
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PLUGINS = sorted(
    p.parent for p in ROOT.glob("turbo_hipster_plugins/*/setup.cfg")
)
PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]

pytestmark = [pytest.mark.functional, pytest.mark.timeout(900)]


def run(*argv, **options):
    done = subprocess.run(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **options,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """Build every distribution, from a copy of what git would hand out."""
    folder = tmp_path_factory.mktemp("wheels")
    tree = folder / "tree"
    said = run(
        "git", "-c", f"safe.directory={ROOT}", "-C", ROOT, "ls-files", "-z"
    )
    for name in filter(None, said.split("\0")):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_bytes((ROOT / name).read_bytes())
    sources = [tree, *(tree / path.relative_to(ROOT) for path in PLUGINS)]
    run(*PIP, "wheel", "--no-deps", "--wheel-dir", folder, *sources)
    return tree, sorted(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheels, tmp_path_factory):
    """Install them, and what they need, where nothing else is."""
    folder = tmp_path_factory.mktemp("empty") / "venv"
    venv.create(folder, with_pip=True, symlinks=True)
    pip = [folder / "bin/python", *PIP[1:]]
    run(*pip, "install", *wheels[1])
    run(*pip, "check")
    return folder / "bin"


def test_there_is_one_wheel_for_each_distribution(wheels):
    assert len(wheels[1]) == 1 + len(PLUGINS)


def test_the_core_has_all_its_rooms_and_templates(wheels):
    tree, found = wheels
    core = next(
        path for path in found if path.name.startswith("turbo_hipster-")
    )

    inside = set(zipfile.ZipFile(core).namelist())

    wanted = {
        str(path.relative_to(tree))
        for path in (tree / "turbo_hipster").rglob("*")
        if path.is_file()
    }
    assert wanted
    assert sorted(wanted - inside) == []


def test_no_wheel_brings_tests_or_another_top_level(wheels):
    for path in wheels[1]:
        tops = {
            name.split("/")[0]
            for name in zipfile.ZipFile(path).namelist()
            if ".dist-info/" not in name
        }
        own = path.name.split("-")[0]
        assert tops == {own}


def test_the_command_answers_in_an_empty_environment(installed, tmp_path):
    said = run(installed / "turbo-hipster", "--version", cwd=tmp_path)

    assert metadata.version("turbo-hipster") in said


def test_every_entry_point_can_be_loaded(installed, tmp_path):
    code = (
        "from importlib import metadata\n"
        "for distribution in metadata.distributions():\n"
        "    for point in distribution.entry_points:\n"
        "        if point.group.startswith('turbo_hipster.'):\n"
        "            print(point.name, point.load())\n"
    )

    said = run(installed / "python", "-I", "-c", code, cwd=tmp_path)

    assert "shell_script" in said
