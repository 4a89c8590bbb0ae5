"""A stage for builds, and witnesses that know nothing of it."""

import socket

import pytest

from theatre.builds.stages import stages
from theatre.builds.ways import users_here, way
from theatre.waiting import LIMIT, wait_until_fixture

__all__ = ["wait_until_fixture", "way"]


@pytest.fixture
def users():
    return users_here()


@pytest.fixture
def new_stage():
    with stages() as open_stage:
        yield open_stage


@pytest.fixture(scope="module")
def stage_of_way(way):
    with stages() as open_stage:
        technique, uid = way
        yield open_stage(technique, uid=uid)


@pytest.fixture(scope="module")
def stage_of_module():
    with stages() as open_stage:
        yield open_stage("auto", uid=users_here()[-1])


@pytest.fixture
def each(stage_of_way):
    """A stage of every way; at rest again after each test."""
    stage_of_way.witnesses.forget()
    yield stage_of_way
    stage_of_way.await_quiet()


@pytest.fixture
def one(stage_of_module):
    """A stage of the ordinary user; at rest again after each test."""
    stage_of_module.witnesses.forget()
    yield stage_of_module
    stage_of_module.await_quiet()


class SlowGit:
    """A git server of which nothing is ever heard."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        port = self.socket.getsockname()[1]
        self.asked = {
            "origin": f"git://127.0.0.1:{port}",
            "params": {
                "ZUUL_PROJECT": "some/project",
                "ZUUL_BRANCH": "master",
                "ZUUL_REF": "refs/zuul/master/Z1",
            },
        }

    def await_call(self):
        self.socket.settimeout(LIMIT)
        self.calls = [self.socket.accept()[0]]

    def close(self):
        for one in (self.socket, *getattr(self, "calls", ())):
            one.close()


@pytest.fixture
def slow_git():
    server = SlowGit()
    yield server
    server.close()
