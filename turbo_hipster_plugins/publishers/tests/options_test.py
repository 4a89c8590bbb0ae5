"""What an operator writes is checked before the first build."""

import sys

import pytest

from turbo_hipster import exceptions
from turbo_hipster_publishers.swift.publisher import SwiftPublisher
from turbo_hipster_publishers.url.publisher import UrlPublisher

READERS = "https://logs.example.org/"


@pytest.fixture
def refused(options):
    def ask(kind, **given):
        with pytest.raises(exceptions.ConfigurationError) as caught:
            kind.check(options(kind, **given))
        return str(caught.value)

    return ask


@pytest.mark.parametrize(
    "target",
    ["file:///www", "s3://b/logs", "gs://b", "gcs://b/x", "sftp://h/~/x"],
)
def test_each_kind_of_target_has_its_way(options, target):
    UrlPublisher.check(options(UrlPublisher, target=target, url=READERS))


@pytest.mark.parametrize(
    "given, said",
    [
        ({"target": "/var/www"}, "must be like s3://"),
        ({"target": "s3:bucket"}, "must be like s3://"),
        ({"target": "s3:///logs"}, "a bucket or host is missing"),
        ({"target": "s3://b", "url": ""}, "url is missing"),
        ({"target": "sftp://u:p@h/x"}, "use password = instead"),
        ({"target": "sftp://h:x/x"}, "must be like s3://"),
        ({"target": "sftp://h/x", "gzip": True}, "keeps no Content-Encoding"),
        ({"target": "gs://b", "password": "p"}, "password means nothing to"),
        ({"target": "gs://b", "key_file": "/no/x"}, "/no/x: the worker's"),
        ({"target": "banana://b"}, "banana:// cannot be used"),
    ],
)
def test_a_mistake_is_named(refused, given, said):
    assert said in refused(UrlPublisher, **{"url": READERS, **given})


@pytest.mark.parametrize(
    "target, library, extra",
    [
        ("s3://b", "s3fs", "s3"),
        ("gs://b", "gcsfs", "gcs"),
        ("sftp://h/x", "sshfs", "sftp"),
    ],
)
def test_a_library_that_is_missing_is_named_with_its_extra(
    refused, monkeypatch, target, library, extra
):
    monkeypatch.setitem(sys.modules, library, None)
    said = refused(UrlPublisher, target=target, url=READERS)
    assert f"needs the package {library}" in said
    assert f"turbo-hipster-publishers[{extra}]" in said


@pytest.fixture
def account():
    return {
        "auth_url": "https://keystone.example.org/v3",
        "user": "th",
        "password": "p",
        "project": "ci",
        "container": "logs",
    }


def test_a_whole_account_is_taken(options, account):
    SwiftPublisher.check(options(SwiftPublisher, **account))


@pytest.mark.parametrize(
    "given, said",
    [
        ({"container": "a/b"}, "a container has no slash"),
        ({"project": None}, "project is missing"),
    ],
)
def test_a_mistake_in_an_account_is_named(refused, account, given, said):
    assert said in refused(SwiftPublisher, **{**account, **given})


def test_swiftclient_that_is_missing_is_named_with_its_extra(
    refused, account, monkeypatch
):
    monkeypatch.setitem(sys.modules, "swiftclient.client", None)
    said = refused(SwiftPublisher, **account)
    assert "turbo-hipster-publishers[swift]" in said


@pytest.mark.parametrize("kind", [UrlPublisher, SwiftPublisher])
def test_what_nobody_may_read_is_marked(kind):
    assert [one.name for one in kind.options if one.secret] == ["password"]
