"""What builds keep of a dataset is shown with it, and of no other."""

import pytest

from turbo_hipster_databases.seeds import identity

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]


def test_show_names_every_layer_upon_the_seed(desk, brisk, monkeypatch):
    # given a build on one of two datasets, whose seed is of long ago
    monkeypatch.setattr(identity, "SETTLED", -1.0)
    brisk.dataset()
    brisk.step("new", "two", 'op.execute("CREATE INDEX i ON orders (state)")')
    brisk.judge()
    brisk.dataset("user_002")
    state = desk.folder / "state"
    config = desk.config.read_text()
    theirs = str(brisk.state_dir.parents[1])
    desk.config.write_text(config.replace(str(state), theirs))

    def kept(name):
        place = ("--datasets-dir", brisk.datasets)
        rows = desk.rows("show", name, *place)
        return {
            row["what"].removeprefix("kept: ")
            for row in rows
            if row["what"].startswith("kept: ")
        }

    # then its seed is shown, and the layers that lie upon it
    found = kept("user_001")
    assert "seed, loaded" in found
    assert "layer, after new" in found
    assert any(one.endswith(" at two") for one in found), found

    # and the other has none
    assert kept("user_002") == set()
