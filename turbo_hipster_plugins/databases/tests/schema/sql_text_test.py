"""One way to write SQL."""

import pytest

from turbo_hipster_databases.schema.sql_text import split, tidy, tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a>0", "( A > 0 )".lower()),
        ('"a" > 0', "a > 0"),
        ("`a`   >\n0", "a > 0 -- more than none"),
        ("SELECT a FROM t", "select /* all */ a from t"),
        ("lower( a )", "LOWER(a)"),
        ("((a)) ", "a"),
        ("[a b]", '"a b"'),
        ("a IN(1,2)", "a in (1, 2)"),
        ('t."a"', "t . a"),
    ],
)
def test_what_means_the_same_is_written_the_same(one, other):
    assert tidy(one, "sqlite") == tidy(other, "sqlite")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("'A'", "'a'"),
        ("'a  b'", "'a b'"),
        ("a || 'x--y'", "a || 'x'"),
        ('"select"', "select"),
        ("(a) + (b)", "a) + (b"),
        ("'it''s'", "'its'"),
        ("a.b", "ab"),
    ],
)
def test_what_means_something_else_is_written_otherwise(one, other):
    assert tidy(one, "sqlite") != tidy(other, "sqlite")


def test_a_string_keeps_its_marks_on_every_engine():
    assert tidy(r"'it\'s' , 2", "mariadb") == r"'it\'s', 2"
    assert tidy("$x$ a; 'b $x$ || e'\\''", "postgresql") == (
        "$x$ a; 'b $x$ || e'\\''"
    )


def test_what_was_written_once_is_written_the_same_again():
    text = "check (a in ('x', \"B c\") and lower(b) <> t.c::text[1]) -- !"
    for engine in ("sqlite", "mariadb", "postgresql"):
        once = tidy(text, engine)
        assert tidy(once, engine) == once


def test_a_list_is_cut_at_its_own_commas_only():
    parts = split(tokens("a, f(b, c), (d, (e, g))", "sqlite"))
    assert [len(part) for part in parts] == [1, 6, 9]
