"""What strangers may call a project, a ref, a commit and a URL."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turbo_hipster.exceptions import RefusedInput
from turbo_hipster.git import addresses


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/etc/passwd",
        "../up",
        "a/../../up",
        "a//b",
        "a/",
        "./a",
        ".",
        "..",
        "a\0b",
        "a\nb",
        "a\\b",
        "-rf",
        "a/--upload-pack=x",
        "a/.git",
        "a/.git/hooks",
        "x" * 300,
        "a/" * 600 + "b",
        "lone\udcff",
    ],
)
def test_a_hostile_project_name_is_refused(name):
    with pytest.raises(RefusedInput):
        addresses.check_project(name)


@pytest.mark.parametrize(
    "name", ["nova", "openstack/nova", "a b/c", "größe/ü", "~me/x", ".github"]
)
def test_an_odd_project_name_is_accepted(name):
    assert addresses.check_project(name) == name


@pytest.mark.parametrize(
    "ref",
    [
        "",
        "-x",
        "--upload-pack=touch /tmp/x",
        "refs/-x/y",
        "a b",
        "a..b",
        "a~1",
        "a^",
        "a:b",
        "+a",
        "a@{1}",
        "a*",
        "a?",
        "a[b",
        "a\\b",
        "a\nb",
        "a\0b",
        "/a",
        "a/",
        "a//b",
        ".a",
        "a/.b",
        "a.lock",
        "a.lock/b",
        "a.",
        "@",
        "x" * 1001,
        "lone\udcff",
    ],
)
def test_a_hostile_ref_is_refused(ref):
    if ref == "+a":
        # not hostile in itself: it always follows our own "+" and ":"
        assert addresses.check_ref(ref, "it") == ref
        return
    with pytest.raises(RefusedInput, match="it "):
        addresses.check_ref(ref, "it")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "-u",
        "--upload-pack=touch /tmp/x",
        "ext::sh -c 'touch /tmp/x'",
        "ext://sh",
        "fd::17",
        "ftp://host/x",
        "rsync://host/x",
        "HTTP://host/x",
        "transport::http://host/x",
        "user@host:path",
        "/etc",
        "../up",
        "ssh://-oProxyCommand=touch/x",
        "ssh://-oProxyCommand=touch@host/x",
        "ssh://%2doProxyCommand=touch@host/x",
        "https:///x",
        "https://ho st/x",
        "https://host/a b",
        "https://host/a\nb",
        "https://host/a\0b",
        "https://host:port/x",
        "file://host/x",
        "file://",
        "https://host/" + "x" * 4000,
    ],
)
def test_a_hostile_url_is_refused(url):
    with pytest.raises(RefusedInput):
        addresses.check_url(url, "ZUUL_URL")


@pytest.mark.parametrize(
    "url",
    [
        "https://opendev.org",
        "http://zm01.example.org:8080/p",
        "git://host/x",
        "ssh://zuul@review.example.org:29418",
        "file:///var/lib/zuul/git",
        "https://[2001:db8::1]:443/p",
        "https://reader@host/x",
    ],
)
def test_a_plain_url_passes_unaltered(url):
    assert addresses.check_url(url, "it").url == url


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://me:s3cret@host/x", "https://host/x"),
        ("https://:s3cret@host/x", "https://host/x"),
        ("ssh://me:s3cret@host/x", "ssh://me@host/x"),
        ("git://me:s3cret@host/x", "git://host/x"),
        ("https://a@b:s3cret@host/x", "https://host/x"),
    ],
)
def test_a_password_is_kept_apart_from_the_url(url, clean):
    address = addresses.check_url(url, "it")
    assert address.url == clean
    assert address.password.endswith("s3cret")
    assert "s3cret" not in f"{address} {address!r}"


def test_a_refused_url_does_not_show_its_password():
    with pytest.raises(RefusedInput) as caught:
        addresses.check_url("gopher://me:s3cret@host/x", "ZUUL_URL")
    assert "s3cret" not in str(caught.value)
    assert "ZUUL_URL" in str(caught.value)


def test_a_project_is_quoted_in_its_url():
    home = addresses.check_url("https://host/p/", "it")
    assert (
        home.below("a b/c?d#e%f").url == "https://host/p/a%20b/c%3Fd%23e%25f"
    )


@given(st.text(max_size=200))
def test_a_refusal_is_one_printable_line(text):
    shown = addresses.shown(text)
    assert shown.isprintable()
    assert len(shown) < 200


@pytest.mark.parametrize("bad", ["abc", "g" * 40, "HEAD", "a" * 41, "-" * 40])
def test_a_commit_is_a_whole_id(bad):
    with pytest.raises(RefusedInput):
        addresses.check_commit(bad, "ZUUL_COMMIT")


def test_zeros_mean_no_commit():
    assert addresses.check_commit("0" * 40, "it") == ""
    assert addresses.check_commit("A" * 40, "it") == "a" * 40
