"""What tests of the doctor share."""

import contextlib
from pathlib import Path

import pytest

from theatre.certificates import authority, other_authority
from theatre.disks import mounted
from theatre.doctor import Place
from theatre.servers import geard, gearmand, server_of
from theatre.waiting import until_fixture

__all__ = [
    "authority", "geard", "gearmand", "other_authority", "server_of",
    "until_fixture",
]  # fmt: skip


def pytest_collection_modifyitems(items):
    for item in items:
        if "functional/doctor" in str(item.path):
            item.add_marker(pytest.mark.functional)
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "place"
    folder.mkdir()
    return Place(folder)


@pytest.fixture
def disk():
    """Return a function that mounts a small disk on a folder."""
    with contextlib.ExitStack() as stack:

        def make(folder, options):
            Path(folder).mkdir(exist_ok=True)
            return stack.enter_context(
                mounted(folder, "-t", "tmpfs", "-o", options, "none")
            )

        yield make
