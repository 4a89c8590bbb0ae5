"""``dataset make`` and ``scale``: rows out of nothing, and fewer of many."""

import pytest
import yaml

from turbo_hipster_real_db_upgrade.datasets import of_today

SCHEMA = """\
CREATE TABLE kind (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL UNIQUE);
CREATE TABLE orders (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL,
    FOREIGN KEY (kind) REFERENCES kind (id));
CREATE TABLE detail (orders INTEGER PRIMARY KEY,
    FOREIGN KEY (orders) REFERENCES orders (id));
"""
MAKE = ("--project", "shop", "--rows", "3k", "--rows-of", "kind=20")


@pytest.fixture
def schema(desk):
    path = desk.folder / "schema.sql"
    path.write_text(SCHEMA)
    return path


def test_a_schema_is_filled_and_becomes_a_dataset(desk, schema):
    done = desk.run(
        "make", "big", "--schema", schema, "--engine", "sqlite", *MAKE,
        "--rows-of", "orders=2500",
    )  # fmt: skip
    assert done.status == 0, done.err
    # what could not be had is said
    assert "detail has 2,500 rows: its keys allow no more" in done.out
    assert desk.count("big", "orders") == desk.count("big", "detail") == 2500
    assert desk.count("big", "kind") == 20
    [row] = desk.rows("check", "--load")
    assert (row["state"], row["rows"]) == ("ok", 5020)


def test_what_cannot_be_filled_is_named_and_leaves_nothing(desk, schema):
    schema.write_text("CREATE TABLE t (a INTEGER CHECK (a * 2 = 7 + a));")
    words = ("--schema", schema, "--engine", "sqlite", *MAKE[:4])
    done = desk.run("make", "big", *words)
    assert done.status == 2
    assert done.err.splitlines()[-1].startswith("t: the engine refuses")
    assert list(desk.datasets.iterdir()) == []


@pytest.mark.parametrize(
    "words, why",
    [
        ((), "--schema FILE, or --repository PATH"),
        (("--repository", "."), "--job JOB; there are real-data"),
        (("--rows", "many"), "'many' is no number of rows"),
        (("--rows-of", "kind"), "'kind' is not TABLE=N"),
    ],
)
def test_usage_is_explained(desk, words, why):
    done = desk.run("make", "big", "--engine", "sqlite", *MAKE, *words)
    assert done.status == 2
    assert why in done.err


@pytest.mark.functional
@pytest.mark.timeout(300)
@pytest.mark.parametrize("engine", ["sqlite", "mariadb", "postgresql"])
def test_a_dataset_is_made_scaled_and_loaded_on_each_engine(
    desk, schema, engine
):
    # given a made dataset
    words = ("--schema", schema, "--engine", engine, *MAKE)
    done = desk.run("make", "big", *words)
    assert done.status == 0, done.err

    # when
    done = desk.run("scale", "big", "--to", "10", "--to", "100")

    # then there is a smaller one, which says how large the whole is
    assert done.status == 0, done.err
    assert "100 per cent is big itself" in done.out
    small = of_today.read(desk.datasets / "big-10" / "dataset.yaml")
    assert small.production_rows == {
        "kind": 20, "orders": 3000, "detail": 3000,
    }  # fmt: skip
    rows = small.manifest[engine].rows
    assert rows["kind"] == 20
    assert 100 < rows["orders"] < 900
    # and both can be loaded
    checked = {row["dataset"]: row for row in desk.rows("check", "--load")}
    assert {row["state"] for row in checked.values()} == {"ok"}
    assert checked["big-10"]["rows"] == sum(rows.values())


def test_one_that_was_scaled_is_not_overwritten(desk, schema):
    words = ("--schema", schema, "--engine", "sqlite", *MAKE)
    desk.run("make", "big", *words)
    assert desk.run("scale", "big", "--to", "50").status == 0
    done = desk.run("scale", "big", "--to", "50")
    assert done.status == 2
    assert "big-50 is there already" in done.err
    assert desk.run("scale", "big", "--to", "101").status == 2


@pytest.mark.functional
@pytest.mark.timeout(300)
def test_a_projects_own_migrations_make_the_schema(desk, shop, state_dir):
    # given a project whose second migration makes a table, and a third
    shop.step("new", "two", "op.execute('CREATE TABLE t (id INTEGER)')")
    shop.step("newer", "new", "op.execute('CREATE TABLE late (id INTEGER)')")
    text = desk.config.read_text()
    state = state_dir.parent.parent
    lines = [
        f"state_dir = {state}" if line.startswith("state_dir") else line
        for line in text.splitlines()
    ]
    desk.config.write_text("\n".join(lines) + "\n")

    # when
    done = desk.run(
        "make", "big", "--job", "real-data", "--repository",
        shop.project.path, "--revision", "new", "--engine", "sqlite",
        "--project", "shop", "--rows", "50",
    )  # fmt: skip

    # then
    assert done.status == 0, done.err
    told = yaml.safe_load((desk.datasets / "big/dataset.yaml").read_text())
    assert told["revision"] == "new"
    assert told["manifest"]["sqlite"]["rows"] == {"t": 50}
    assert desk.count("big", "alembic_version") == 1
    # and a revision that is not there is refused
    done = desk.run(
        "make", "more", "--job", "real-data", "--repository",
        shop.project.path, "--revision", "never", "--engine", "sqlite",
        "--project", "shop", "--rows", "50",
    )  # fmt: skip
    assert done.status == 2
    assert "no revision 'never'" in done.err
