"""Half a TLS configuration is an error that says what is missing."""

import itertools

import pytest

from turbo_hipster import exceptions
from turbo_hipster.conf.settings import GearmanSettings
from turbo_hipster.gearman import source, tls

OPTIONS = ("ca_file", "cert_file", "key_file")
HALVES = [
    combination
    for length in (1, 2)
    for combination in itertools.combinations(OPTIONS, length)
    if combination != ("ca_file",)
]


def settings(**files):
    return GearmanSettings(servers=(("127.0.0.1", 1),), **files)


def test_nothing_given_is_plain_text():
    assert tls.context(settings()) is None
    assert tls.context(settings(ca_file="", cert_file="")) is None


@pytest.mark.parametrize("given", HALVES, ids="+".join)
def test_a_half_configuration_is_refused_before_anything_connects(given):
    files = dict.fromkeys(given, "/dev/null")
    with pytest.raises(exceptions.ConfigurationError, match=r"\[gearman\]"):
        tls.context(settings(**files))
    with pytest.raises(exceptions.ConfigurationError):
        source.Source(settings(**files), "w", [])


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(exceptions.ConfigurationError, match="/no/ca.pem"):
        tls.context(settings(ca_file="/no/ca.pem"))


def test_a_file_that_is_no_certificate_is_named(tmp_path):
    (tmp_path / "ca.pem").write_text("hello")
    with pytest.raises(exceptions.ConfigurationError, match=r"ca\.pem"):
        tls.context(settings(ca_file=str(tmp_path / "ca.pem")))
