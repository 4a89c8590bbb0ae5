"""uv is told what pip is told on this machine."""

import pytest

from turbo_hipster_databases.environments import settings


@pytest.fixture
def translated(tmp_path):
    """Return a function that translates the text of one pip.conf."""

    def call(text="", **environ):
        path = tmp_path / "pip.conf"
        path.write_text(text)
        return settings.translated(environ, [path])

    return call


def test_an_index_of_the_house_is_used(translated):
    told, _arguments = translated(
        "[global]\nindex-url = https://pypi.example.org/simple\n"
        "extra_index_url = https://a.example.org/ https://b.example.org/\n"
        "[install]\nfind-links =\n  /opt/wheels\n  /srv/wheels\n"
    )
    assert told == {
        "UV_INDEX_URL": "https://pypi.example.org/simple",
        "UV_EXTRA_INDEX_URL": "https://a.example.org/ https://b.example.org/",
        "UV_FIND_LINKS": "/opt/wheels,/srv/wheels",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


def test_a_variable_stands_above_the_file(translated):
    told, _arguments = translated(
        "[global]\nindex-url = https://file.example.org/\n",
        PIP_INDEX_URL="https://variable.example.org/",
    )
    assert told["UV_INDEX_URL"] == "https://variable.example.org/"


@pytest.mark.parametrize("name", ["UV_INDEX_URL", "UV_DEFAULT_INDEX"])
def test_what_uv_is_told_itself_stands(translated, name):
    told, _arguments = translated(
        "[global]\nindex-url = https://pip.example.org/\n",
        **{name: "https://uv.example.org/"},
    )
    assert "UV_INDEX_URL" not in told


def test_the_rest_of_pips_settings_is_kept(translated):
    told, arguments = translated(
        "[global]\nno-index = yes\nconstraint = /etc/upper.txt\n"
        "trusted-host = a.example.org\ncert = /etc/ca.pem\ntimeout = 60\n"
        "proxy = http://proxy.example.org:3128\n"
    )
    assert arguments == ["--constraints=/etc/upper.txt", "--no-index"]
    assert told["SSL_CERT_FILE"] == "/etc/ca.pem"
    assert told["UV_HTTP_TIMEOUT"] == "60"
    assert told["UV_INSECURE_HOST"] == "a.example.org"
    assert told["ALL_PROXY"] == "http://proxy.example.org:3128"


def test_without_settings_uv_is_left_alone(translated):
    assert translated() == ({}, [])
    assert translated("this is no configuration") == ({}, [])
