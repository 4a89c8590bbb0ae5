"""A file's text is kept as it was written, with its lines."""

from hypothesis import given
from hypothesis import strategies as st

from turbo_hipster.conf import ini


def values(text):
    return [(e.section, e.key, e.value) for e in ini.parse(text, "f").entries]


def test_quotes_of_a_command_are_kept():
    assert values('[job:a]\ncommand = "a b" "c"\n') == [
        ("job:a", "command", '"a b" "c"')
    ]


def test_nothing_is_expanded():
    assert values("[job:a]\ncommand = echo $HOME ${x} 100%\n")[0][2] == (
        "echo $HOME ${x} 100%"
    )


def test_several_lines_stay_several_and_keep_their_relative_indentation():
    text = (
        "[job:a]\ncommand =\n    for i in 1 2; do\n"
        "        echo $i\n    done\n\nother = 1\n"
    )
    assert values(text) == [
        ("job:a", "command", "for i in 1 2; do\n    echo $i\ndone"),
        ("job:a", "other", "1"),
    ]


def test_a_colon_assigns_too_and_the_first_sign_counts():
    assert values("[a]\nx: y=z\nk = p:q\n") == [
        ("a", "x", "y=z"),
        ("a", "k", "p:q"),
    ]


def test_comment_lines_say_nothing():
    assert values("# a\n[a]\n; b\nx = 1\n# c\n") == [("a", "x", "1")]


def test_a_mistake_names_its_line():
    found = ini.parse("x = 1\n[a]\nnonsense\n\n  lost\n[b\n = 3\n", "f.conf")
    assert [slip.line for slip in found.mistakes] == [1, 3, 5, 6, 7]
    assert found.mistakes[0].file == "f.conf"


def test_a_comment_behind_a_value_is_seen():
    text = "[a]\nx = 1 # one\ny = a;b\nz = # nothing\nu = ${#v} a#b\n"
    found = ini.parse(text + "l = a,\n    b ; c\n", "f")
    assert [e.key for e in found.entries if e.commented()] == ["x", "z", "l"]


@given(st.text())
def test_any_text_is_parsed_or_complained_about(text):
    found = ini.parse(text, "f")
    last = text.count("\n") + 1
    assert all(0 < slip.line <= last for slip in found.mistakes)
    assert all(entry.section for entry in found.entries)


@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp"))
    ).map(str.strip)
)
def test_one_line_of_text_survives_unharmed(text):
    found = ini.parse(f"[job:a]\ncommand = {text}\n", "f")
    assert [entry.value for entry in found.entries] == [text]
    assert not found.mistakes
