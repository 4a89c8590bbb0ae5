"""The content of a seed is its identity."""

import hashlib
import os
import time

import pytest

from turbo_hipster_databases.exceptions import SeedRefused
from turbo_hipster_databases.seeds import identity


def digest(text):
    return hashlib.sha256(text).hexdigest()


@pytest.fixture
def settled(monkeypatch):
    """Files are old enough for their times to tell a change."""
    monkeypatch.setattr(identity, "SETTLED", -1)


@pytest.fixture
def seed(tmp_path):
    path = tmp_path / "seed.sql"
    path.write_bytes(b"first")
    return path


@pytest.fixture
def reads(monkeypatch):
    """Count how often a file is read."""
    counted = []
    real = hashlib.file_digest

    def counting(file, name):
        counted.append(name)
        return real(file, name)

    monkeypatch.setattr(hashlib, "file_digest", counting)
    return counted


def test_a_file_that_does_not_change_is_read_once(
    settled, seed, tmp_path, reads
):
    for _ in range(3):
        assert identity.sha256(seed, tmp_path) == digest(b"first")
    assert len(reads) == 1


def test_a_file_that_just_changed_is_read_again(seed, tmp_path, reads):
    """A second change in the same tick of the clock would not be seen."""
    future = time.time() + 3600
    os.utime(seed, (future, future))
    for _ in range(2):
        assert identity.sha256(seed, tmp_path) == digest(b"first")
    assert len(reads) == 2


def test_a_change_is_seen_even_if_size_and_time_are_kept(
    settled, seed, tmp_path
):
    before = seed.stat()
    identity.sha256(seed, tmp_path)
    while seed.stat().st_ctime_ns == before.st_ctime_ns:
        seed.write_bytes(b"other")
        os.utime(seed, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert identity.sha256(seed, tmp_path) == digest(b"other")


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', "?"])
def test_a_damaged_record_is_none(settled, seed, tmp_path, text):
    (tmp_path / "seeds.json").write_text(text)
    assert identity.sha256(seed, tmp_path) == digest(b"first")
    assert str(seed) in (tmp_path / "seeds.json").read_text()


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(SeedRefused, match="nowhere"):
        identity.sha256(tmp_path / "nowhere", tmp_path)
    with pytest.raises(SeedRefused, match="directory"):
        identity.sha256(tmp_path, tmp_path)
