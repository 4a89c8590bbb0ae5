"""Things without a name of their own."""

import itertools

from turbo_hipster_databases.schema.gathering import numbered, part

ALIKE = [
    part(("table", "t"), "index", "", {"columns": "a", "where": where})
    for where in ("a > 2", "", "a > 1")
]


def test_it_does_not_matter_which_was_first():
    told = [numbered(order) for order in itertools.permutations(ALIKE)]

    assert all(things == told[0] for things in told)
    assert [path[3] for path in told[0]] == ["(a)", "(a) #2", "(a) #3"]


def test_what_is_empty_is_left_out():
    (thing,) = numbered(ALIKE[1:2]).values()

    assert thing.path == ("table", "t", "index", "(a)")
    assert thing.facts == {"columns": "a"}
