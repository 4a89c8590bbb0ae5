import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turbo_hipster_databases.model import History, Migration
from turbo_hipster_real_db_upgrade.climbing import chain
from turbo_hipster_real_db_upgrade.climbing.chain import Stranger


def line(*revisions, text="x"):
    """A history in which each migration builds on the one before."""
    parents = [(), *((one,) for one in revisions)]
    return History(
        tuple(
            Migration(one, above, files={f"{one}.py": f"{text}{one}"})
            for one, above in zip(revisions, parents, strict=False)
        ),
        revisions[-1:],
    )


FORKED = History(
    (
        Migration("a"),
        Migration("b", ("a",)),
        Migration("c", ("a",)),
        Migration("d", ("b", "c")),
    ),
    ("d",),
)


def names(migrations):
    return [one.revision for one in migrations]


def test_what_is_pending_is_what_is_not_below_the_database():
    assert names(chain.pending(line("1", "2", "3"), ())) == ["1", "2", "3"]
    assert names(chain.pending(line("1", "2", "3"), ("2",))) == ["3"]
    assert names(chain.pending(line("1", "2", "3"), ("3",))) == []
    assert names(chain.pending(FORKED, ("b",))) == ["c", "d"]
    assert names(chain.pending(FORKED, ("b", "c"))) == ["d"]


def test_a_revision_that_nobody_knows_is_a_stranger():
    with pytest.raises(Stranger, match="9"):
        chain.pending(line("1", "2"), ("9",))


def test_links_know_where_the_database_is_afterwards():
    links = chain.links("main", FORKED, "seed", ("a",))
    assert [link.reached for link in links] == [
        ("b",),
        ("b", "c"),
        ("d",),
    ]
    assert [link.last for link in links] == [False, False, True]
    assert {link.rung for link in links} == {"main"}


def test_a_digest_depends_on_all_that_made_the_state():
    first = chain.links("r", line("1", "2"), "seed", ())
    again = chain.links("other", line("1", "2", "3"), "seed", ())
    seed = chain.links("r", line("1", "2"), "other seed", ())
    text = chain.links("r", line("1", "2", text="y"), "seed", ())

    # the same steps on the same seed are the same, whoever goes further
    assert [one.digest for one in first] == [one.digest for one in again[:2]]
    assert first[0].digest != seed[0].digest
    assert first[0].digest != text[0].digest
    assert len({one.digest for one in again}) == 3


def test_rungs_follow_each_other():
    first = chain.links("stable", line("1", "2"), "seed", ())
    second = chain.links(
        "main", line("1", "2", "3"), first[-1].digest, first[-1].reached
    )
    whole = chain.links("main", line("1", "2", "3"), "seed", ())
    assert second[-1].digest == whole[-1].digest


def test_an_edited_migration_is_found():
    links = chain.links("main", line("1", "2", "3"), "seed", ())
    history = line("1", "2", "3", "4")
    assert chain.edited(links, history) == 3

    # when the change edits the second
    one, two, *rest = history.migrations
    two = dataclasses.replace(two, files={"2.py": "new"})
    assert chain.edited(links, History((one, two, *rest), ("4",))) == 1

    # or takes the third away
    assert chain.edited(links, line("1", "2")) == 2


@given(st.integers(1, 8), st.integers(0, 8))
def test_a_climb_in_two_parts_ends_where_one_in_whole_does(length, first):
    history = line(*map(str, range(length)))
    whole = chain.links("r", history, "seed", ())
    part = whole[: min(first, length)]
    at = part[-1] if part else None
    rest = chain.links(
        "r",
        history,
        at.digest if at else "seed",
        at.reached if at else (),
    )
    assert [one.digest for one in [*part, *rest]] == [
        one.digest for one in whole
    ]
