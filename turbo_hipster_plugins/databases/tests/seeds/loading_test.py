"""Real dumps of real programs are loaded, whatever they are packed with."""

import pytest

from turbo_hipster_databases.seeds.seeded import seeded

pytestmark = pytest.mark.functional

DUMPS = [
    ("", "sqlite"),
    ("gzip", "sqlite"),
    ("zstd", "sqlite"),
    ("", "sqlite", "--file"),
    ("zstd", "sqlite", "--file"),
    ("", "mariadb"),
    ("gzip", "mariadb", "--databases"),
    ("zstd", "mariadb", "--skip-comments"),
    ("", "postgresql"),
    ("gzip", "postgresql", "--inserts"),
    ("", "postgresql", "--format=custom"),
    ("zstd", "postgresql", "--format=custom"),
]


def loaded(build, release_of, ask, name, seed, *overlays):
    """Load a seed, and return what a clone of the snapshot has."""

    def work(context, servers):
        engine, release = release_of(servers, name)
        made = seeded(context, servers, engine, release, seed, overlays)
        server = servers.clone(made)
        return (
            made,
            ask(server, "SELECT id, name FROM animals ORDER BY id"),
            ask(server, "SELECT count(*) FROM legs"),
        )

    return build(work)[0]


ANIMALS = [(1, "dog"), (2, "cat; with\nUSE `of` a line"), (3, "Ünikörn")]


@pytest.mark.parametrize("case", DUMPS, ids=" ".join)
def test_a_dump_is_loaded(
    build, release_of, ask, dump, packed, tmp_path, case
):
    how, *which = case
    seed = tmp_path / "seed"
    seed.write_bytes(packed[how](dump(*which).read_bytes()))
    made, animals, legs = loaded(build, release_of, ask, which[0], seed)
    assert animals == ANIMALS
    assert legs == [(2,)]
    assert len(made.layers) == 1, "it needs no other snapshot"


def test_overlays_come_after_the_seed_in_their_order(
    build, release_of, ask, dump, tmp_path
):
    first, second = tmp_path / "first.sql", tmp_path / "second.sql"
    first.write_text("INSERT INTO animals VALUES (4, 'cow');\n")
    second.write_text("UPDATE animals SET name = 'bull' WHERE id = 4;\n")
    made, animals, _ = loaded(
        build, release_of, ask, "sqlite", dump("sqlite"), first, second
    )
    assert animals[-1] == (4, "bull")
    assert len(made.manifest.made_from) == 3
    other, animals, _ = loaded(
        build, release_of, ask, "sqlite", dump("sqlite"), first
    )
    assert animals[-1] == (4, "cow")
    assert other.key != made.key


def test_a_seed_is_loaded_once(build, release_of, dump, tmp_path):
    """Also under another name: the content counts."""
    seed, same = tmp_path / "seed.sql", tmp_path / "same.sql"
    text = dump("sqlite").read_text() + "-- a seed of its own\nCOMMIT;\n"
    text = text.replace("COMMIT;\n-- a", "-- a")
    seed.write_text(text)
    same.write_text(text)

    def work(seed):
        def load(context, servers):
            engine, release = release_of(servers, "sqlite")
            return seeded(context, servers, engine, release, seed)

        return build(load)

    made, told = work(seed)
    assert "loading seed.sql" in told.log
    again, told = work(same)
    assert again == made
    assert "loading" not in told.log


@pytest.mark.parametrize("name", ["mariadb", "postgresql", "sqlite"])
def test_clones_of_a_seed_do_not_see_each_other(
    build, release_of, ask, dump, name
):
    """Nor is the snapshot changed by the servers that run on its clones."""

    def work(context, servers):
        engine, release = release_of(servers, name)
        made = seeded(context, servers, engine, release, dump(name))
        before = content(made.layers[0])
        first, second = servers.clone(made), servers.clone(made)
        connection = first.connect()
        connection.cursor().execute("DELETE FROM legs")
        connection.cursor().execute("DROP TABLE legs")
        connection.close()
        legs = ask(second, "SELECT count(*) FROM legs")
        for server in (first, second):
            server.stop(clean=True)
        assert content(made.layers[0]) == before
        return legs

    assert build(work)[0] == [(2,)]


def content(folder):
    return {
        str(path.relative_to(folder)): (path.lstat().st_mtime_ns, data(path))
        for path in sorted(folder.rglob("*"))
    }


def data(path):
    return path.read_bytes() if path.is_file() else None


def test_the_owner_of_a_table_is_made(build, release_of, ask, dump):
    def work(context, servers):
        engine, release = release_of(servers, "postgresql")
        made = seeded(context, servers, engine, release, dump("postgresql"))
        server = servers.clone(made)
        return ask(
            server, "SELECT tableowner FROM pg_tables WHERE tablename='legs'"
        )

    assert build(work)[0] == [("the owner",)]
