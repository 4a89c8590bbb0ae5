"""Where health is asked for: what may stand there, and what is said if not."""

import pytest

from turbo_hipster import exceptions
from turbo_hipster.conf import load


@pytest.fixture
def settings(tmp_path):
    def read(text):
        file = tmp_path / "th.conf"
        file.write_text(text)
        return load.load([file])

    return read


def test_nothing_is_on_by_default(settings):
    made = settings("")

    assert made.health.listen is None
    assert made.statsd.host == ""


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("9123", ("127.0.0.1", 9123)),
        ("127.0.0.1:9123", ("127.0.0.1", 9123)),
        ("0.0.0.0:80", ("0.0.0.0", 80)),
        ("[::1]:9123", ("::1", 9123)),
        ("th01.example.org:9123", ("th01.example.org", 9123)),
        ("/run/th/health.sock", "/run/th/health.sock"),
    ],
)
def test_a_place_may_be_written_so(settings, text, place):
    assert settings(f"[health]\nlisten = {text}\n").health.listen == place


@pytest.mark.parametrize(
    "text",
    ["localhost", "::1:9123", "[::1]", "1:2:3", "host:0", "70000", "run/x",
     "http://127.0.0.1:9123", "/" + "x" * 107],
)  # fmt: skip
def test_what_is_no_place_is_refused_by_name(settings, text):
    with pytest.raises(
        exceptions.ConfigurationError, match=r"\[health\] listen"
    ):
        settings(f"[health]\nlisten = {text}\n")


@pytest.mark.parametrize("prefix", ["", "a b", "a..b", ".a", "a:b", "a|c"])
def test_a_prefix_that_spoils_a_line_is_refused(settings, prefix):
    with pytest.raises(
        exceptions.ConfigurationError, match=r"\[statsd\] prefix"
    ):
        settings(f"[statsd]\nprefix = {prefix}\n")
