"""A disk that is full tells nothing of a change, and keeps nothing half."""

import pytest

from turbo_hipster.exceptions import CannotJudge

pytestmark = [pytest.mark.functional, pytest.mark.timeout(300)]


def test_a_full_disk_while_layers_are_made_cannot_judge(
    shop, own_state, small_disk
):
    # given a disk with room for the seed and not for a layer of what the
    # change makes of it
    disk = small_disk(12)
    state = disk / "plugins" / "real_db_upgrade"
    databases = state.with_name("databases")
    databases.mkdir(parents=True)
    (databases / "environments").symlink_to(
        own_state.with_name("databases") / "environments"
    )
    shop.state_dir = state
    shop.dataset()
    shop.step(
        "new",
        "two",
        """
        op.execute("CREATE TABLE big AS SELECT o.id AS id,"
                   " hex(zeroblob(5000)) AS body FROM orders o")
        """,
    )

    # when a change is judged
    with pytest.raises(CannotJudge, match="full"):
        shop.judge(budget_seconds="0")

    # then nothing is left half-made, and the next one says the same
    store = databases / "snapshots"
    assert list(store.glob(".making-*")) == []
    assert list((databases / "layers").glob("*.json.*")) == []
    with pytest.raises(CannotJudge, match="full"):
        shop.judge(budget_seconds="0")
