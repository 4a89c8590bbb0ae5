"""Requirement files are read with all that they include."""

import pytest

from turbo_hipster_databases.environments import requirements
from turbo_hipster_databases.exceptions import RequirementsRefused


@pytest.fixture
def read(tmp_path):
    """Return a function that reads, in a checkout with these files."""

    def call(words, files, constraints=()):
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return requirements.read(tmp_path, words, constraints)

    return call


def test_includes_stand_in_place(read):
    required = read(
        ["all.txt", "four==4"],
        {
            "all.txt": "one\n-r deep/more.txt  # and more\nthree\n",
            "deep/more.txt": "# a comment\ntwo ; python_version > '3'\n",
        },
    )
    assert required.lines == [
        "one", "two ; python_version > '3'", "three", "four==4"
    ]  # fmt: skip
    assert set(required.read) == {"all.txt", "deep/more.txt"}


@pytest.mark.parametrize(
    "line",
    ["-c upper.txt", "-cupper.txt", "--constraint=upper.txt",
     "--constraint upper.txt"],
)  # fmt: skip
def test_constraints_are_kept_apart(read, line):
    required = read(["all.txt"], {"all.txt": line, "upper.txt": "one<2"})
    assert required.lines == []
    assert required.constraints == ["one<2"]


def test_continued_lines_are_one(read):
    text = "one==1 \\\n  --hash=sha256:00 \\\n  --hash=sha256:11\ntwo\n"
    required = read(["all.txt"], {"all.txt": text})
    first, second = required.lines
    assert first.split() == [
        "one==1", "--hash=sha256:00", "--hash=sha256:11"
    ]  # fmt: skip
    assert second == "two"


@pytest.mark.parametrize(
    ("line", "extras"),
    [
        (".", set()),
        ("-e .", set()),
        ("-e ./", set()),
        ("--editable=.[db, test]", {"db", "test"}),
        (".[db]  # with a driver", {"db"}),
    ],
)
def test_the_project_itself_is_its_metadata(read, tmp_path, line, extras):
    required = read(
        ["all.txt"],
        {"all.txt": f"{line}\none\n", "pyproject.toml": "[project]"},
    )
    assert required.lines == ["one"]
    assert required.itself == tmp_path / "pyproject.toml"
    assert required.extras == extras
    assert "pyproject.toml" in required.read


@pytest.mark.parametrize("line", ["-e ../other", "./libs/thing", ".hidden"])
def test_other_places_are_not_the_project_itself(read, line):
    required = read(["all.txt"], {"all.txt": line})
    assert required.lines == [line]
    assert required.itself is None


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, "there is no file all.txt"),
        ({"all.txt": "-r gone.txt"}, "includes gone.txt, which is not there"),
        ({"all.txt": "-c gone.txt"}, "no constraint file gone.txt"),
        ({"all.txt": "-r all.txt"}, "all.txt includes itself"),
        ({"all.txt": "-r /etc/hostname"}, "outside the checkout"),
        ({"all.txt": "-e ."}, "neither pyproject.toml nor setup.py"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(read, files, told):
    with pytest.raises(RequirementsRefused, match=told):
        read(["all.txt"], files)


def test_what_is_no_text_is_refused(read, tmp_path):
    (tmp_path / "all.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RequirementsRefused, match="cannot be read"):
        read(["all.txt"], {})
