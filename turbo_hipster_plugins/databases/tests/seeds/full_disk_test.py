"""A seed for which there is no room on the disk."""

import contextlib
import random

import pytest

from turbo_hipster_databases.exceptions import DiskFull
from turbo_hipster_databases.seeds.seeded import seeded

pytestmark = pytest.mark.functional

SIZES = {"sqlite": 8, "postgresql": 64, "mariadb": 208}
ROW = "INSERT INTO big VALUES ('{}');\n"


def write(path, kind, mebibytes, chance):
    with path.open("w") as file:
        file.write(f"CREATE TABLE big (word {kind});\n")
        for _ in range(mebibytes):
            file.write(ROW.format(chance.randbytes(2**19).hex()))
    return path


@pytest.fixture(params=SIZES)
def load(request, build, release_of, small_disk, build_on, tmp_path):
    """Return a function that loads a seed on a small disk."""
    disk = small_disk(SIZES[request.param])
    build_on(disk)
    kind = "LONGTEXT" if request.param == "mariadb" else "TEXT"
    chance = random.Random(28)

    def call(mebibytes):
        seed = write(tmp_path / "big.sql", kind, mebibytes, chance)

        def work(context, servers):
            engine, release = release_of(servers, request.param)
            with contextlib.closing(servers.store):
                try:
                    return seeded(context, servers, engine, release, seed).key
                finally:
                    left = servers.store.folder.glob(".making-*")
                    assert not list(left)

        return build(work)[0]

    yield call
    assert list(disk.iterdir()) == []


def test_a_seed_that_fills_the_disk_is_not_half_loaded(load, tmp_path):
    with pytest.raises(DiskFull, match="a seed cannot be loaded") as told:
        load(mebibytes=200)

    assert str(tmp_path / "small disk") in str(told.value)


def test_a_seed_that_finds_room_is_loaded(load):
    assert load(mebibytes=1)
