"""Secrets are hidden wherever a read splits them, and nothing else is."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from turbo_hipster.builds.logs import Redactor

SECRETS = st.lists(
    st.text("ab\n", min_size=4, max_size=9).map(str.encode), max_size=4
)
PIECES = st.lists(
    st.one_of(
        st.sampled_from([b"a", b"b", b"ab", b"aaaa", b"\n", b"\r", b"\0"]),
        st.binary(max_size=3),
        st.text("ab\n", max_size=9).map(str.encode),
    ),
    max_size=30,
)


@settings(max_examples=800, deadline=None)
@given(secrets=SECRETS, pieces=PIECES)
@example(secrets=[b"abcdef", b"cdex"], pieces=[b"abcde", b"x", b"f"])
@example(secrets=[b"abcab"], pieces=[b"xxabcab", b"cab", b"y"])
@example(secrets=[b"aaaa"], pieces=[b"aaa", b"aaa", b"a"])
@example(secrets=[b"abcdef", b"bcde"], pieces=[b"abcde"])
def test_a_stream_is_redacted_as_if_it_were_read_in_one_piece(
    reference, secrets, pieces
):
    redactor = Redactor(secrets)
    stream = redactor.stream()
    shown = b"".join([stream.feed(piece) for piece in pieces])
    shown += stream.finish()
    assert shown == reference.hide(b"".join(pieces), redactor.secrets)


@settings(max_examples=300, deadline=None)
@given(secrets=SECRETS, pieces=PIECES)
def test_only_the_longest_possible_start_of_a_secret_is_held_back(
    reference, secrets, pieces
):
    redactor = Redactor(secrets)
    stream = redactor.stream()
    fed = shown = b""
    for piece in pieces:
        fed += piece
        shown += stream.feed(piece)
        held = max(
            (
                size
                for secret in redactor.secrets
                for size in range(1, len(secret))
                if fed.endswith(secret[:size])
            ),
            default=0,
        )
        whole = reference.hide(fed, redactor.secrets)
        assert whole.startswith(shown)
        # a mark stands for four bytes at least
        rest = whole[len(shown) :].replace(b"[redacted]", b"0123")
        assert len(rest) <= held


def test_short_secrets_and_white_space_are_left_alone():
    redactor = Redactor([b"", b"a", b"abc", b"    ", " \n\n ", "abcd"])
    assert redactor.secrets == (b"abcd",)
    assert redactor.clean("a abc     abcd") == "a abc     [redacted]"


def test_a_secret_read_from_a_file_is_known_without_its_newline():
    assert Redactor([b"hunter22\n"]).clean("x=hunter22;") == "x=[redacted];"


def test_each_line_of_a_key_is_a_secret():
    key = "-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA\n= \n-----END KEY-----\n"
    redactor = Redactor([key])
    assert redactor.clean(key) == "[redacted]\n"
    assert redactor.clean("  MIIEpAIBAAKCAQEA\r\n=") == "  [redacted]\r\n="


def test_overlapping_and_nested_secrets_leave_no_rest():
    redactor = Redactor([b"abcdef", b"defghi", b"bcd1", b"xabcdefx"])
    assert redactor.clean("-abcdefghi-") == "-[redacted]-"
    assert redactor.clean("-xabcdefx-") == "-[redacted]-"
    assert redactor.clean("abcdefabcdef") == "[redacted][redacted]"


def test_a_short_text_keeps_what_is_no_utf8():
    text = b"caf\xe9 pass\xffword \xc3\xbc".decode("utf-8", "surrogateescape")
    clean = Redactor([b"pass\xffword"]).clean(text)
    assert clean.encode("utf-8", "surrogateescape") == (
        b"caf\xe9 [redacted] \xc3\xbc"
    )
    assert Redactor(["word"]).clean("\ud800 word") == "? [redacted]"
