"""A seed that cannot be loaded is refused, and the reason is told."""

import gzip
import sqlite3

import pytest

from turbo_hipster_databases.exceptions import SeedRefused
from turbo_hipster_databases.seeds import kinds, progress
from turbo_hipster_databases.seeds.seeded import seeded


@pytest.fixture
def refusal(build, release_of):
    """Return a function that returns why an engine refuses a seed."""

    def ask(name, seed):
        def work(context, servers):
            engine, release = release_of(servers, name)
            before = {entry.snapshot.key for entry in servers.store.list()}
            with pytest.raises(SeedRefused) as told:
                seeded(context, servers, engine, release, seed)
            empty = servers.prepared(engine, release).key
            after = {entry.snapshot.key for entry in servers.store.list()}
            assert after <= before | {empty}, "a snapshot was made of it"
            assert not list(servers.store.folder.glob(".making-*"))
            return str(told.value)

        return build(work)[0]

    return ask


@pytest.fixture
def seed(tmp_path):
    """Return a function that writes a seed."""

    def write(content, name="seed.sql"):
        path = tmp_path / name
        if isinstance(content, str):
            content = content.encode()
        path.write_bytes(content)
        return path

    return write


SOUND = "CREATE TABLE a (b INTEGER);\n"
MYSQLDUMP = f"-- MySQL dump 10.13\n{SOUND}"
LONG = "-- long\n" * 9000
SEVERAL = f"{MYSQLDUMP}USE `a`;\n{SOUND}{LONG}USE `b`;\n-- Dump completed\n"
PG_DUMP = f"--\n-- PostgreSQL database dump\n--\n{SOUND}"


BAD = [
    (b"", "is empty"),
    (b" \n\n", "is empty"),
    (gzip.compress(b""), "is empty"),
    (b"-- only a comment\n", "is empty: it makes no table"),
    ("SELECT 1;\n", "is empty: it makes no table"),
    (bytes(range(256)) * 16, "neither SQL text, nor"),
    (b"\x1f\x8b" + b"garbage" * 1000, "is damaged: gzip says"),
    (b"\x28\xb5\x2f\xfd" + b"garbage" * 1000, "is damaged: zstd says"),
    (gzip.compress(gzip.compress(SOUND.encode())), "packed twice"),
    (b"BZh91AY", "packed with bzip2; pack it with gzip"),
    (SOUND.encode("utf-16"), "neither SQL text, nor"),
    (SOUND + "INSERT INTO a VALUES (1", "ends within a statement"),
    (SOUND + "INSERT INTO nowhere VALUES (1);\n", "no such table"),
    (SOUND.encode() + b"INSERT INTO a VALUES ('\xff');\n", "no UTF-8"),
    (MYSQLDUMP, "for mariadb or mysql, not for sqlite"),
    (PG_DUMP, "for postgresql, not for sqlite"),
    (b"PGDMP\x01\x0e", "for postgresql, not for sqlite"),
    (
        "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n" + SOUND,
        "a dump of sqlite3 .dump ends with 'COMMIT;'",
    ),
    (b"SQLite format 3\0" + b"garbage" * 1000, "is damaged"),
]


@pytest.mark.parametrize(
    ("content", "said"), BAD, ids=[f"{at}" for at in range(len(BAD))]
)
def test_a_bad_seed_is_refused_with_the_reason(refusal, seed, content, said):
    assert said in refusal("sqlite", seed(content))


def test_a_missing_seed_is_named(refusal, tmp_path):
    assert "absent.sql" in refusal("sqlite", tmp_path / "absent.sql")


@pytest.mark.parametrize("how", ["gzip", "zstd"])
def test_a_packed_seed_that_is_cut_off_is_refused(
    refusal, seed, packed, dump, how
):
    whole = packed[how](dump("sqlite").read_bytes())
    for cut in (len(whole) // 2, len(whole) - 1, 12):
        assert "is truncated" in refusal("sqlite", seed(whole[:cut]))


def test_a_corrupt_sqlite_file_is_refused(refusal, seed, dump):
    whole = dump("sqlite", "--file").read_bytes()
    assert "is damaged" in refusal("sqlite", seed(whole[:-4096]))
    page = b"\xff" * 4096
    garbled = whole[:4096] + page + whole[8192:]
    assert "is damaged" in refusal("sqlite", seed(garbled))


def test_an_sqlite_file_with_a_log_is_refused(refusal, tmp_path):
    path = tmp_path / "seed.sqlite"
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE a (b)")
        assert "wal_checkpoint" in refusal("sqlite", path)
    finally:
        connection.close()


@pytest.mark.functional
@pytest.mark.parametrize("how", ["", "gzip"])
@pytest.mark.parametrize("name", ["mariadb", "postgresql"])
def test_a_dump_without_its_end_is_refused(
    refusal, seed, packed, dump, name, how
):
    """It is cut at a statement's end, where no client notices."""
    whole = dump(name).read_bytes()
    cut = whole.rindex(b"\n\n--") + 2
    said = refusal(name, seed(packed[how](whole[:cut])))
    assert "is truncated: a dump of" in said
    assert "ump complete" in said


@pytest.mark.functional
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("mariadb", PG_DUMP, "for postgresql, not for mariadb"),
        ("mariadb", b"PGDMP\x01\x0e", "for postgresql, not for mariadb"),
        ("mariadb", b"SQLite format 3\0", "for sqlite, not for mariadb"),
        ("postgresql", MYSQLDUMP, "for mariadb or mysql, not for postgresql"),
        ("mariadb", "CREATE TABLE a (b SERIAL[]);\n", "error in your SQL"),
        ("postgresql", "CREATE TABLE `a` (b int);\n", "syntax error"),
        ("postgresql", b"PGDMP" + b"\xff" * 900, "pg_restore"),
        (
            "postgresql",
            "CREATE DATABASE x;\n\\connect x\n",
            "without --create",
        ),
        (
            "mariadb",
            SEVERAL,
            "holds several databases",
        ),
    ],
)
def test_what_an_engine_cannot_read_is_told_in_its_words(
    refusal, seed, name, content, said
):
    assert said in refusal(name, seed(content))


def test_a_long_load_says_how_far_it_is(build, release_of, dump, monkeypatch):
    monkeypatch.setattr(progress, "EVERY", 0)

    def load(context, servers):
        engine, release = release_of(servers, "sqlite")
        server = servers.empty(engine, release)
        engine.load(server, dump("sqlite"))

    assert "dump: 100 % of 0 MiB read in" in build(load)[1].log


def test_a_kind_says_what_it_is(seed):
    told = kinds.examine(seed(gzip.compress(MYSQLDUMP.encode())))
    assert str(told) == "SQL of mysqldump, packed with gzip"
    assert told.engines() == ("mariadb", "mysql")
    told = kinds.examine(seed(SOUND))
    assert str(told) == "SQL"
    assert told.engines() == ()
