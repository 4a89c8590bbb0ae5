"""Options of a plugin's section are typed when they are known."""

import pytest
from oslo_config import cfg

from turbo_hipster import exceptions
from turbo_hipster.conf import section

OPTIONS = [
    cfg.StrOpt("command", required=True, help="What to run."),
    cfg.IntOpt("count", default=3),
    cfg.ListOpt("names", default=["a"]),
    cfg.MultiStrOpt("prepare", default=[]),
    cfg.StrOpt("password", secret=True),
    cfg.IntOpt("pin", secret=True),
    cfg.StrOpt("new-name", deprecated_name="old_name"),
]


def read(**raw):
    raw = {"command": ["true"], **raw}
    return section.read_section(OPTIONS, raw, "job:a")


def test_defaults_stand_where_nothing_is_given():
    options = read()
    assert (options.count, options.names, options.prepare) == (3, ["a"], [])
    assert options.password is None


def test_values_are_typed_and_the_last_one_counts():
    options = read(count=["1", "2"], prepare=["x", "y"], names=["p, q"])
    assert options.count == 2
    assert options.prepare == ["x", "y"]
    assert options.names == ["p", "q"]


@pytest.mark.parametrize("raw", [{}, {"command": [""]}])
def test_a_required_option_is_required(raw):
    with pytest.raises(exceptions.ConfigurationError, match="What to run"):
        section.read_section(OPTIONS, raw, "job:a")


def test_an_empty_value_of_another_type_is_the_default():
    assert read(count=[""]).count == 3


def test_an_old_name_still_works():
    assert read(old_name=["x"]).new_name == "x"


def test_a_wrong_value_names_section_option_and_value():
    with pytest.raises(exceptions.ConfigurationError) as caught:
        read(count=["many"])
    assert "[job:a] count = many" in str(caught.value)


def test_a_secret_value_is_in_no_message():
    with pytest.raises(exceptions.ConfigurationError) as caught:
        read(pin=["hunter2"])
    assert "hunter2" not in str(caught.value)
    assert "[job:a] pin" in str(caught.value)


def test_keys_that_no_option_has_are_told():
    raw = {"command": [""], "comand": [""], "old_name": [""]}
    assert section.unknown_keys(OPTIONS, raw) == ["comand"]
