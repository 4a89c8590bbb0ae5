"""Builds that ask for environments, and an index of our own to fill them."""

import base64
import hashlib
import zipfile

import pytest

from turbo_hipster import model
from turbo_hipster.task import Task
from turbo_hipster.testing import run_task
from turbo_hipster_databases.environments import environment


def digest(data):
    code = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
    return "sha256=" + code.rstrip(b"=").decode()


@pytest.fixture
def wheels(tmp_path):
    """A folder of wheels; call it to add one."""
    folder = tmp_path / "wheels"
    folder.mkdir()

    def add(name, version="1.0", requires=()):
        about = f"{name}-{version}.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        metadata += "".join(f"Requires-Dist: {one}\n" for one in requires)
        tag = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n"
        files = {
            f"{name}/__init__.py": f"version = {version!r}\n",
            f"{about}/METADATA": metadata,
            f"{about}/WHEEL": f"{tag}Tag: py3-none-any\n",
        }
        record = "".join(
            f"{path},{digest(text.encode())},{len(text)}\n"
            for path, text in files.items()
        )
        files[f"{about}/RECORD"] = f"{record}{about}/RECORD,,\n"
        path = folder / f"{name}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            for inside, text in files.items():
                archive.writestr(inside, text)

    add.folder = folder
    return add


@pytest.fixture
def only_our_index(monkeypatch, wheels, tmp_path):
    """Pip is set up for the folder of wheels alone, in its own file."""
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    config = tmp_path / "pip.conf"
    config.write_text(
        f"[global]\nno-index = true\nfind-links = {wheels.folder}\n"
        "extra-index-url =\nconstraint =\n"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))


@pytest.fixture
def checkout(tmp_path):
    """A folder that stands for the checkout."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    return folder


@pytest.fixture
def state_dir(tmp_path):
    return tmp_path / "state" / "plugin"


@pytest.fixture
def in_build(state_dir):
    """Return a function that calls another with a build's context."""

    def call(function):
        answer = []

        class Calls(Task):
            def run(self, context):
                answer.append(function(context))
                return model.Result.success()

        told = run_task(Calls, state_dir=state_dir)
        call.log = told.log
        assert told.left == 0
        return answer[0]

    return call


@pytest.fixture
def ask(in_build, checkout):
    """Return a function that asks for an environment, in a build."""

    def call(*requirements, **how):
        return in_build(
            lambda context: environment(
                context, requirements, checkout=checkout, **how
            )
        )

    return call
