"""``dataset list``, ``check`` and ``show``: what there is, and its faults."""

import pytest

from turbo_hipster_databases.engines.sqlite import SQLite

ADD = ("--engine", "sqlite", "--project", "library")


@pytest.fixture
def added(desk):
    """A sound dataset; returns its folder."""
    done = desk.run("add", "user_001", "--from", desk.dump(), *ADD)
    assert done.status == 0, done.err
    return desk.datasets / "user_001"


def changed(folder, old, new):
    path = folder / "dataset.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def told(desk):
    return {row["what"]: row["value"] for row in desk.rows("show", "user_001")}


def test_no_dataset_is_no_mistake(desk):
    assert desk.rows("list") == desk.rows("check") == []


def test_the_folder_comes_from_the_job_or_from_the_option(desk, added):
    everywhere = [
        (),
        ("--job", "real-data"),
        ("--datasets-dir", desk.datasets),
    ]
    for words in everywhere:
        assert [row["name"] for row in desk.rows("list", *words)] == [
            "user_001"
        ]
    done = desk.run("list", "--job", "other")
    assert done.status == 2
    assert "there is no job 'other'; there are real-data" in done.err
    desk.config.write_text("[DEFAULT]\n")
    done = desk.run("list")
    assert done.status == 2
    assert "say where the datasets are: --datasets-dir" in done.err


@pytest.mark.parametrize(
    "old, new, what",
    [
        ("seed: seed.sqlite", "seed: gone.sqlite", "seed: there is no file"),
        ("engine: sqlite", "engine: oracle", "engine: there is no 'oracle'"),
        ("engine: sqlite", "engine: mariadb", "cannot be loaded by mariadb"),
        ("project: ", "projekt: ", "did you mean project"),
        ("bytes: ", "bytes: 9", "manifest.sqlite.bytes is 9"),
        ("manifest:", "overlays: [seed.sqlite]\nmanifest:", "overlays[0]: "),
    ],
)
def test_each_mistake_names_file_and_key_and_ends_with_1(
    desk, added, old, new, what
):
    changed(added, old, new)
    [row] = [
        row for row in desk.rows("check", status=1) if row["state"] == "wrong"
    ]
    assert str(added / "dataset.yaml") in row["what"]
    assert what in row["what"]


def test_loading_counts_rows_and_finds_what_only_the_bytes_tell(desk, added):
    # given
    assert desk.rows("check", "--load")[0]["rows"] == 3
    # when one byte is another
    seed = added / "seed.sqlite"
    data = bytearray(seed.read_bytes())
    data[-1] ^= 1
    seed.write_bytes(data)
    # then no quick look can tell, but reading does
    assert desk.rows("check")[0]["state"] == "ok"
    [row] = desk.rows("check", "--load", status=1)
    assert "manifest.sqlite.sha256 is another" in row["what"]


def test_a_seed_that_no_server_here_can_load_is_not_checked(
    desk, added, monkeypatch
):
    monkeypatch.setattr(SQLite, "releases", lambda self: [])
    assert desk.rows("check")[0]["state"] == "ok"
    [row] = desk.rows("check", "--load", status=75)
    assert row["state"] == "not checked"
    assert "SQLite is not installed" in row["what"]


def test_one_that_is_wrong_does_not_hide_the_others(desk, added):
    (desk.datasets / "bad").mkdir()
    (desk.datasets / "bad" / "dataset.yaml").write_text("engine: [")
    states = {
        row["dataset"]: row["state"] for row in desk.rows("check", status=1)
    }
    assert states == {"bad": "wrong", "user_001": "ok"}
    # and one that is asked for alone is judged alone
    assert desk.run("check", "user_001").status == 0
    assert desk.run("check", "bad").status == 1


def test_show_tells_all_that_is_known(desk, added):
    changed(
        added,
        "manifest:",
        "ladder: [stable/1, main]\n"
        "production_rows: {shelf: 4000000}\n"
        "limits: {seconds: {default: 60, '1->2': 333}}\n"
        "invariants: [{query: SELECT 1, is: 1}]\n"
        "manifest:",
    )
    shown = {
        row["what"]: row["value"] for row in desk.rows("show", "user_001")
    }
    assert shown["project"] == "library"
    assert shown["ladder"] == "stable/1, main"
    assert shown["production rows of shelf"] == "4,000,000"
    assert shown["limit of seconds"] == "60, 1->2: 333"
    assert shown["invariant: is 1"] == "SELECT 1"
    assert shown["seed of sqlite"].endswith("SQLite file")
    assert "days ago" in shown["taken at"]
    # and what is kept, once a build or a check has loaded it
    assert "kept: seed, loaded" not in shown
    desk.run("check", "--load")
    assert "(sqlite " in told(desk)["kept: seed, loaded"]


def test_show_names_the_datasets_there_are(desk, added):
    done = desk.run("show", "user_01")
    assert done.status == 2
    assert "did you mean user_001?" in done.err
